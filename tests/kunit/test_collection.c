// SPDX-License-Identifier: GPL-2.0-only
/*
 * Collections: who may begin one, what a step that fails does, and what status
 * says of collectors.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/netlink.h>
#include <linux/string.h>

#include "record/kinds.h"
#include "run/collection.h"
#include "run/job.h"

#include "made.h"

#define WAIT_NS	(100 * (u64)NSEC_PER_MSEC)

/* All of it is left to the steps. */
static void begin(struct kunit *test, struct ks_collection *c)
{
	struct netlink_ext_ack extack = {};

	KUNIT_ASSERT_EQ(test, 0, ks_collect_begin(c, &made_stepping_views[0],
						  NULL, 0, 0, &extack));
	KUNIT_EXPECT_NULL(test, extack._msg);
}

/* Options are refused where what they need is missing; the rest works. */
static void without_options_it_goes_on(struct kunit *test)
{
	struct ks_collection c;
	struct netlink_ext_ack extack = {};

	made_plan.missing = MADE_OPTION;
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP,
			ks_collect_begin(&c, &made_stepping_views[0], NULL,
					 KS_SLAB_EXACT, 0, &extack));
	KUNIT_EXPECT_STREQ(test, "made up to be missing", extack._msg);
	begin(test, &c);
	KUNIT_EXPECT_FALSE(test, ks_collect_complete(&c));
	KUNIT_EXPECT_EQ(test, 0, ks_collect_step(&c, 0, &extack));
	KUNIT_EXPECT_FALSE(test, ks_collect_complete(&c));
	KUNIT_EXPECT_EQ(test, 0, ks_collect_step(&c, 0, &extack));
	KUNIT_EXPECT_TRUE(test, ks_collect_complete(&c));
	KUNIT_EXPECT_FALSE(test, c.snap->changed);
	ks_collect_end(&c);
}

/* Only who is patient waits for a lock. */
static void a_busy_step_is_tried_again(struct kunit *test)
{
	struct ks_collection c;
	struct netlink_ext_ack extack = {};

	begin(test, &c);
	made_plan.busy_steps = 3;
	KUNIT_EXPECT_EQ(test, -EBUSY, ks_collect_step(&c, 0, &extack));
	KUNIT_EXPECT_STREQ(test, "made up to be busy",
			   extack._msg);
	KUNIT_EXPECT_EQ(test, 2, made_plan.busy_steps);
	KUNIT_EXPECT_EQ(test, 0, ks_collect_step(&c, WAIT_NS, &extack));
	KUNIT_EXPECT_NULL(test, extack._msg);
	KUNIT_EXPECT_EQ(test, 0, made_plan.busy_steps);
	/* But not for ever. */
	made_plan.busy_steps = 100000;
	KUNIT_EXPECT_EQ(test, -EBUSY, ks_collect_step(&c, WAIT_NS, &extack));
	KUNIT_EXPECT_GT(test, made_plan.busy_steps, 99000);
	made_plan.busy_steps = 0;
	ks_collect_switch(false);
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, ks_collect_step(&c, WAIT_NS,
							   &extack));
	ks_collect_end(&c);
}

/* Where others wait for us it fails at once; for anybody in the end. */
static void a_busy_begin_is_tried_again(struct kunit *test)
{
	struct ks_collection c;
	struct netlink_ext_ack extack = {};

	made_plan.busy_begins = 3;
	KUNIT_EXPECT_EQ(test, -EBUSY,
			ks_collect_begin(&c, &made_stepping_views[0], NULL, 0,
					 0, &extack));
	KUNIT_EXPECT_EQ(test, 2, made_plan.busy_begins);
	KUNIT_EXPECT_TRUE(test, made_plan.now);
	KUNIT_ASSERT_EQ(test, 0,
			ks_collect_begin(&c, &made_stepping_views[0], NULL, 0,
					 WAIT_NS, &extack));
	KUNIT_EXPECT_NULL(test, extack._msg);
	KUNIT_EXPECT_FALSE(test, made_plan.now);
	ks_collect_end(&c);
	made_plan.busy_begins = 100000;
	KUNIT_EXPECT_EQ(test, -EBUSY,
			ks_collect_begin(&c, &made_stepping_views[0], NULL, 0,
					 WAIT_NS, &extack));
	KUNIT_EXPECT_STREQ(test, "made up to be busy",
			   extack._msg);
	KUNIT_EXPECT_GT(test, made_plan.busy_begins, 99000);
	KUNIT_EXPECT_LT(test, made_plan.busy_begins, 100000 - 2);
}

/* As a file of debugfs is opened: all of it, whatever is busy meanwhile. */
static void a_reader_gets_the_whole(struct kunit *test)
{
	struct ks_collection c;
	struct netlink_ext_ack extack = {};

	made_plan.busy_begins = 50;
	made_plan.busy_steps = 50;
	KUNIT_ASSERT_EQ(test, 0, ks_job_collect(&c, &made_stepping_views[0],
						&extack));
	KUNIT_EXPECT_TRUE(test, ks_collect_complete(&c));
	KUNIT_EXPECT_EQ(test, 2, c.snap->nr_valid);
	ks_collect_end(&c);
	made_plan.busy_steps = 100000;
	KUNIT_EXPECT_EQ(test, -EBUSY,
			ks_job_collect(&c, &made_stepping_views[0], &extack));
	KUNIT_EXPECT_EQ(test, 0ULL, made_memory());
}

/* Memory came or went while it was collected. */
static void a_changed_world_is_marked(struct kunit *test)
{
	struct ks_collection c;
	struct netlink_ext_ack extack = {};

	begin(test, &c);
	KUNIT_EXPECT_EQ(test, 0, ks_collect_step(&c, 0, &extack));
	KUNIT_EXPECT_FALSE(test, c.snap->changed);
	made_plan.generation++;
	KUNIT_EXPECT_EQ(test, 0, ks_collect_step(&c, 0, &extack));
	KUNIT_EXPECT_TRUE(test, c.snap->changed);
	ks_collect_end(&c);
}

static void commands_find_their_views(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, &made_shared_views[1],
			    ks_collect_find(ks_kind_dentry_name.cmd));
	KUNIT_EXPECT_PTR_EQ(test, &made_idle_views[0],
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
	ks_collector_describe(&made_idle, &record);
	KUNIT_EXPECT_STREQ(test, "off", record.state);
	KUNIT_EXPECT_EQ(test, 0ULL, record.collects_total);
	/* What never was took no time, not none. */
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
	.init = made_begin,
	.exit = made_end,
	.test_cases = collect_cases,
};

kunit_test_suite(collect_suite);
