/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All slabs there are, by a walk over the struct pages of online memory.
 *
 * It takes no lock of the kernel's, and costs about a cache line for each page
 * that is not free: seconds on a large machine. Lists are no way to all slabs:
 * those that are full are on none.
 */
#ifndef KS_INTERNALS_CACHE_PAGES_H
#define KS_INTERNALS_CACHE_PAGES_H

#include <linux/types.h>

struct kmem_cache;
struct ks_progress;

/**
 * typedef ks_slab_fn - what is done with slabs of one cache, met in a row
 * @arg: the walker's
 * @cache: whose they seem to be; only to be compared
 * @inuse: objects they say are in use, those that CPUs keep included
 * @objects: object slots
 */
typedef void (*ks_slab_fn)(void *arg, const struct kmem_cache *cache,
			   u64 inuse, u64 objects);

int ks_cache_pages_walk(ks_slab_fn fn, void *arg, struct ks_progress *progress);

#endif /* KS_INTERNALS_CACHE_PAGES_H */
