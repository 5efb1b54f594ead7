// SPDX-License-Identifier: GPL-2.0-only
/*
 * Collections: when one may begin, what happens when a step fails, and the
 * status of collectors.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/netlink.h>
#include <linux/string.h>

#include "record/kinds.h"
#include "run/collection.h"
#include "run/job.h"

#include "fake_collector.h"

#define WAIT_NS	(100 * (u64)NSEC_PER_MSEC)

/* Begin without collecting: the steps do it. */
static void collection_begin(struct kunit *test, struct ks_collection *c)
{
	struct netlink_ext_ack extack = {};

	KUNIT_ASSERT_EQ(test, 0,
			ks_collect_begin(c, &fake_stepping_views[0], NULL, 0, 0,
					 &extack));
	KUNIT_EXPECT_NULL(test, extack._msg);
}

/* An option is refused if its need is missing; the rest works. */
static void without_options_it_goes_on(struct kunit *test)
{
	struct ks_collection c;
	struct netlink_ext_ack extack = {};

	fake_plan.missing = FAKE_OPTION;
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP,
			ks_collect_begin(&c, &fake_stepping_views[0], NULL,
					 KS_SLAB_EXACT, 0, &extack));
	KUNIT_EXPECT_STREQ(test, "made up to be missing", extack._msg);
	collection_begin(test, &c);
	KUNIT_EXPECT_FALSE(test, ks_collect_complete(&c));
	KUNIT_EXPECT_EQ(test, 0, ks_collect_step(&c, 0, &extack));
	KUNIT_EXPECT_FALSE(test, ks_collect_complete(&c));
	KUNIT_EXPECT_EQ(test, 0, ks_collect_step(&c, 0, &extack));
	KUNIT_EXPECT_TRUE(test, ks_collect_complete(&c));
	KUNIT_EXPECT_FALSE(test, c.snap->changed);
	ks_collect_end(&c);
}

/* Only a caller that may wait waits for a lock. */
static void a_busy_step_is_tried_again(struct kunit *test)
{
	struct ks_collection c;
	struct netlink_ext_ack extack = {};

	collection_begin(test, &c);
	fake_plan.busy_steps = 3;
	KUNIT_EXPECT_EQ(test, -EBUSY, ks_collect_step(&c, 0, &extack));
	KUNIT_EXPECT_STREQ(test, "made up to be busy",
			   extack._msg);
	KUNIT_EXPECT_EQ(test, 2, fake_plan.busy_steps);
	KUNIT_EXPECT_EQ(test, 0, ks_collect_step(&c, WAIT_NS, &extack));
	KUNIT_EXPECT_NULL(test, extack._msg);
	KUNIT_EXPECT_EQ(test, 0, fake_plan.busy_steps);
	/* But not for ever. */
	fake_plan.busy_steps = 100000;
	KUNIT_EXPECT_EQ(test, -EBUSY, ks_collect_step(&c, WAIT_NS, &extack));
	KUNIT_EXPECT_GT(test, fake_plan.busy_steps, 99000);
	fake_plan.busy_steps = 0;
	ks_collect_switch(false);
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, ks_collect_step(&c, WAIT_NS,
							   &extack));
	ks_collect_end(&c);
}

/* A caller that others wait for fails at once; all fail in the end. */
static void a_busy_begin_is_tried_again(struct kunit *test)
{
	struct ks_collection c;
	struct netlink_ext_ack extack = {};

	fake_plan.busy_begins = 3;
	KUNIT_EXPECT_EQ(test, -EBUSY,
			ks_collect_begin(&c, &fake_stepping_views[0], NULL, 0,
					 0, &extack));
	KUNIT_EXPECT_EQ(test, 2, fake_plan.busy_begins);
	KUNIT_EXPECT_TRUE(test, fake_plan.now);
	KUNIT_ASSERT_EQ(test, 0,
			ks_collect_begin(&c, &fake_stepping_views[0], NULL, 0,
					 WAIT_NS, &extack));
	KUNIT_EXPECT_NULL(test, extack._msg);
	KUNIT_EXPECT_FALSE(test, fake_plan.now);
	ks_collect_end(&c);
	fake_plan.busy_begins = 100000;
	KUNIT_EXPECT_EQ(test, -EBUSY,
			ks_collect_begin(&c, &fake_stepping_views[0], NULL, 0,
					 WAIT_NS, &extack));
	KUNIT_EXPECT_STREQ(test, "made up to be busy",
			   extack._msg);
	KUNIT_EXPECT_GT(test, fake_plan.busy_begins, 99000);
	KUNIT_EXPECT_LT(test, fake_plan.busy_begins, 100000 - 2);
}

