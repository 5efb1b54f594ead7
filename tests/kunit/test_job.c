// SPDX-License-Identifier: GPL-2.0-only
/*
 * Jobs: their owner, their end, the text of an error, and that nothing is left.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/netlink.h>
#include <linux/nodemask.h>
#include <linux/string.h>

#include "internals/internals.h"
#include "record/kinds.h"
#include "run/job.h"

#include "fake_collector.h"

/* Netlink sockets that start jobs. */
#define ME	7
#define OTHER	8

#define MAX_JOBS	64
#define AT_ONCE		4

/* More than a job has time for. */
#define MANY_TIMES	100000

#define NO_SUCH_JOB	"this socket has no such job"

static struct ks_request request_empty(void)
{
	struct ks_request asked = {};

	ks_record_init(&ks_kind_job, &asked.job);
	return asked;
}

/* Start a job; return its number. */
static u32 start_job(struct kunit *test, const struct ks_view *view, u32 owner)
{
	const struct ks_request asked = request_empty();
	struct ks_job_record record;
	struct netlink_ext_ack extack = {};

	KUNIT_ASSERT_EQ(test, 0, ks_job_start(view, &asked, owner, &record,
					      &extack));
	KUNIT_EXPECT_NULL(test, extack._msg);
	KUNIT_EXPECT_NE(test, 0, record.id);
	KUNIT_EXPECT_STREQ(test, view->kind->name, record.kind);
	return record.id;
}

/* Tell whether there is such a job, and read its record. */
static bool find_job(struct kunit *test, u32 id, struct ks_job_record *record)
{
	struct ks_snapshot *snap = ks_snapshot_new(&ks_kind_job, NULL);
	bool found = false;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, snap);
	KUNIT_ASSERT_EQ(test, 0, ks_job_list(snap, NULL));
	for (i = 0; i < snap->nr && !found; i++) {
		*record = *(struct ks_job_record *)ks_snapshot_record(snap, i);
		found = record->id == id;
	}
	ks_snapshot_free(snap);
	return found;
}

/* Wait until a job ends; return its record. */
static struct ks_job_record wait_job(struct kunit *test, u32 id)
{
	struct ks_job_record record = {};
	u32 tries;

	for (tries = 0; tries < 10000; tries++) {
		KUNIT_ASSERT_TRUE(test, find_job(test, id, &record));
		if (strcmp(record.state, "running"))
			return record;
		usleep_range(1000, 2000);
	}
	KUNIT_FAIL(test, "the job does not end");
	return record;
}

/* Wait until released jobs have ended. */
static void expect_nothing_left(struct kunit *test)
{
	u32 tries;

	for (tries = 0; tries < 2000 && fake_jobs_memory(); tries++)
		usleep_range(1000, 2000);
	KUNIT_EXPECT_EQ(test, 0ULL, fake_jobs_memory());
}

static void expect_take_refused(struct kunit *test, u32 id, u32 owner,
				const struct ks_view *view, int wanted,
				const char *why)
{
	struct ks_collection c;
	struct netlink_ext_ack extack = {};

	KUNIT_EXPECT_EQ(test, wanted, ks_job_take(id, owner, view, &c,
						  &extack));
	if (why)
		KUNIT_EXPECT_STREQ(test, why, extack._msg ?: "no reason");
	else
		KUNIT_EXPECT_NULL(test, extack._msg);
}

static void take_answer(struct kunit *test, u32 id, const struct ks_view *view,
			u32 nr)
{
	struct ks_collection c;
	struct netlink_ext_ack extack = {};

	KUNIT_ASSERT_EQ(test, 0, ks_job_take(id, ME, view, &c, &extack));
	KUNIT_EXPECT_PTR_EQ(test, view, c.view);
	KUNIT_EXPECT_TRUE(test, ks_collect_complete(&c));
	KUNIT_EXPECT_EQ(test, nr, c.snap->nr_valid);
	ks_collect_end(&c);
}

