/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Free objects that a cache keeps at hand for its CPUs.
 *
 * The kernel counts them as in use: on cpu slabs and cpu partial lists (to
 * v6.19), in sheaves (since v6.18) and in the nodes' barns of full sheaves.
 */
#ifndef KS_INTERNALS_CACHE_PERCPU_H
#define KS_INTERNALS_CACHE_PERCPU_H

#include <linux/types.h>

struct kmem_cache;

/**
 * struct ks_percpu - what was found, CPU by CPU
 * @nr_taken: free objects that their slabs count as in use: on the list of a
 *	cpu slab, in sheaves and barns
 * @nr_left: free objects that their slabs count as free: on cpu slabs, where
 *	others freed them late, and on the partial slabs of CPUs
 * @error: by how much these may be off for lists of CPUs that changed each
 *	time they were read; objects that moved between two lists are not in it
 * @next_cpu: where to go on; nr_cpu_ids when all were read
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
