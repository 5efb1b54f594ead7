/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel made up, for the code that walks one: slab caches, their nodes, and
 * slabs on partial lists, at places of no kernel.
 */
#ifndef KUNIT_WORLD_H
#define KUNIT_WORLD_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/numa.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "internals/cache.h"

struct kmem_cache;
struct kunit;

/**
 * struct world_slab - a slab
 * @before: what is of no interest
 * @list: where it is on its node's partial list
 * @objects: object slots
 * @inuse: of them, how many are in use
 */
struct world_slab {
	u32 before;
	struct list_head list;
	u32 objects:15;
	u32 inuse:16;
};

/**
 * struct world_node - a cache's part on a node
 * @nr_slabs: slabs
 * @partial: the list of those that have free objects
 * @nr_partial: how many these are
 * @nr_objects: object slots in all slabs
 * @list_lock: its lock
 */
struct world_node {
	u64 nr_slabs;
	struct list_head partial;
	u64 nr_partial;
	u64 nr_objects;
	spinlock_t list_lock;	/* of @partial */
};

/**
 * struct world_cache - a cache
 * @before: what is of no interest
 * @name: its name
 * @list: where it is on the list of caches
 * @size: bytes an object takes
 * @object_size: bytes asked for
 * @oo: the order and the objects of a slab
 * @refcount: users that share it
 * @flags: as for kmem_cache_create()
 * @node: its parts
 */
struct world_cache {
	u64 before;
	const char *name;
	struct list_head list;
	u32 size;
	u32 object_size;
	u32 oo;
	s32 refcount;
	u32 flags;
	struct world_node *node[MAX_NUMNODES];
};

extern struct list_head world_caches;
extern struct mutex world_mutex;

int world_begin(struct kunit *test);
void world_end(struct kunit *test);
struct world_cache *world_cache(struct kunit *test);
struct world_node *world_node(struct kunit *test, struct world_cache *cache,
			      int nid);
struct world_slab *world_slabs(struct kunit *test, struct world_node *node,
			       u32 nr, u32 objects, u32 inuse);

/* Makes a call that needs slab_mutex. */
#define world_locked(_call)						\
({									\
	int _err;							\
									\
	mutex_lock(&world_mutex);					\
	_err = (_call);							\
	mutex_unlock(&world_mutex);					\
	_err;								\
})

/* As the code under test knows a cache. */
static inline struct kmem_cache *world_kmem(const struct world_cache *cache)
{
	return (struct kmem_cache *)cache;
}

static inline int world_count(const struct world_cache *cache, int nid,
			      struct ks_cache_counts *counts)
{
	return world_locked(ks_cache_count(world_kmem(cache), nid, counts));
}

#endif /* KUNIT_WORLD_H */