static void answers_are_taken_once(struct kunit *test)
{
	const s64 before = atomic64_read(&fake_shared_cost.nr);
	struct ks_job_record record;
	u32 id = start_job(test, &fake_shared_views[0], ME);

	record = wait_job(test, id);
	KUNIT_EXPECT_STREQ(test, "done", record.state);
	KUNIT_EXPECT_EQ(test, 1000, record.progress_permille);
	KUNIT_EXPECT_STREQ(test, "", record.reason);
	take_answer(test, id, &fake_shared_views[1], 1);
	expect_take_refused(test, id, ME, &fake_shared_views[1], -ENOENT,
			    "this result of the job was already taken");
	/* This view belongs to another kind of work. */
	expect_take_refused(test, id, ME, &fake_stepping_views[0], -ENOENT,
			    NO_SUCH_JOB);
	take_answer(test, id, &fake_shared_views[0], 1);
	KUNIT_EXPECT_FALSE(test, find_job(test, id, &record));
	expect_take_refused(test, id, ME, &fake_shared_views[0], -ENOENT,
			    NO_SUCH_JOB);
	/* The work ran once, so it counts once. */
	KUNIT_EXPECT_EQ(test, before + 1, atomic64_read(&fake_shared_cost.nr));
}

static void nobody_else_has_it(struct kunit *test)
{
	struct ks_job_record record;
	struct netlink_ext_ack extack = {};
	u32 id;

	fake_plan.wait = true;
	id = start_job(test, &fake_shared_views[0], ME);
	expect_take_refused(test, id, OTHER, &fake_shared_views[0], -ENOENT,
			    NO_SUCH_JOB);
	KUNIT_EXPECT_EQ(test, -ENOENT, ks_job_stop(id, OTHER, &extack));
	KUNIT_EXPECT_STREQ(test, NO_SUCH_JOB, extack._msg);
	KUNIT_EXPECT_EQ(test, -ENOENT, ks_job_finish(id, OTHER, &extack));
	KUNIT_EXPECT_EQ(test, -ENOENT, ks_job_stop(id + 1, ME, &extack));
	ks_job_release(OTHER);
	KUNIT_EXPECT_TRUE(test, find_job(test, id, &record));
	extack._msg = NULL;
	KUNIT_EXPECT_EQ(test, 0, ks_job_stop(id, ME, &extack));
	KUNIT_EXPECT_NULL(test, extack._msg);
	/* It is gone at once, even before its worker ends. */
	KUNIT_EXPECT_FALSE(test, find_job(test, id, &record));
	KUNIT_EXPECT_EQ(test, -ENOENT, ks_job_stop(id, ME, &extack));
	expect_nothing_left(test);
}

static void one_that_runs_is_waited_for(struct kunit *test)
{
	struct ks_job_record record;
	struct netlink_ext_ack extack = {};
	u32 id;

	fake_plan.wait = true;
	id = start_job(test, &fake_shared_views[0], ME);
	wait_for_completion(&fake_plan.begun);
	KUNIT_ASSERT_TRUE(test, find_job(test, id, &record));
	KUNIT_EXPECT_STREQ(test, "running", record.state);
	KUNIT_EXPECT_EQ(test, 123, record.progress_permille);
	expect_take_refused(test, id, ME, &fake_shared_views[0], -EBUSY,
			    "the job is still running");
	/* End it early, with the records so far. */
	KUNIT_EXPECT_EQ(test, 0, ks_job_finish(id, ME, &extack));
	KUNIT_EXPECT_STREQ(test, "done", wait_job(test, id).state);
	KUNIT_EXPECT_EQ(test, 0, ks_job_finish(id, ME, &extack));
	take_answer(test, id, &fake_shared_views[0], 1);
	/* Answers that were not taken go with their socket. */
	ks_job_release(ME);
	KUNIT_EXPECT_FALSE(test, find_job(test, id, &record));
	expect_nothing_left(test);
}

