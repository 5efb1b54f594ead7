// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's own zone, node and NUMA event counters, under its own names.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "collect/collectors.h"
#include "collect/vmstat.h"
#include "collect/zone_walk.h"
#include "internals/internals.h"
#include "internals/symbols.h"
#include "record/kinds.h"
#include "run/view.h"

/* Returns false when there is no more room. */
static bool counter_keep(struct ks_snapshot *snap, int nid,
			 struct zone *zone, unsigned int name, u64 value)
{
	const char *const *names = ks_symbol(KS_SYM_VMSTAT_TEXT);
	struct ks_counter_record *record = ks_snapshot_begin(snap);

	if (!record)
		return false;
	record->node = nid;
	if (zone)
		strscpy(record->zone, zone->name, sizeof(record->zone));
	strscpy(record->name, names[name], sizeof(record->name));
	record->value = value;
	ks_snapshot_commit(snap);
	return true;
}

static bool zone_counters(struct ks_snapshot *snap, int nid,
			  struct zone *zone)
{
	struct ks_zone_stats stats;
	unsigned int i;

	ks_zone_stats_read(zone, &stats);
	for (i = 0; i < NR_VM_ZONE_STAT_ITEMS; i++)
		if (!counter_keep(snap, nid, zone, KS_FIRST_ZONE_NAME + i,
				  stats.value[i]))
			return false;
	for (i = 0; i < KS_NR_NUMA_ITEMS; i++)
		if (!counter_keep(snap, nid, zone, KS_FIRST_NUMA_NAME + i,
				  ks_zone_numa_events(zone, i)))
			return false;
	return true;
}

static bool node_counters(struct ks_snapshot *snap, int nid)
{
	struct ks_node_stats stats;
	unsigned int i;

	ks_node_stats_read(NODE_DATA(nid), &stats);
	for (i = 0; i < NR_VM_NODE_STAT_ITEMS; i++)
		if (!counter_keep(snap, nid, NULL, KS_FIRST_NODE_NAME + i,
				  ks_stat_shown(i, stats.value[i])))
			return false;
	return true;
}

static int counters_collect(struct ks_snapshot *snap,
			    struct netlink_ext_ack *extack)
{
	struct zone *zone;
	int nid, err;

	err = ks_snapshot_reserve(snap, num_online_nodes() *
				  (NR_VM_NODE_STAT_ITEMS + MAX_NR_ZONES *
				   (NR_VM_ZONE_STAT_ITEMS +
				    KS_NR_NUMA_ITEMS)), 0);
	if (err)
		return err;
	for_each_online_node(nid) {
		ks_for_each_zone(zone, nid)
			if (!zone_counters(snap, nid, zone))
				return 0;
		if (!node_counters(snap, nid))
			return 0;
	}
	return 0;
}

static struct ks_cost counter_cost;

static const struct ks_view counter_views[] = {
	{
		.collector = &ks_collector_counter,
		.kind = &ks_kind_counter,
		.path = "counters",
		.collect = counters_collect,
	},
};

const struct ks_collector ks_collector_counter = {
	.name = "counter",
	.needs = BIT(KS_NEED_VMSTAT_TEXT),
	.cost = &counter_cost,
	.views = counter_views,
	.nr_views = ARRAY_SIZE(counter_views),
};