/* As an open of a debugfs file: it waits for all that is busy. */
static void a_reader_gets_the_whole(struct kunit *test)
{
	struct ks_collection c;
	struct netlink_ext_ack extack = {};

	fake_plan.busy_begins = 50;
	fake_plan.busy_steps = 50;
	KUNIT_ASSERT_EQ(test, 0,
			ks_job_collect(&c, &fake_stepping_views[0], &extack));
	KUNIT_EXPECT_TRUE(test, ks_collect_complete(&c));
	KUNIT_EXPECT_EQ(test, 2, c.snap->nr_valid);
	ks_collect_end(&c);
	fake_plan.busy_steps = 100000;
	KUNIT_EXPECT_EQ(test, -EBUSY,
			ks_job_collect(&c, &fake_stepping_views[0], &extack));
	KUNIT_EXPECT_EQ(test, 0ULL, fake_jobs_memory());
}

/* Memory came or went during the collection. */
static void a_changed_world_is_marked(struct kunit *test)
{
	struct ks_collection c;
	struct netlink_ext_ack extack = {};

	collection_begin(test, &c);
	KUNIT_EXPECT_EQ(test, 0, ks_collect_step(&c, 0, &extack));
	KUNIT_EXPECT_FALSE(test, c.snap->changed);
	fake_plan.generation++;
	KUNIT_EXPECT_EQ(test, 0, ks_collect_step(&c, 0, &extack));
	KUNIT_EXPECT_TRUE(test, c.snap->changed);
	ks_collect_end(&c);
}

static void commands_find_their_views(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, &fake_shared_views[1],
			    ks_collect_find(ks_kind_dentry_name.cmd));
	KUNIT_EXPECT_PTR_EQ(test, &fake_idle_views[0],
			    ks_collect_find(ks_kind_zone.cmd));
	KUNIT_EXPECT_NULL(test, ks_collect_find(ks_kind_node.cmd));
	KUNIT_EXPECT_NULL(test, ks_collect_find(0));
}

static void status_says_who_is_off(struct kunit *test)
{
	struct ks_collector_record record;
	struct ks_status_record *status =
		kunit_kzalloc(test, sizeof(*status), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, status);
	KUNIT_EXPECT_EQ(test, 0, ks_collect_init());
	ks_collectors_describe(status);
	KUNIT_EXPECT_EQ(test, 1, status->enabled);
	KUNIT_EXPECT_STREQ(test, "shared,stepping", status->collectors_on);
	KUNIT_EXPECT_STREQ(test, "idle", status->collectors_off);
	ks_record_init(&ks_kind_collector, &record);
	ks_collector_describe(&fake_idle, &record);
	KUNIT_EXPECT_STREQ(test, "off", record.state);
	KUNIT_EXPECT_EQ(test, 0ULL, record.collects_total);
	/* Without a collection the time is unknown, and not 0. */
	KUNIT_EXPECT_EQ(test, U64_MAX, record.last_ns);
	KUNIT_EXPECT_EQ(test, U64_MAX, record.longest_ns);
	ks_collect_switch(false);
	ks_collectors_describe(status);
	KUNIT_EXPECT_EQ(test, 0, status->enabled);
	KUNIT_EXPECT_STREQ(test, "shared,stepping,idle",
			   status->collectors_off);
}

static struct kunit_case collect_cases[] = {
	KUNIT_CASE(without_options_it_goes_on),
	KUNIT_CASE(a_busy_step_is_tried_again),
	KUNIT_CASE(a_busy_begin_is_tried_again),
	KUNIT_CASE(a_reader_gets_the_whole),
	KUNIT_CASE(a_changed_world_is_marked),
	KUNIT_CASE(commands_find_their_views),
	KUNIT_CASE(status_says_who_is_off),
	{}
};

static struct kunit_suite collect_suite = {
	.name = "kmemscope_collect",
	.init = fake_jobs_begin,
	.exit = fake_jobs_end,
	.test_cases = collect_cases,
};

kunit_test_suite(collect_suite);