/* The job gets the whole request; missing values stay unknown. */
static void asked_for_is_handed_on(struct kunit *test)
{
	struct ks_request asked = request_empty();
	struct ks_job_record record;
	struct netlink_ext_ack extack = {};

	asked.job.budget_ns = 1ULL << 40;
	strscpy(asked.job.cache, "dentry", sizeof(asked.job.cache));
	asked.options = KS_JOB_STACKS;
	KUNIT_ASSERT_EQ(test, 0,
			ks_job_start(&fake_shared_views[0], &asked, ME, &record,
				     &extack));
	KUNIT_EXPECT_EQ(test, 1ULL << 40, record.budget_ns);
	KUNIT_EXPECT_EQ(test, U64_MAX, record.duration_ns);
	KUNIT_EXPECT_STREQ(test, "dentry", record.cache);
	wait_job(test, record.id);
	KUNIT_EXPECT_EQ(test, 1ULL << 40, fake_plan.asked.job.budget_ns);
	KUNIT_EXPECT_EQ(test, U64_MAX, fake_plan.asked.job.duration_ns);
	KUNIT_EXPECT_STREQ(test, "dentry", fake_plan.asked.job.cache);
	KUNIT_EXPECT_EQ(test, KS_JOB_STACKS, fake_plan.asked.options);
}

static void a_job_beyond_the_limit_is_refused(struct kunit *test)
{
	const struct ks_request asked = request_empty();
	struct ks_job_record record;
	u32 ids[MAX_JOBS], i, tries;
	struct netlink_ext_ack extack = {};

	fake_plan.wait = true;
	for (i = 0; i < MAX_JOBS; i++)
		ids[i] = start_job(test, &fake_shared_views[0],
				   i % 2 ? OTHER : ME);
	KUNIT_EXPECT_EQ(test, -EBUSY,
			ks_job_start(&fake_shared_views[0], &asked, ME, &record,
				     &extack));
	KUNIT_EXPECT_STREQ(test, "there are too many jobs", extack._msg);
	ks_job_release(ME);
	for (i = 0; i < MAX_JOBS; i++)
		KUNIT_EXPECT_EQ(test, i % 2, find_job(test, ids[i], &record));
	/* There is room again once the released jobs have ended. */
	for (tries = 0; tries < 2000; tries++) {
		if (!ks_job_start(&fake_shared_views[0], &asked, ME, &record,
				  &extack))
			break;
		usleep_range(1000, 2000);
	}
	KUNIT_EXPECT_LT(test, tries, 2000);
}

static void errors_are_told_in_words(struct kunit *test)
{
	static const struct {
		int err;
		const char *why;
	} errors[] = {
		{ -EINVAL, "explained" },
		{ -EBUSY, "made up to be busy" },
		{ -ETIME, "this would take longer than max_walk_ms allows" },
		{ -ENOBUFS,
		  "all readers together would exceed max_memory_kib" },
		{ -ENOMEM, "the host is short of memory, try again" },
		{ -EIO, NULL },
	};
	struct ks_job_record record;
	u32 i, id;

	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		fake_plan.err = errors[i].err;
		id = start_job(test, &fake_shared_views[0], ME);
		record = wait_job(test, id);
		KUNIT_EXPECT_STREQ(test, "failed", record.state);
		KUNIT_EXPECT_STREQ(test, errors[i].why ?: "", record.reason);
		expect_nothing_left(test);
		/* The job reports its error once, and is gone. */
		expect_take_refused(test, id, ME, &fake_shared_views[0],
				    errors[i].err, errors[i].why);
		expect_take_refused(test, id, ME, &fake_shared_views[0],
				    -ENOENT, NO_SUCH_JOB);
	}
}

/* The records of the first view are freed. */
static void the_second_view_may_fail(struct kunit *test)
{
	u32 id;

	fake_plan.collect_err = -ENOBUFS;
	id = start_job(test, &fake_shared_views[0], ME);
	KUNIT_EXPECT_STREQ(test, "failed", wait_job(test, id).state);
	expect_nothing_left(test);
	expect_take_refused(
		test, id, ME, &fake_shared_views[0], -ENOBUFS,
		"all readers together would exceed max_memory_kib");
}

static void expect_refused(struct kunit *test, const struct ks_view *view,
			   const char *why)
{
	const struct ks_request asked = request_empty();
	struct ks_job_record record;
	struct netlink_ext_ack extack = {};

	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP,
			ks_job_start(view, &asked, ME, &record, &extack));
	KUNIT_EXPECT_STREQ(test, why, extack._msg);
	KUNIT_EXPECT_STREQ(test, why, ks_collect_refusal(view));
}

