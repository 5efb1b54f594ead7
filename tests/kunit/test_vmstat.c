// SPDX-License-Identifier: GPL-2.0-only
/* The counters that CPUs have not folded yet, in fake zones. */
#include <kunit/test.h>
#include <linux/percpu.h>
#include <linux/slab.h>

#include "collect/vmstat.h"

struct made {
	struct zone zone;
	struct pglist_data node;
};

static int stats_init(struct kunit *test)
{
	struct made *made = kvzalloc(sizeof(*made), GFP_KERNEL);

	if (!made)
		return -ENOMEM;
	test->priv = made;
	made->zone.per_cpu_zonestats = alloc_percpu(struct per_cpu_zonestat);
	made->zone.per_cpu_pageset = alloc_percpu(struct per_cpu_pages);
	made->node.per_cpu_nodestats = alloc_percpu(struct per_cpu_nodestat);
	return made->zone.per_cpu_zonestats && made->zone.per_cpu_pageset &&
	       made->node.per_cpu_nodestats ? 0 : -ENOMEM;
}

static void stats_exit(struct kunit *test)
{
	struct made *made = test->priv;

	if (!made)
		return;
	free_percpu(made->zone.per_cpu_zonestats);
	free_percpu(made->zone.per_cpu_pageset);
	free_percpu(made->node.per_cpu_nodestats);
	kvfree(made);
}

static void zone_has_what_all_cpus_keep(struct kunit *test)
{
	struct made *made = test->priv;
	struct ks_zone_stats stats;
	s64 kept = 0, free = 0;
	int cpu;

	atomic_long_set(&made->zone.vm_stat[NR_FREE_PAGES], 1000);
	for_each_online_cpu(cpu) {
		per_cpu_ptr(made->zone.per_cpu_zonestats,
			    cpu)->vm_stat_diff[NR_FREE_PAGES] = -100 - cpu;
		per_cpu_ptr(made->zone.per_cpu_pageset, cpu)->count = 7 + cpu;
		kept += 100 + cpu;
		free += 7 + cpu;
	}
	ks_zone_stats_read(&made->zone, &stats);
	KUNIT_EXPECT_TRUE(test, stats.complete);
	KUNIT_EXPECT_EQ(test, stats.value[NR_FREE_PAGES], 1000 - kept);
	KUNIT_EXPECT_EQ(test, (s64)stats.pcp_pages, free);
	KUNIT_EXPECT_EQ(test, stats.value[NR_MLOCK], 0);
}

static void node_has_what_all_cpus_keep(struct kunit *test)
{
	struct made *made = test->priv;
	struct ks_node_stats stats;
	s64 kept = 0;
	int cpu;

	atomic_long_set(&made->node.vm_stat[NR_FILE_PAGES], 50);
	for_each_online_cpu(cpu) {
		per_cpu_ptr(made->node.per_cpu_nodestats,
			    cpu)->vm_node_stat_diff[NR_FILE_PAGES] = 125;
		kept += 125;
	}
	ks_node_stats_read(&made->node, &stats);
	KUNIT_EXPECT_EQ(test, stats.value[NR_FILE_PAGES], 50 + kept);
}

static void no_counter_is_below_zero(struct kunit *test)
{
	struct made *made = test->priv;
	struct ks_node_stats stats;

	per_cpu_ptr(made->node.per_cpu_nodestats,
		    0)->vm_node_stat_diff[NR_SHMEM] = -3;
	ks_node_stats_read(&made->node, &stats);
	KUNIT_EXPECT_EQ(test, stats.value[NR_SHMEM], 0);
}

static void events_are_of_all_cpus(struct kunit *test)
{
	struct made *made = test->priv;
	u64 events = 10;
	int cpu;

	atomic_long_set(&made->zone.vm_numa_event[NUMA_HIT], events);
	for_each_online_cpu(cpu) {
		per_cpu_ptr(made->zone.per_cpu_zonestats,
			    cpu)->vm_numa_event[NUMA_HIT] = 5 + cpu;
		events += 5 + cpu;
	}
	KUNIT_EXPECT_EQ(test, ks_zone_numa_events(&made->zone, NUMA_HIT),
			events);
}

static struct kunit_case stats_cases[] = {
	KUNIT_CASE(zone_has_what_all_cpus_keep),
	KUNIT_CASE(node_has_what_all_cpus_keep),
	KUNIT_CASE(no_counter_is_below_zero),
	KUNIT_CASE(events_are_of_all_cpus),
	{}
};

static struct kunit_suite stats_suite = {
	.name = "kmemscope_stats",
	.init = stats_init,
	.exit = stats_exit,
	.test_cases = stats_cases,
};
kunit_test_suites(&stats_suite);
