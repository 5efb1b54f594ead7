// SPDX-License-Identifier: GPL-2.0-only
/*
 * Make fake caches. The code under test finds them by the offsets of their
 * members, and by the symbols of the list and its mutex.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "internals/cache_pages.h"
#include "internals/cache_percpu.h"
#include "internals/layout.h"
#include "internals/symbols.h"

#include "fake_slab.h"

LIST_HEAD(fake_caches);

/* Replaces slab_mutex. */
DEFINE_MUTEX(fake_slab_mutex);

/* Replaces the function of symbols.c. */
void *ks_symbol(enum ks_symbol id)
{
	switch (id) {
	case KS_SYM_SLAB_CACHES:
		return &fake_caches;
	case KS_SYM_SLAB_MUTEX:
		return &fake_slab_mutex;
	default:
		return NULL;
	}
}

struct fake_walk fake_walk;

/* Replaces ks_hold_clock() in the collector, see Kbuild. */
u64 fake_slab_clock(void)
{
	fake_walk.now_ns += fake_walk.tick_ns;
	return fake_walk.now_ns;
}

/* Replaces the function of cache_percpu.c: 7 objects on each CPU. */
int ks_percpu_count(const struct kmem_cache *cache, u64 until_ns,
		    struct ks_percpu *cached)
{
	cached->nr_taken += 7;
	return ++cached->next_cpu < fake_walk.nr_cpus ? -EAGAIN : 0;
}

/* Replaces the function of cache_pages.c: a slab of each cache, and garbage. */
int ks_cache_pages_walk(ks_slab_fn fn, void *arg, struct ks_progress *progress)
{
	struct fake_cache *cache;

	list_for_each_entry(cache, &fake_caches, list)
		fn(arg, fake_kmem_cache(cache), 20, 32);
	fn(arg, NULL, 1, 1);
	fn(arg, (const struct kmem_cache *)&fake_walk, 1, 1);
	return fake_walk.pages_err;
}

static void place(enum ks_member id, size_t offset, u32 shift, u32 bits)
{
	ks_places[id] = (struct ks_place){
		.word = round_down(offset, 8),
		.shift = offset % 8 * 8 + shift,
		.mask = GENMASK_ULL(bits - 1, 0),
	};
}

/* For a list or a lock only the offset counts. */
#define PLACE(_id, _type, _member)					\
	place(_id, offsetof(_type, _member), 0,				\
	      min_t(u32, 8 * sizeof_field(_type, _member), 64))

/**
 * fake_slab_begin() - begin without caches
 * @test: the test; for the init of a suite
 *
 * Return: 0.
 */
int fake_slab_begin(struct kunit *test)
{
	const size_t counts = offsetofend(struct fake_slab, list);

	memset(ks_places, 0, sizeof(ks_places));
	PLACE(KS_CACHE_NAME, struct fake_cache, name);
	PLACE(KS_CACHE_LIST, struct fake_cache, list);
	PLACE(KS_CACHE_FLAGS, struct fake_cache, flags);
	PLACE(KS_CACHE_SIZE, struct fake_cache, size);
	PLACE(KS_CACHE_OBJECT_SIZE, struct fake_cache, object_size);
	PLACE(KS_CACHE_OO, struct fake_cache, oo);
	PLACE(KS_CACHE_REFCOUNT, struct fake_cache, refcount);
	PLACE(KS_CACHE_NODE, struct fake_cache, node);
	PLACE(KS_NODE_LIST_LOCK, struct fake_node, list_lock);
	PLACE(KS_NODE_NR_PARTIAL, struct fake_node, nr_partial);
	PLACE(KS_NODE_PARTIAL, struct fake_node, partial);
	PLACE(KS_NODE_NR_SLABS, struct fake_node, nr_slabs);
	PLACE(KS_NODE_TOTAL_OBJECTS, struct fake_node, nr_objects);
	PLACE(KS_SLAB_LIST, struct fake_slab, list);
	place(KS_SLAB_OBJECTS, counts, 0, 15);
	place(KS_SLAB_INUSE, counts, 15, 16);
	INIT_LIST_HEAD(&fake_caches);
	fake_walk = (struct fake_walk){ .nr_cpus = 1 };
	return 0;
}

/**
 * fake_slab_end() - forget all caches
 * @test: the test; for the exit of a suite
 */
void fake_slab_end(struct kunit *test)
{
	memset(ks_places, 0, sizeof(ks_places));
	INIT_LIST_HEAD(&fake_caches);
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&fake_slab_mutex));
}

/**
 * fake_cache_new() - make a cache without a part on any node
 * @test: the test, which frees it
 *
 * Return: the cache, which is the last of the list.
 */
struct fake_cache *fake_cache_new(struct kunit *test)
{
	struct fake_cache *cache =
		kunit_kzalloc(test, sizeof(*cache), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, cache);
	cache->name = "a cache";
	cache->refcount = 1;
	list_add_tail(&cache->list, &fake_caches);
	return cache;
}

/**
 * fake_node_new() - make the part of a cache on a node
 * @test: the test, which frees it
 * @cache: the cache
 * @nid: the node
 *
 * Return: the part, without slabs.
 */
struct fake_node *fake_node_new(struct kunit *test, struct fake_cache *cache,
				int nid)
{
	struct fake_node *node = kunit_kzalloc(test, sizeof(*node), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, node);
	spin_lock_init(&node->list_lock);
	INIT_LIST_HEAD(&node->partial);
	cache->node[nid] = node;
	return node;
}

/**
 * fake_slabs_add() - make partial slabs
 * @test: the test, which frees them
 * @node: the node; they go to the end of its list
 * @nr: the number of slabs
 * @objects: object slots of each
 * @inuse: objects in use in each
 *
 * Return: an array of the slabs.
 */
struct fake_slab *fake_slabs_add(struct kunit *test, struct fake_node *node,
				 u32 nr, u32 objects, u32 inuse)
{
	struct fake_slab *slabs =
		kunit_kcalloc(test, nr, sizeof(*slabs), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, slabs);
	for (i = 0; i < nr; i++) {
		slabs[i].objects = objects;
		slabs[i].inuse = inuse;
		list_add_tail(&slabs[i].list, &node->partial);
	}
	node->nr_slabs += nr;
	node->nr_partial += nr;
	node->nr_objects += (u64)nr * objects;
	return slabs;
}