static void one_that_is_off_has_no_jobs(struct kunit *test)
{
	expect_refused(test, &fake_idle_views[0],
		       "turned off by the module parameter disable");
	fake_plan.missing = FAKE_NEED;
	expect_refused(test, &fake_shared_views[0], "made up to be missing");
	fake_plan.missing = FAKE_OPTION;
	expect_refused(test, &fake_stepping_views[0], "made up to be missing");
	KUNIT_EXPECT_NULL(test, ks_collect_refusal(&fake_shared_views[0]));
	fake_plan.missing = 0;
	fake_plan.locked_down = true;
	expect_refused(test, &fake_shared_views[0], KS_LOCKED_DOWN);
	/* Lockdown only forbids reading private structures. */
	KUNIT_EXPECT_NULL(test, ks_collect_refusal(&fake_stepping_views[0]));
	fake_plan.locked_down = false;
	ks_collect_switch(false);
	expect_refused(test, &fake_stepping_views[0],
		       "collecting is switched off");
	ks_collect_switch(true);
	KUNIT_EXPECT_NULL(test, ks_collect_refusal(&fake_shared_views[0]));
}

static void off_ends_what_runs(struct kunit *test)
{
	u32 id;

	fake_plan.wait = true;
	id = start_job(test, &fake_shared_views[0], ME);
	wait_for_completion(&fake_plan.begun);
	ks_collect_switch(false);
	KUNIT_EXPECT_STREQ(test, "failed", wait_job(test, id).state);
	expect_take_refused(test, id, ME, &fake_shared_views[0], -EINTR,
			    "collecting is switched off");
	expect_nothing_left(test);
}

static void a_job_steps_to_its_end(struct kunit *test)
{
	u32 id;

	/* No reader waits for a job, so it waits long for a lock. */
	fake_plan.busy_begins = 20;
	fake_plan.busy_steps = 20;
	id = start_job(test, &fake_stepping_views[0], ME);
	KUNIT_EXPECT_STREQ(test, "done", wait_job(test, id).state);
	take_answer(test, id, &fake_stepping_views[0], 2);
	fake_plan.busy_begins = MANY_TIMES;
	id = start_job(test, &fake_stepping_views[0], ME);
	KUNIT_EXPECT_STREQ(test, "failed", wait_job(test, id).state);
	expect_take_refused(test, id, ME, &fake_stepping_views[0], -EBUSY,
			    "made up to be busy");
	fake_plan.busy_begins = 0;
	fake_plan.busy_steps = MANY_TIMES;
	id = start_job(test, &fake_stepping_views[0], ME);
	KUNIT_EXPECT_STREQ(test, "failed", wait_job(test, id).state);
	expect_take_refused(test, id, ME, &fake_stepping_views[0], -EBUSY,
			    "made up to be busy");
}

/* A job can end in its steps, and while it waits for a lock. */
static void one_that_waits_can_be_ended(struct kunit *test)
{
	u32 i, id;

	for (i = 0; i < 2; i++) {
		int *waits = i ? &fake_plan.busy_steps : &fake_plan.busy_begins;

		fake_plan.busy_begins = i ? 0 : MANY_TIMES;
		fake_plan.busy_steps = MANY_TIMES;
		id = start_job(test, &fake_stepping_views[0], ME);
		while (READ_ONCE(*waits) == MANY_TIMES)
			msleep(1);
		ks_collect_switch(false);
		KUNIT_EXPECT_STREQ(test, "failed", wait_job(test, id).state);
		expect_take_refused(test, id, ME, &fake_stepping_views[0],
				    -EINTR, "collecting is switched off");
		ks_collect_switch(true);
	}
}

/*
 * Only a few jobs run at once, so that readers do not take all CPUs. Jobs that
 * wait look like running ones. The kernel's limit is per node.
 */
