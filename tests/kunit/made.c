// SPDX-License-Identifier: GPL-2.0-only
/*
 * The collectors, in the place of main.c's, and what they ask of internals/.
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

#include "made.h"

struct plan made_plan;

/* What others have, before a test. */
static u64 memory_before;

/* What of internals/ is asked here. */
const char *ks_internals_missing(unsigned long needs)
{
	return needs & made_plan.missing ? "made up to be missing" : NULL;
}

bool ks_internals_locked_down(void)
{
	return made_plan.locked_down;
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
	return made_plan.generation;
}

static int collect_one(struct ks_snapshot *snap,
		       struct netlink_ext_ack *extack)
{
	return ks_snapshot_reserve(snap, 1, 0);
}

static int collect_other(struct ks_snapshot *snap,
			 struct netlink_ext_ack *extack)
{
	return made_plan.collect_err ?: ks_snapshot_reserve(snap, 1, 0);
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

	made_plan.asked = *asked;
	WRITE_ONCE(progress->permille, 123);
	complete(&made_plan.begun);
	while (made_plan.wait && !err && !READ_ONCE(progress->enough)) {
		usleep_range(500, 1000);
		err = ks_progress_check(progress);
	}
	for (i = 0; i < 2 && !err && !made_plan.err; i++) {
		ks_snapshot_begin(snaps[i]);
		ks_snapshot_commit(snaps[i]);
		ks_snapshot_complete_all(snaps[i]);
	}
	/* Texts are set where errors are made. */
	if (!err && made_plan.err == -EBUSY)
		return busy(extack);
	if (!err && made_plan.err == -EINVAL)
		NL_SET_ERR_MSG(extack, "explained");
	return err ?: made_plan.err;
}

static const struct ks_work together = {
	.run = work,
};

static int collect_two(struct ks_snapshot *snap,
		       struct netlink_ext_ack *extack)
{
	u32 i;
	int err;

	made_plan.now = snap->now;
	if (made_plan.busy_begins && made_plan.busy_begins--)
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
	if (made_plan.busy_steps && made_plan.busy_steps--)
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

const struct ks_view made_shared_views[] = {
	{
		.collector = &made_shared,
		.kind = &ks_kind_dentry,
		.collect = collect_one,
		.work = &together,
		.work_only = true,
	}, {
		.collector = &made_shared,
		.kind = &ks_kind_dentry_name,
		.collect = collect_other,
		.work = &together,
		.work_only = true,
	},
};

const struct ks_view made_stepping_views[] = {
	{
		.collector = &made_stepping,
		.kind = &ks_kind_slab,
		.option_needs = MADE_OPTION,
		.collect = collect_two,
		.step = step,
		.work = &stepwise,
	},
};

const struct ks_view made_idle_views[] = {
	{
		.collector = &made_idle,
		.kind = &ks_kind_zone,
		.collect = collect_one,
	},
};

struct ks_cost made_shared_cost;
static struct ks_cost stepping_cost, idle_cost;

const struct ks_collector made_shared = {
	.name = "shared",
	.needs = MADE_NEED,
	.needs_private = true,
	.cost = &made_shared_cost,
	.views = made_shared_views,
	.nr_views = ARRAY_SIZE(made_shared_views),
};

const struct ks_collector made_stepping = {
	.name = "stepping",
	.cost = &stepping_cost,
	.views = made_stepping_views,
	.nr_views = ARRAY_SIZE(made_stepping_views),
};

const struct ks_collector made_idle = {
	.name = "idle",
	.cost = &idle_cost,
	.views = made_idle_views,
	.nr_views = ARRAY_SIZE(made_idle_views),
};

const struct ks_collector *const ks_collectors[] = {
	&made_shared, &made_stepping, &made_idle,
};

const unsigned int ks_nr_collectors = ARRAY_SIZE(ks_collectors);

/**
 * made_begin() - make ready for jobs, with nothing planned
 * @test: what it is for; for the init of a suite
 *
 * Return: 0 or an error.
 */
int made_begin(struct kunit *test)
{
	struct ks_memory memory;

	ks_memory_read(&memory);
	memory_before = memory.now;
	memset(&made_plan, 0, sizeof(made_plan));
	init_completion(&made_plan.begun);
	ks_collect_switch(true);
	return ks_job_init();
}

/**
 * made_memory() - how much collections and jobs take
 *
 * Return: bytes.
 */
u64 made_memory(void)
{
	struct ks_memory memory;

	ks_memory_read(&memory);
	return memory.now - memory_before;
}

/**
 * made_end() - end all jobs that a test left
 * @test: what it was for; fails if they leave anything
 */
void made_end(struct kunit *test)
{
	ks_job_exit();
	ks_collect_switch(true);
	KUNIT_EXPECT_EQ(test, 0ULL, made_memory());
}
