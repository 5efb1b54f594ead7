/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sums of a walk over pages, by slab cache.
 */
#ifndef KS_COLLECT_SLAB_SUMS_H
#define KS_COLLECT_SLAB_SUMS_H

#include <linux/types.h>

struct kmem_cache;

/**
 * struct ks_slab_sum - one cache's slabs
 * @cache: the cache, only ever compared; NULL for a free place
 * @nr_inuse: objects that the slabs say are in use
 * @nr_objects: object slots in them
 */
struct ks_slab_sum {
	const struct kmem_cache *cache;
	u64 nr_inuse;
	u64 nr_objects;
};

/**
 * struct ks_slab_sums - a table that caches are found in
 * @places: the places, a power of 2
 * @mask: how many, less 1
 */
struct ks_slab_sums {
	struct ks_slab_sum *places;
	u32 mask;
};

int ks_slab_sums_init(struct ks_slab_sums *sums, u32 nr);
void ks_slab_sums_free(struct ks_slab_sums *sums);
void ks_slab_sums_add(struct ks_slab_sums *sums,
		      const struct kmem_cache *cache);
struct ks_slab_sum *ks_slab_sums_find(const struct ks_slab_sums *sums,
				      const struct kmem_cache *cache);

#endif /* KS_COLLECT_SLAB_SUMS_H */
