// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the kernel's counters of zones and nodes, with the changes that each
 * CPU has not yet added.
 */
#include <linux/cpumask.h>
#include <linux/kernel.h>

#include "collect/vmstat.h"
#include "internals/hotplug.h"
#include "record/kinds.h"

/* Tries to read counters while no CPU changes them. */
#define STAT_TRIES	3
#define EVENT_TRIES	8

typedef const s8 *diffs_fn(const void *owner, int cpu);

/**
 * struct source - the place of counters
 * @owner: the zone or node
 * @shared: its counters
 * @nr: how many there are
 * @diffs: gets the changes that a CPU has not yet added
 */
struct source {
	const void *owner;
	const atomic_long_t *shared;
	unsigned int nr;
	diffs_fn *diffs;
};

static const s8 *zone_diffs(const void *zone, int cpu)
{
	return ks_zone_cpu_diffs(zone, cpu);
}

static const s8 *node_diffs(const void *pgdat, int cpu)
{
	return ks_node_cpu_diffs(pgdat, cpu);
}

/* Changes with any counter, even if their sum stays the same. */
static u64 counters_print(const struct source *source)
{
	unsigned int i;
	u64 print = 0;

	for (i = 0; i < source->nr; i++)
		print = print * 31 + atomic_long_read(&source->shared[i]);
	return print;
}

static void diffs_add(const struct source *source, s64 *value)
{
	unsigned int i;
	int cpu;

	for_each_online_cpu(cpu) {
		const s8 *diffs = source->diffs(source->owner, cpu);

		/* The CPU goes on to change them. */
		for (i = 0; diffs && i < source->nr; i++)
			value[i] += READ_ONCE(diffs[i]);
	}
}

static void shared_read(const struct source *source, s64 *value)
{
	unsigned int i;

	for (i = 0; i < source->nr; i++)
		value[i] = atomic_long_read(&source->shared[i]);
}

/*
 * A CPU that adds its changes during the read is missed or counted twice, so
 * read all again. On a busy host some CPU always does. The last try is then as
 * good as a read by the kernel itself.
 */
static void counters_read(const struct source *source, s64 *value)
{
	unsigned int tries = STAT_TRIES;
	u64 before;

	do {
		before = counters_print(source);
		shared_read(source, value);
		diffs_add(source, value);
	} while (counters_print(source) != before && --tries);
}

/* A read between two CPUs that add and subtract may be below zero. */
static void values_clamp(s64 *value, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		value[i] = max_t(s64, value[i], 0);
}

/**
 * ks_zone_stats_read() - read all counters of a zone
 * @zone: a populated zone
 * @stats: filled; while memory is going offline with what the CPUs added only
 */
void ks_zone_stats_read(const struct zone *zone, struct ks_zone_stats *stats)
{
	const struct source source = {
		.owner = zone,
		.shared = zone->vm_stat,
		.nr = NR_VM_ZONE_STAT_ITEMS,
		.diffs = zone_diffs,
	};
	int cpu;

	stats->pcp_pages = KS_UNSET_U64;
	stats->complete = ks_hotplug_enter();
	if (stats->complete) {
		counters_read(&source, stats->value);
		stats->pcp_pages = 0;
		/* Each CPU changes its own; one a moment old will do. */
		for_each_online_cpu(cpu)
			stats->pcp_pages += ks_zone_cpu_pages(zone, cpu);
		ks_hotplug_leave();
	} else {
		shared_read(&source, stats->value);
	}
	values_clamp(stats->value, source.nr);
}

/**
 * ks_node_stats_read() - read all counters of a node
 * @pgdat: an online node
 * @stats: filled; while memory is going offline with what the CPUs added only
 */
void ks_node_stats_read(const struct pglist_data *pgdat,
			struct ks_node_stats *stats)
{
	const struct source source = {
		.owner = pgdat,
		.shared = pgdat->vm_stat,
		.nr = NR_VM_NODE_STAT_ITEMS,
		.diffs = node_diffs,
	};

	stats->complete = ks_hotplug_enter();
	if (stats->complete) {
		counters_read(&source, stats->value);
		ks_hotplug_leave();
	} else {
		shared_read(&source, stats->value);
	}
	values_clamp(stats->value, source.nr);
}

static u64 cpu_events_add(const struct zone *zone, unsigned int item)
{
	u64 events = 0;
	int cpu;

	for_each_online_cpu(cpu)
		events += ks_zone_cpu_numa(zone, cpu, item);
	return events;
}

/**
 * ks_zone_numa_events() - read a NUMA event counter of a zone
 * @zone: a populated zone
 * @item: which
 *
 * A read of /proc/vmstat makes the kernel take the events from all CPUs, and
 * then add them to the zone. In between they are in neither place. This
 * function sees when such a move begins or ends meanwhile. If it lasts longer
 * the events since the last such read are missing.
 *
 * Return: events; unset while memory is going offline, or when others read
 * all the time.
 */
u64 ks_zone_numa_events(const struct zone *zone, unsigned int item)
{
	unsigned int tries = EVENT_TRIES;
	u64 events = KS_UNSET_U64;
	u64 shared, first, again;

	if (!ks_hotplug_enter())
		return KS_UNSET_U64;
	do {
		shared = ks_zone_numa(zone, item);
		first = cpu_events_add(zone, item);
		again = cpu_events_add(zone, item);
		/* Events only go away when the kernel moves them. */
		if (again >= first && ks_zone_numa(zone, item) == shared)
			events = shared + again;
	} while (events == KS_UNSET_U64 && --tries);
	ks_hotplug_leave();
	return events;
}

/**
 * ks_max_batched_pages() - pages on their way to the LRU lists, at most
 *
 * Return: the maximum of pages that no counter has yet, on all CPUs.
 */
u64 ks_max_batched_pages(void)
{
	return (u64)KS_MAX_BATCHED * num_online_cpus();
}
