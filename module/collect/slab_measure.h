/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The numbers of a cache's record.
 */
#ifndef KS_COLLECT_SLAB_MEASURE_H
#define KS_COLLECT_SLAB_MEASURE_H

#include <linux/types.h>

#include "collect/slab_notes.h"
#include "internals/cache.h"
#include "internals/cache_percpu.h"

/* Size of the members that name the basis of a count. */
#define KS_BASIS_SIZE	8

/**
 * struct ks_geometry - sizes of a cache
 * @object_size: bytes that its users requested per object
 * @size: bytes an object takes
 * @order: pages of a new slab, as a power of 2
 */
struct ks_geometry {
	u32 object_size;
	u32 size;
	u32 order;
};

/**
 * struct ks_exact - the exact count of objects in use
 * @cached: per-CPU free objects, of the CPUs that were counted
 * @sum: the cache's sum of a walk over pages, or NULL without a walk
 */
struct ks_exact {
	struct ks_percpu cached;
	const struct ks_slab_sum *sum;
};

/**
 * struct ks_measured - the numbers of both record types, as in the spec
 * @nr_active: objects that the kernel counts as in use
 * @nr_inuse: objects that are really in use
 * @inuse_error: possible error of @nr_inuse, by lists that changed while they
 *	were read; without objects that moved between two lists
 * @total_bytes: of all slabs
 * @active_bytes: of active objects
 * @wasted_bytes: bytes of @total_bytes that hold no live object
 * @approximate: whether some partial slabs were not read
 * @coverage_permille: the share that was read
 * @basis: the count that @wasted_bytes is based on, KS_BASIS_SIZE bytes
 * @inuse_basis: how @nr_inuse was counted, KS_BASIS_SIZE bytes
 *
 * Unknown numbers are unset.
 */
struct ks_measured {
	u64 nr_active;
	u64 nr_inuse;
	u64 inuse_error;
	u64 total_bytes;
	u64 active_bytes;
	u64 wasted_bytes;
	u32 approximate;
	u32 coverage_permille;
	const char *basis;
	const char *inuse_basis;
};

void ks_measure(struct ks_measured *m, const struct ks_geometry *g,
		const struct ks_cache_counts *counts,
		const struct ks_exact *exact);

#endif /* KS_COLLECT_SLAB_MEASURE_H */
