/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's memory counters: where each is on the kernel we build for.
 */
#ifndef KS_INTERNALS_COMPAT_VMSTAT_H
#define KS_INTERNALS_COMPAT_VMSTAT_H

#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/percpu.h>
#ifdef KS_HAVE_FOLIO_BATCH_H
#include <linux/folio_batch.h>
#else
#include <linux/pagevec.h>
#endif
#include <linux/vmstat.h>

/**
 * struct ks_stat - a counter of the kernel
 * @zone_item: its enum zone_stat_item, if @of is KS_STAT_OF_ZONE
 * @node_item: its enum node_stat_item, if @of is KS_STAT_OF_NODE
 * @of: its owner; KS_STAT_OF_NONE on kernels without it
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

/*
 * Since commit f0c0c115fb81 ("mm: memcontrol: account pagetables per node")
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

/* Temporary copies of pages that FUSE writes back; gone in v7.x. */
#ifdef KS_HAVE_NODE_WRITEBACK_TEMP
#define KS_STAT_WRITEBACK_TEMP	KS_NODE_STAT(NR_WRITEBACK_TEMP)
#else
#define KS_STAT_WRITEBACK_TEMP	KS_NO_STAT
#endif

/*
 * Huge page counters of a node are shown in huge pages. Before v5.11 they were
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
 * What a CPU keeps for a zone: pages on its free lists, changes of counters
 * that it did not add to them yet, and its NUMA events. The CPU goes on to
 * change them while others read. Since v5.14 they are in two structs.
 */
#ifdef KS_HAVE_PER_CPU_ZONESTAT
#define KS_NR_NUMA_ITEMS	NR_VM_NUMA_EVENT_ITEMS
#define KS_ZONE_NUMA		vm_numa_event
#define KS_CPU_NUMA		vm_numa_event
#define KS_CPU_PAGES		count
#define ks_zone_cpu_lists(zone, cpu)	\
	per_cpu_ptr((zone)->per_cpu_pageset, cpu)
#define ks_zone_cpu_stats(zone, cpu)	\
	per_cpu_ptr((zone)->per_cpu_zonestats, cpu)
#else
#define KS_NR_NUMA_ITEMS	NR_VM_NUMA_STAT_ITEMS
#define KS_ZONE_NUMA		vm_numa_stat
#define KS_CPU_NUMA		vm_numa_stat_diff
#define KS_CPU_PAGES		pcp.count
#define ks_zone_cpu_lists(zone, cpu)	per_cpu_ptr((zone)->pageset, cpu)
#define ks_zone_cpu_stats(zone, cpu)	per_cpu_ptr((zone)->pageset, cpu)
#endif

static inline int ks_zone_cpu_pages(const struct zone *zone, int cpu)
{
	/* Its CPU changes it. */
	return READ_ONCE(ks_zone_cpu_lists(zone, cpu)->KS_CPU_PAGES);
}

static inline const s8 *ks_zone_cpu_diffs(const struct zone *zone, int cpu)
{
#ifdef CONFIG_SMP
	return ks_zone_cpu_stats(zone, cpu)->vm_stat_diff;
#else
	return NULL;	/* one CPU keeps nothing */
#endif
}

/* Without NUMA there are no events. */
static inline u64 ks_zone_cpu_numa(const struct zone *zone, int cpu, int item)
{
#ifdef CONFIG_NUMA
	/* Its CPU changes it. */
	return READ_ONCE(ks_zone_cpu_stats(zone, cpu)->KS_CPU_NUMA[item]);
#else
	return 0;
#endif
}

static inline u64 ks_zone_numa(const struct zone *zone, int item)
{
#ifdef CONFIG_NUMA
	return atomic_long_read(&zone->KS_ZONE_NUMA[item]);
#else
	return 0;
#endif
}

/* The same of a node. */
static inline const s8 *ks_node_cpu_diffs(const struct pglist_data *pgdat,
					  int cpu)
{
	if (!IS_ENABLED(CONFIG_SMP))
		return NULL;
	return per_cpu_ptr(pgdat->per_cpu_nodestats, cpu)->vm_node_stat_diff;
}

/*
 * Pages that a CPU collects before it puts them on the LRU lists, at most: one
 * batch of new pages, and since v5.18 one of locked ones (mm/mlock.c).
 */
#ifdef FOLIO_BATCH_SIZE
#define KS_MAX_BATCHED		(2 * FOLIO_BATCH_SIZE)
#else
#define KS_MAX_BATCHED		(2 * PAGEVEC_SIZE)
#endif

/* Struct pages that the buddy allocator gave are counted since v6.11. */
#ifdef KS_HAVE_MEMMAP_PAGES
#include <linux/memory_hotplug.h>

/*
 * Added memory can hold its own struct pages; they are in the same counter,
 * and cannot be told from the others.
 */
static inline bool ks_memmap_may_be_its_own(void)
{
	return mhp_supports_memmap_on_memory();
}
#endif

/*
 * vmstat_text[] has the names of all counters in this order, each part as long
 * as its enum: zone counters, NUMA events, node counters (mm/vmstat.c).
 */
#define KS_FIRST_ZONE_NAME	0
#define KS_FIRST_NUMA_NAME	NR_VM_ZONE_STAT_ITEMS
#define KS_FIRST_NODE_NAME	(NR_VM_ZONE_STAT_ITEMS + KS_NR_NUMA_ITEMS)

#endif /* KS_INTERNALS_COMPAT_VMSTAT_H */
