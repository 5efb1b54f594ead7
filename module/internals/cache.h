/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Typed access to SLUB's private structures.
 *
 * The kernel's structs are opaque types here: layout.c finds their members. All
 * reads survive a fault, so that a wrong layout fails the canary, and not the
 * host.
 *
 * Lock order, as in mm/slub.c:
 *   1. slab_mutex	keeps a cache and its nodes from going away
 *   2. list_lock	keeps a node's partial list as it is
 */
#ifndef KS_INTERNALS_CACHE_H
#define KS_INTERNALS_CACHE_H

#include <linux/build_bug.h>
#include <linux/slab.h>
#include <linux/types.h>

struct kmem_cache_node;
struct ks_progress;

/* The kernel has no limit for names of caches; longer ones are cut. */
#define KS_CACHE_NAME_SIZE	96
static_assert(KS_CACHE_NAME_SIZE % sizeof(unsigned long) == 0);

/*
 * kmem_cache.oo is one word: the objects of a new slab, and above them its
 * order, since SLUB has variable orders (v2.6.27).
 */
#define KS_OO_SHIFT	16
#define KS_OO_OBJECTS	((1U << KS_OO_SHIFT) - 1)

/* A longer list of caches is broken. */
#define KS_MAX_CACHES		100000

/**
 * struct ks_cache_info - properties of a cache
 * @object_size: bytes that its users requested per object
 * @size: bytes an object takes
 * @order: pages of a new slab, as a power of 2
 * @objects_per_slab: objects in a slab of that order
 * @nr_aliases: caches merged into it
 * @reclaimable: whether SLAB_RECLAIM_ACCOUNT is set
 * @accounted: whether SLAB_ACCOUNT is set
 */
struct ks_cache_info {
	u32 object_size;
	u32 size;
	u32 order;
	u32 objects_per_slab;
	u32 nr_aliases;
	bool reclaimable;
	bool accounted;
};

/**
 * struct ks_cache_counts - the slabs and objects of a cache
 * @nr_slabs: slabs
 * @nr_objects: object slots in them
 * @nr_partial: slabs on partial lists
 * @nr_sampled: partial slabs that were read
 * @nr_free: free objects on partial slabs, scaled up if not all were sampled
 * @free_known: whether @nr_free could be counted
 */
struct ks_cache_counts {
	u64 nr_slabs;
	u64 nr_objects;
	u64 nr_partial;
	u64 nr_sampled;
	u64 nr_free;
	bool free_known;
};

bool ks_caches_trylock(void);
void ks_caches_unlock(void);
bool ks_caches_hold(unsigned int tries, unsigned int pause_us, u64 *since);
int ks_caches_wait(const struct ks_progress *progress, u64 *since);
void ks_caches_release(u64 since, u32 entries);
int ks_cache_next(struct kmem_cache **cache);
int ks_cache_name(const struct kmem_cache *cache,
		  char name[KS_CACHE_NAME_SIZE]);
int ks_cache_info(const struct kmem_cache *cache, struct ks_cache_info *info);
const void *ks_cache_per_node(const struct kmem_cache *cache, int nid);
int ks_cache_node(const struct kmem_cache *cache, int nid,
		  struct kmem_cache_node **node);
int ks_cache_count(const struct kmem_cache *cache, int nid,
		   struct ks_cache_counts *counts);
int ks_cache_check(const struct kmem_cache *cache, int nid,
		   u32 objects_per_slab);

#endif /* KS_INTERNALS_CACHE_H */
