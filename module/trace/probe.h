/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Probes on the kernel's kmem tracepoints, and what they found.
 */
#ifndef KS_TRACE_PROBE_H
#define KS_TRACE_PROBE_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "trace/interned.h"
#include "trace/objects.h"
#include "trace/who.h"

struct kmem_cache;

/* Of each table: what memory it may take is known before. */
#define KS_PROBE_ALLOCATORS	4096
#define KS_PROBE_STACKS		2048
#define KS_PROBE_OBJECTS	65536

/**
 * struct ks_probe_count - what one allocator did
 * @nr_allocs: objects it allocated
 * @pid: a process of its, the last one seen
 */
struct ks_probe_count {
	atomic64_t nr_allocs;
	u32 pid;
};

/**
 * struct ks_probe_totals - what all did, or those on one CPU
 * @nr_allocs: objects allocated
 * @nr_frees: objects freed
 * @nr_dropped: of the allocated ones, those that nobody could be told of
 * @nr_lost: objects of the sample that there was no room for
 */
struct ks_probe_totals {
	u64 nr_allocs;
	u64 nr_frees;
	u64 nr_dropped;
	u64 nr_lost;
};

/**
 * struct ks_probe_cpu - what is a CPU's own
 * @totals: what was done on it
 * @last: who allocated last, as a process
 * @last_index: the number of that allocator
 * @busy: bits of the contexts in which a probe is at work
 */
struct ks_probe_cpu {
	struct ks_probe_totals totals;
	struct ks_who_sign last;
	int last_index;
	u8 busy;
};

/**
 * struct ks_probe - probes and their tables
 * @cache: whose objects to look at; only ever compared
 * @counting: whether to look at all
 * @with_stacks: whether allocators are told apart by their stacks
 * @who: the allocators, each a struct ks_who
 * @counts: of each of their places, what it did
 * @stacks: stacks, each a struct ks_stack
 * @objects: objects that are not freed yet, with the place of their allocator
 * @cpu: what is each CPU's own
 */
struct ks_probe {
	const struct kmem_cache *cache;
	bool counting;
	bool with_stacks;
	struct ks_interned who;
	struct ks_probe_count *counts;
	struct ks_interned stacks;
	struct ks_objects objects;
	struct ks_probe_cpu __percpu *cpu;
};

struct ks_probe *ks_probe_new(const struct kmem_cache *cache, bool with_stacks);
void ks_probe_free(struct ks_probe *probe);
int ks_probe_arm(struct ks_probe *probe);
void ks_probe_disarm(struct ks_probe *probe);
void ks_probe_totals(const struct ks_probe *probe,
		     struct ks_probe_totals *totals);

#endif /* KS_TRACE_PROBE_H */
