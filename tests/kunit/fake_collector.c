// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fake collectors replace those of main.c, and some functions here replace
 * those of internals/.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/netlink.h>
#include <linux/string.h>

#include "internals/hotplug.h"
#include "internals/internals.h"
#include "internals/progress.h"
#include "record/kinds.h"
#include "record/memory.h"
#include "run/job.h"

#include "fake_collector.h"

struct fake_plan fake_plan;

/* Bytes that others take before a test. */
static u64 memory_before;

/* These replace functions of internals/. */
const char *ks_internals_missing(unsigned long needs)
{
	return needs & fake_plan.missing ? "made up to be missing" : NULL;
}

bool ks_internals_locked_down(void)
{
	return fake_plan.locked_down;
}

bool ks_hotplug_enter(void)
{
	return true;
}

void ks_hotplug_leave(void)
{
}

unsigned int ks_hotplug_generation(void)
{
	return fake_plan.generation;
}

static int collect_one(struct ks_snapshot *snap,
		       struct netlink_ext_ack *extack)
{
	return ks_snapshot_reserve(snap, 1, 0);
}

static int collect_other(struct ks_snapshot *snap,
			 struct netlink_ext_ack *extack)
{
	return fake_plan.collect_err ?: ks_snapshot_reserve(snap, 1, 0);
}

static int busy(struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG(extack, "made up to be busy");
	return -EBUSY;
}

static int work(struct ks_snapshot *const *snaps,
		const struct ks_request *asked, struct ks_progress *progress,
		struct netlink_ext_ack *extack)
{
	u32 i;
	int err = 0;

	fake_plan.asked = *asked;
	WRITE_ONCE(progress->permille, 123);
	complete(&fake_plan.begun);
	while (fake_plan.wait && !err && !READ_ONCE(progress->enough)) {
		usleep_range(500, 1000);
		err = ks_progress_check(progress);
	}
	for (i = 0; i < 2 && !err && !fake_plan.err; i++) {
		ks_snapshot_begin(snaps[i]);
		ks_snapshot_commit(snaps[i]);
		ks_snapshot_complete_all(snaps[i]);
	}
	/* Texts are set where errors are made. */
	if (!err && fake_plan.err == -EBUSY)
		return busy(extack);
	if (!err && fake_plan.err == -EINVAL)
		NL_SET_ERR_MSG(extack, "explained");
	return err ?: fake_plan.err;
}

static const struct ks_work together = {
	.run = work,
};

static int collect_two(struct ks_snapshot *snap,
		       struct netlink_ext_ack *extack)
{
	u32 i;
	int err;

	fake_plan.now = snap->now;
	if (fake_plan.busy_begins && fake_plan.busy_begins--)
		return busy(extack);
	err = ks_snapshot_reserve(snap, 2, 0);
	for (i = 0; i < 2 && !err; i++) {
		ks_snapshot_begin(snap);
		ks_snapshot_commit(snap);
	}
	return err;
}

static int step(struct ks_snapshot *snap, struct netlink_ext_ack *extack)
{
	if (fake_plan.busy_steps && fake_plan.busy_steps--)
		return busy(extack);
	ks_snapshot_complete(snap);
	return 0;
}

static int no_work(struct ks_snapshot *const *snaps,
		   const struct ks_request *asked, struct ks_progress *progress,
		   struct netlink_ext_ack *extack)
{
	return 0;
}

static const struct ks_work stepwise = {
	.run = no_work,
};

const struct ks_view fake_shared_views[] = {
	{
		.collector = &fake_shared,
		.kind = &ks_kind_dentry,
		.collect = collect_one,
		.work = &together,
		.work_only = true,
	}, {
		.collector = &fake_shared,
		.kind = &ks_kind_dentry_name,
		.collect = collect_other,
		.work = &together,
		.work_only = true,
	},
};

const struct ks_view fake_stepping_views[] = {
	{
		.collector = &fake_stepping,
		.kind = &ks_kind_slab,
		.option_needs = FAKE_OPTION,
		.collect = collect_two,
		.step = step,
		.work = &stepwise,
	},
};

const struct ks_view fake_idle_views[] = {
	{
		.collector = &fake_idle,
		.kind = &ks_kind_zone,
		.collect = collect_one,
	},
};

struct ks_cost fake_shared_cost;
static struct ks_cost stepping_cost, idle_cost;

const struct ks_collector fake_shared = {
	.name = "shared",
	.needs = FAKE_NEED,
	.needs_private = true,
	.cost = &fake_shared_cost,
	.views = fake_shared_views,
	.nr_views = ARRAY_SIZE(fake_shared_views),
};

const struct ks_collector fake_stepping = {
	.name = "stepping",
	.cost = &stepping_cost,
	.views = fake_stepping_views,
	.nr_views = ARRAY_SIZE(fake_stepping_views),
};

const struct ks_collector fake_idle = {
	.name = "idle",
	.cost = &idle_cost,
	.views = fake_idle_views,
	.nr_views = ARRAY_SIZE(fake_idle_views),
};

const struct ks_collector *const ks_collectors[] = {
	&fake_shared, &fake_stepping, &fake_idle,
};

const unsigned int ks_nr_collectors = ARRAY_SIZE(ks_collectors);

/**
 * fake_jobs_begin() - prepare for jobs, with an empty plan
 * @test: the test; for the init of a suite
 *
 * Return: 0 or an error.
 */
int fake_jobs_begin(struct kunit *test)
{
	struct ks_memory memory;

	ks_memory_read(&memory);
	memory_before = memory.now;
	memset(&fake_plan, 0, sizeof(fake_plan));
	init_completion(&fake_plan.begun);
	ks_collect_switch(true);
	return ks_job_init();
}

/**
 * fake_jobs_memory() - measure the memory of collections and jobs
 *
 * Return: bytes.
 */
u64 fake_jobs_memory(void)
{
	struct ks_memory memory;

	ks_memory_read(&memory);
	return memory.now - memory_before;
}

/**
 * fake_jobs_end() - end all jobs of a test
 * @test: the test, which fails if memory is left
 */
void fake_jobs_end(struct kunit *test)
{
	ks_job_exit();
	ks_collect_switch(true);
	KUNIT_EXPECT_EQ(test, 0ULL, fake_jobs_memory());
}