static void some_wait_for_their_turn(struct kunit *test)
{
	struct ks_job_record record;
	u32 ids[MAX_JOBS], i, nr_begun = 0, nr_waiting = 0;

	fake_plan.wait = true;
	for (i = 0; i < MAX_JOBS; i++)
		ids[i] = start_job(test, &fake_shared_views[0], ME);
	for (; nr_begun < AT_ONCE; nr_begun++)
		wait_for_completion(&fake_plan.begun);
	msleep(20);
	while (try_wait_for_completion(&fake_plan.begun))
		nr_begun++;
	KUNIT_EXPECT_LE(test, nr_begun, AT_ONCE * num_online_nodes());
	for (i = 0; i < MAX_JOBS; i++) {
		KUNIT_ASSERT_TRUE(test, find_job(test, ids[i], &record));
		KUNIT_EXPECT_STREQ(test, "running", record.state);
		nr_waiting += !record.progress_permille;
	}
	KUNIT_EXPECT_EQ(test, MAX_JOBS - nr_begun, nr_waiting);
	/* A job that is released before its turn never begins. */
	ks_job_release(ME);
	expect_nothing_left(test);
	KUNIT_EXPECT_FALSE(test, find_job(test, ids[0], &record));
	KUNIT_EXPECT_FALSE(test, try_wait_for_completion(&fake_plan.begun));
}

static void a_reader_takes_a_place(struct kunit *test)
{
	struct ks_collection c;
	struct netlink_ext_ack extack = {};
	u32 ids[MAX_JOBS], i;

	for (i = 0; i < MAX_JOBS; i++) {
		ids[i] = start_job(test, &fake_shared_views[0], ME);
		wait_job(test, ids[i]);
	}
	KUNIT_EXPECT_EQ(test, -EBUSY,
			ks_job_wait(&c, &fake_shared_views[1], &extack));
	KUNIT_EXPECT_STREQ(test, "there are too many jobs", extack._msg);
	KUNIT_EXPECT_EQ(test, 0, ks_job_stop(ids[0], ME, &extack));
	KUNIT_ASSERT_EQ(test, 0,
			ks_job_wait(&c, &fake_shared_views[1], &extack));
	ks_collect_end(&c);
	/* The place is free again. */
	ids[0] = start_job(test, &fake_shared_views[0], ME);
}

/* As debugfs does it; records of other views are dropped. */
static void a_reader_may_wait(struct kunit *test)
{
	struct ks_collection c;
	struct netlink_ext_ack extack = {};

	KUNIT_ASSERT_EQ(test, 0,
			ks_job_wait(&c, &fake_shared_views[1], &extack));
	KUNIT_EXPECT_PTR_EQ(test, &fake_shared_views[1], c.view);
	KUNIT_EXPECT_EQ(test, 1, c.snap->nr_valid);
	KUNIT_EXPECT_EQ(test, U64_MAX, fake_plan.asked.job.budget_ns);
	KUNIT_EXPECT_STREQ(test, "", fake_plan.asked.job.cache);
	ks_collect_end(&c);
	expect_nothing_left(test);
	fake_plan.err = -ETIME;
	KUNIT_EXPECT_EQ(test, -ETIME,
			ks_job_wait(&c, &fake_shared_views[1], &extack));
}

static struct kunit_case job_cases[] = {
	KUNIT_CASE(answers_are_taken_once),
	KUNIT_CASE(nobody_else_has_it),
	KUNIT_CASE(one_that_runs_is_waited_for),
	KUNIT_CASE(asked_for_is_handed_on),
	KUNIT_CASE(a_job_beyond_the_limit_is_refused),
	KUNIT_CASE(errors_are_told_in_words),
	KUNIT_CASE(the_second_view_may_fail),
	KUNIT_CASE(one_that_is_off_has_no_jobs),
	KUNIT_CASE(off_ends_what_runs),
	KUNIT_CASE(a_job_steps_to_its_end),
	KUNIT_CASE(one_that_waits_can_be_ended),
	KUNIT_CASE(a_reader_may_wait),
	KUNIT_CASE(a_reader_takes_a_place),
	KUNIT_CASE(some_wait_for_their_turn),
	{}
};

static struct kunit_suite job_suite = {
	.name = "kmemscope_job",
	.init = fake_jobs_begin,
	.exit = fake_jobs_end,
	.test_cases = job_cases,
};

kunit_test_suite(job_suite);
