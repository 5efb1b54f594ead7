/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's memory counters: where each is on the kernel we build for.
 */
#ifndef KS_INTERNALS_COMPAT_VMSTAT_H
#define KS_INTERNALS_COMPAT_VMSTAT_H

#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/vmstat.h>

/**
 * struct ks_stat - a counter of the kernel
 * @zone_item: its enum zone_stat_item, if @of is KS_STAT_OF_ZONE
 * @node_item: its enum node_stat_item, if @of is KS_STAT_OF_NODE
 * @of: whose it is; KS_STAT_OF_NONE when this kernel does not have it
 */
struct ks_stat {
	enum ks_stat_of {
		KS_STAT_OF_NONE,
		KS_STAT_OF_ZONE,
		KS_STAT_OF_NODE,
	} of;
	enum zone_stat_item zone_item;
	enum node_stat_item node_item;
};

#define KS_ZONE_STAT(_item)	{ .of = KS_STAT_OF_ZONE, .zone_item = (_item) }
#define KS_NODE_STAT(_item)	{ .of = KS_STAT_OF_NODE, .node_item = (_item) }
#define KS_NO_STAT		{ .of = KS_STAT_OF_NONE }

#if IS_ENABLED(CONFIG_ZSMALLOC)
#define KS_STAT_ZSPAGES		KS_ZONE_STAT(NR_ZSPAGES)
#else
#define KS_STAT_ZSPAGES		KS_NO_STAT
#endif

/* Since commit f0c0c115fb81 ("mm: memcontrol: account pagetables per node")
 * (in v5.11) a node's, before a zone's.
 */
#ifdef KS_HAVE_NODE_PAGETABLE
#define KS_STAT_PAGETABLE	KS_NODE_STAT(NR_PAGETABLE)
#else
#define KS_STAT_PAGETABLE	KS_ZONE_STAT(NR_PAGETABLE)
#endif

#ifdef KS_HAVE_NODE_SECONDARY_PAGETABLE
#define KS_STAT_SECONDARY_PAGETABLE	KS_NODE_STAT(NR_SECONDARY_PAGETABLE)
#else
#define KS_STAT_SECONDARY_PAGETABLE	KS_NO_STAT
#endif

/* Before v7.x only the host's vmalloc pages are counted. */
#ifdef KS_HAVE_NODE_VMALLOC
#define KS_STAT_VMALLOC		KS_NODE_STAT(NR_VMALLOC)
#else
#define KS_STAT_VMALLOC		KS_NO_STAT
#endif

#ifdef KS_HAVE_NODE_BALLOON
#define KS_STAT_BALLOON		KS_NODE_STAT(NR_BALLOON_PAGES)
#else
#define KS_STAT_BALLOON		KS_NO_STAT
#endif

#ifdef KS_HAVE_NODE_GPU
#define KS_STAT_GPU_ACTIVE	KS_NODE_STAT(NR_GPU_ACTIVE)
#define KS_STAT_GPU_RECLAIM	KS_NODE_STAT(NR_GPU_RECLAIM)
#else
#define KS_STAT_GPU_ACTIVE	KS_NO_STAT
#define KS_STAT_GPU_RECLAIM	KS_NO_STAT
#endif

/* Huge page counters of a node are shown in huge pages. Before v5.11 they were
 * kept so, too.
 */
static inline u64 ks_stat_shown(enum node_stat_item item, u64 value)
{
#ifdef KS_HAVE_STAT_IN_THP
	if (vmstat_item_print_in_thp(item))
		return value / HPAGE_PMD_NR;
#endif
	return value;
}

/*
 * What a CPU keeps for a zone: pages on its free lists, the most that a
 * counter may lag by, and its NUMA events.
 */
#ifdef KS_HAVE_PER_CPU_ZONESTAT
#define KS_NR_NUMA_ITEMS	NR_VM_NUMA_EVENT_ITEMS

static inline int ks_zone_cpu_pages(struct zone *zone, int cpu)
{
	return READ_ONCE(per_cpu_ptr(zone->per_cpu_pageset, cpu)->count);
}

static inline int ks_zone_cpu_lag(struct zone *zone, int cpu)
{
	return READ_ONCE(per_cpu_ptr(zone->per_cpu_zonestats,
				     cpu)->stat_threshold);
}

static inline u64 ks_zone_cpu_numa(struct zone *zone, int cpu, int item)
{
	return READ_ONCE(per_cpu_ptr(zone->per_cpu_zonestats,
				     cpu)->vm_numa_event[item]);
}

static inline u64 ks_zone_numa(struct zone *zone, int item)
{
	return atomic_long_read(&zone->vm_numa_event[item]);
}
#else
#define KS_NR_NUMA_ITEMS	NR_VM_NUMA_STAT_ITEMS

static inline int ks_zone_cpu_pages(struct zone *zone, int cpu)
{
	return READ_ONCE(per_cpu_ptr(zone->pageset, cpu)->pcp.count);
}

static inline int ks_zone_cpu_lag(struct zone *zone, int cpu)
{
	return READ_ONCE(per_cpu_ptr(zone->pageset, cpu)->stat_threshold);
}

static inline u64 ks_zone_cpu_numa(struct zone *zone, int cpu, int item)
{
	return READ_ONCE(per_cpu_ptr(zone->pageset,
				     cpu)->vm_numa_stat_diff[item]);
}

static inline u64 ks_zone_numa(struct zone *zone, int item)
{
	return atomic_long_read(&zone->vm_numa_stat[item]);
}
#endif

/*
 * vmstat_text[] has the names of all counters in this order, each part as long
 * as its enum: zone counters, NUMA events, node counters (mm/vmstat.c).
 */
#define KS_FIRST_ZONE_NAME	0
#define KS_FIRST_NUMA_NAME	NR_VM_ZONE_STAT_ITEMS
#define KS_FIRST_NODE_NAME	(NR_VM_ZONE_STAT_ITEMS + KS_NR_NUMA_ITEMS)

static inline int ks_node_cpu_lag(struct pglist_data *pgdat, int cpu)
{
	return READ_ONCE(per_cpu_ptr(pgdat->per_cpu_nodestats,
				     cpu)->stat_threshold);
}

/* A counter of a node; the kernel's node_page_state() is not for modules. */
static inline u64 ks_node_counter(struct pglist_data *pgdat,
				  enum node_stat_item item)
{
	long value = atomic_long_read(&pgdat->vm_stat[item]);

	/* Below zero only while a CPU's share is not yet folded in. */
	return value < 0 ? 0 : value;
}

#endif /* KS_INTERNALS_COMPAT_VMSTAT_H */
