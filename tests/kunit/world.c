// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes caches, and lets the code under test find them: by where their members
 * are, and by the symbols of the list and its mutex.
 */
#include <kunit/test.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "internals/layout.h"
#include "internals/symbols.h"

#include "world.h"

LIST_HEAD(world_caches);

/* In the place of slab_mutex. */
DEFINE_MUTEX(world_mutex);

/* What of symbols.c is asked here. */
void *ks_symbol(enum ks_symbol id)
{
	switch (id) {
	case KS_SYM_SLAB_CACHES:
		return &world_caches;
	case KS_SYM_SLAB_MUTEX:
		return &world_mutex;
	default:
		return NULL;
	}
}

static void place(enum ks_member id, size_t offset, u32 shift, u32 bits)
{
	ks_places[id] = (struct ks_place){
		.word = round_down(offset, 8),
		.shift = offset % 8 * 8 + shift,
		.mask = GENMASK_ULL(bits - 1, 0),
	};
}

/* Of a list or a lock no more than where it is counts. */
#define PLACE(_id, _type, _member)					\
	place(_id, offsetof(_type, _member), 0,				\
	      min_t(u32, 8 * sizeof_field(_type, _member), 64))

/**
 * world_begin() - make a world without caches
 * @test: what it is for; for the init of a suite
 *
 * Return: 0.
 */
int world_begin(struct kunit *test)
{
	const size_t counts = offsetofend(struct world_slab, list);

	memset(ks_places, 0, sizeof(ks_places));
	PLACE(KS_CACHE_NAME, struct world_cache, name);
	PLACE(KS_CACHE_LIST, struct world_cache, list);
	PLACE(KS_CACHE_FLAGS, struct world_cache, flags);
	PLACE(KS_CACHE_SIZE, struct world_cache, size);
	PLACE(KS_CACHE_OBJECT_SIZE, struct world_cache, object_size);
	PLACE(KS_CACHE_OO, struct world_cache, oo);
	PLACE(KS_CACHE_REFCOUNT, struct world_cache, refcount);
	PLACE(KS_CACHE_NODE, struct world_cache, node);
	PLACE(KS_NODE_LIST_LOCK, struct world_node, list_lock);
	PLACE(KS_NODE_NR_PARTIAL, struct world_node, nr_partial);
	PLACE(KS_NODE_PARTIAL, struct world_node, partial);
	PLACE(KS_NODE_NR_SLABS, struct world_node, nr_slabs);
	PLACE(KS_NODE_TOTAL_OBJECTS, struct world_node, nr_objects);
	PLACE(KS_SLAB_LIST, struct world_slab, list);
	place(KS_SLAB_OBJECTS, counts, 0, 15);
	place(KS_SLAB_INUSE, counts, 15, 16);
	INIT_LIST_HEAD(&world_caches);
	return 0;
}

/**
 * world_end() - forget it all
 * @test: what it was for; for the exit of a suite
 */
void world_end(struct kunit *test)
{
	memset(ks_places, 0, sizeof(ks_places));
	INIT_LIST_HEAD(&world_caches);
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&world_mutex));
}

/**
 * world_cache() - make a cache that has nothing on any node
 * @test: what it is for; it is freed with it
 *
 * Return: the cache, the last of the list.
 */
struct world_cache *world_cache(struct kunit *test)
{
	struct world_cache *cache = kunit_kzalloc(test, sizeof(*cache),
						  GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, cache);
	cache->name = "a cache";
	cache->refcount = 1;
	list_add_tail(&cache->list, &world_caches);
	return cache;
}

/**
 * world_node() - make a cache's part on a node
 * @test: what it is for; it is freed with it
 * @cache: the cache
 * @nid: the node
 *
 * Return: the part, without slabs.
 */
struct world_node *world_node(struct kunit *test, struct world_cache *cache,
			      int nid)
{
	struct world_node *node = kunit_kzalloc(test, sizeof(*node),
						GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, node);
	spin_lock_init(&node->list_lock);
	INIT_LIST_HEAD(&node->partial);
	cache->node[nid] = node;
	return node;
}

/**
 * world_slabs() - make partial slabs
 * @test: what they are for; they are freed with it
 * @node: where; they go to the end of its list
 * @nr: how many
 * @objects: object slots of each
 * @inuse: objects in use in each
 *
 * Return: an array of them.
 */
struct world_slab *world_slabs(struct kunit *test, struct world_node *node,
			       u32 nr, u32 objects, u32 inuse)
{
	struct world_slab *slabs = kunit_kcalloc(test, nr, sizeof(*slabs),
						 GFP_KERNEL);
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
