/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fake slab caches with nodes and partial lists, for the code that walks them.
 * Their members are at offsets of no real kernel.
 */
#ifndef KUNIT_FAKE_SLAB_H
#define KUNIT_FAKE_SLAB_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/numa.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "internals/cache.h"

struct kmem_cache;
struct kunit;

/**
 * struct fake_slab - a slab
 * @before: fills space
 * @list: its link on the partial list of its node
 * @objects: object slots
 * @inuse: object slots in use
 */
struct fake_slab {
	u32 before;
	struct list_head list;
	u32 objects:15;
	u32 inuse:16;
};

/**
 * struct fake_node - a cache's part on a node
 * @nr_slabs: slabs
 * @partial: the list of slabs with free objects
 * @nr_partial: the length of that list
 * @nr_objects: object slots in all slabs
 * @list_lock: its lock
 */
struct fake_node {
	u64 nr_slabs;
	struct list_head partial;
	u64 nr_partial;
	u64 nr_objects;
	spinlock_t list_lock;	/* of @partial */
};

/**
 * struct fake_cache - a cache
 * @before: fills space
 * @name: its name
 * @list: its link on the list of caches
 * @size: bytes of an object slot
 * @object_size: bytes of an object
 * @oo: the order and the objects of a slab
 * @refcount: users that share it
 * @flags: as for kmem_cache_create()
 * @node: its parts
 */
struct fake_cache {
	u64 before;
	const char *name;
	struct list_head list;
	u32 size;
	u32 object_size;
	u32 oo;
	s32 refcount;
	u32 flags;
	struct fake_node *node[MAX_NUMNODES];
};

/**
 * struct fake_walk - what the collector of caches meets
 * @now_ns: the time
 * @tick_ns: how much later it is at each read of the clock
 * @nr_cpus: CPUs; one call counts one of them
 * @pages_err: the error of a walk over pages
 */
struct fake_walk {
	u64 now_ns;
	u64 tick_ns;
	unsigned int nr_cpus;
	int pages_err;
};

extern struct fake_walk fake_walk;
extern struct list_head fake_caches;
extern struct mutex fake_slab_mutex;

u64 fake_slab_clock(void);
int fake_slab_begin(struct kunit *test);
void fake_slab_end(struct kunit *test);
struct fake_cache *fake_cache_new(struct kunit *test);
struct fake_node *fake_node_new(struct kunit *test, struct fake_cache *cache,
				int nid);
struct fake_slab *fake_slabs_add(struct kunit *test, struct fake_node *node,
				 u32 nr, u32 objects, u32 inuse);

/* The cache, as the code under test sees it. */
static inline struct kmem_cache *fake_kmem_cache(const struct fake_cache *cache)
{
	return (struct kmem_cache *)cache;
}

/* Makes a call that needs slab_mutex. */
#define fake_locked(_call)						\
({									\
	int _err;							\
									\
	mutex_lock(&fake_slab_mutex);					\
	_err = (_call);							\
	mutex_unlock(&fake_slab_mutex);					\
	_err;								\
})

static inline int fake_count(const struct fake_cache *cache, int nid,
			     struct ks_cache_counts *counts)
{
	return fake_locked(ks_cache_count(fake_kmem_cache(cache), nid, counts));
}

#endif /* KUNIT_FAKE_SLAB_H */
