/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Visits all slabs by a walk over the struct pages of online memory.
 *
 * It takes no lock of the kernel, and costs about a cache line for each page
 * that is not free: seconds on a large machine. Lists do not have all slabs, as
 * full ones are on none.
 */
#ifndef KS_INTERNALS_CACHE_PAGES_H
#define KS_INTERNALS_CACHE_PAGES_H

#include <linux/types.h>

struct kmem_cache;
struct ks_progress;

/**
 * typedef ks_slab_fn - a callback for consecutive slabs of one cache
 * @arg: the caller's argument
 * @cache: what should be their cache; only for comparison
 * @inuse: objects in use by their counts, with per-CPU free objects
 * @objects: object slots
 */
typedef void (*ks_slab_fn)(void *arg, const struct kmem_cache *cache,
			   u64 inuse, u64 objects);

int ks_cache_pages_walk(ks_slab_fn fn, void *arg, struct ks_progress *progress);

#endif /* KS_INTERNALS_CACHE_PAGES_H */
