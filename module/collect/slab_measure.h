/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The numbers of a cache's record.
 */
#ifndef KS_COLLECT_SLAB_MEASURE_H
#define KS_COLLECT_SLAB_MEASURE_H

#include <linux/types.h>

#include "collect/slab_sums.h"
#include "internals/cache.h"
#include "internals/cache_percpu.h"

/* Of the members that say by what something was told. */
#define KS_BASIS_SIZE	8

/**
 * struct ks_geometry - what of a cache its numbers are made with
 * @object_size: bytes its users asked for per object
 * @size: bytes an object takes
 * @order: pages of a new slab, as a power of 2
 */
struct ks_geometry {
	u32 object_size;
	u32 size;
	u32 order;
};

/**
 * struct ks_exact - what tells the objects that are really in use
 * @cached: what the cache keeps for CPUs, as far as they are counted
 * @sum: what a walk over pages found of it; its cache is NULL without one
 */
struct ks_exact {
	struct ks_percpu cached;
	struct ks_slab_sum sum;
};

/**
 * struct ks_measured - what both kinds of record have, as the spec says
 * @nr_active: objects that the kernel counts as in use
 * @nr_inuse: objects that are
 * @inuse_error: by how much @nr_inuse may be off for lists that changed while
 *	they were read; objects that moved between two lists are not in it
 * @total_bytes: of all slabs
 * @active_bytes: of active objects
 * @wasted_bytes: of @total_bytes, those that no object's user asked for
 * @approximate: whether not all partial slabs were looked at
 * @coverage_permille: how many were
 * @basis: by what @wasted_bytes was told, KS_BASIS_SIZE bytes
 * @inuse_basis: by what @nr_inuse was, as many
 *
 * Unset where not known.
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
