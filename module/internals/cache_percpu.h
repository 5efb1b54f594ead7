/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Per-CPU free objects of a cache.
 *
 * They are on cpu slabs and cpu partial lists (to v6.19), in sheaves (since
 * v6.18) and in the nodes' barns of full sheaves. The kernel counts them as in
 * use.
 */
#ifndef KS_INTERNALS_CACHE_PERCPU_H
#define KS_INTERNALS_CACHE_PERCPU_H

#include <linux/types.h>

struct kmem_cache;

/**
 * struct ks_percpu - per-CPU free objects of the CPUs counted so far
 * @nr_taken: free objects that their slabs count as in use: on the list of a
 *	cpu slab, in sheaves and barns
 * @nr_left: free objects that their slabs count as free: on cpu slabs, where
 *	others freed them late, and on the partial slabs of CPUs
 * @error: possible error of both, by lists of CPUs that changed each time they
 *	were read; without objects that moved between two lists
 * @next_cpu: the next CPU to count; nr_cpu_ids when all are counted
 */
struct ks_percpu {
	u64 nr_taken;
	u64 nr_left;
	u64 error;
	unsigned int next_cpu;
};

int ks_percpu_count(const struct kmem_cache *cache, u64 until_ns,
		    struct ks_percpu *cached);

#endif /* KS_INTERNALS_CACHE_PERCPU_H */
