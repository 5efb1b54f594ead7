/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Probes on the kernel's kmem tracepoints, and their tables.
 */
#ifndef KS_TRACE_PROBE_H
#define KS_TRACE_PROBE_H

#include <linux/types.h>

#include "trace/allocator.h"
#include "trace/intern.h"
#include "trace/outstanding.h"
#include "trace/processes.h"

struct kmem_cache;
struct netlink_ext_ack;

/* Sizes of the tables, which are allocated before the trace. */
#define KS_MAX_ALLOCATORS	4096
#define KS_MAX_STACKS		2048
#define KS_MAX_OUTSTANDING	65536

/**
 * struct ks_probe_totals - events of the traced cache, in all or on one CPU
 * @nr_allocs: objects allocated
 * @nr_frees: objects freed
 * @nr_dropped: allocations without a known allocator
 * @nr_lost: objects of the sample that the table had no room for
 */
struct ks_probe_totals {
	u64 nr_allocs;
	u64 nr_frees;
	u64 nr_dropped;
	u64 nr_lost;
};

/**
 * struct ks_probe_cpu - data of one CPU
 * @totals: its events
 * @counts: allocations on it, by the slot of their allocator. An allocator with
 *	a stack has an estimate: each stack counts as the sampling rate.
 * @nr_events: allocations and frees of all caches on it
 * @nr_reported: of these, those that ks_probe_busiest() returned before
 * @last: the process that allocated last
 * @last_index: the number of that allocator
 * @stacks_since: when it began to count @nr_stacks, in jiffies
 * @nr_stacks: stacks taken since then
 * @busy: bits of the contexts in which a probe is running
 */
struct ks_probe_cpu {
	struct ks_probe_totals totals;
	u64 *counts;
	u64 nr_events;
	u64 nr_reported;
	struct ks_fingerprint last;
	int last_index;
	u32 nr_stacks;
	unsigned long stacks_since;
	u8 busy;
};

/**
 * struct ks_probe - probes and their tables
 * @cache: the cache to trace, only for comparison
 * @counting: whether probes count
 * @with_stacks: whether allocators are separate by their stacks
 * @allocators: each a struct ks_allocator
 * @processes: for each of their slots, its processes
 * @counts: the counts of all CPUs, one after the other
 * @stacks: stacks, each a struct ks_stack
 * @objects: objects that are not freed yet, with the slot of their allocator
 * @cpu: data of each CPU
 */
struct ks_probe {
	const struct kmem_cache *cache;
	bool counting;
	bool with_stacks;
	struct ks_intern allocators;
	struct ks_processes *processes;
	u64 *counts;
	struct ks_intern stacks;
	struct ks_outstanding objects;
	struct ks_probe_cpu __percpu *cpu;
};

struct ks_probe *ks_probe_new(const struct kmem_cache *cache, bool with_stacks);
void ks_probe_free(struct ks_probe *probe);
int ks_probe_arm(struct ks_probe *probe, struct netlink_ext_ack *extack);
void ks_probe_disarm(struct ks_probe *probe);
void ks_probe_note_alloc(struct ks_probe *probe, unsigned long call_site,
			 const void *object);
u64 ks_probe_busiest(struct ks_probe *probe);
u64 ks_probe_count(const struct ks_probe *probe, u32 index);
void ks_probe_totals(const struct ks_probe *probe,
		     struct ks_probe_totals *totals);

#endif /* KS_TRACE_PROBE_H */
