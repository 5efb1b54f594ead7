// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hash table of caches by address, with open addressing. It is filled before
 * the walk, which only looks up: a pointer that is not in it is no cache.
 */
#include <linux/err.h>
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/overflow.h>

#include "collect/slab_sums.h"
#include "record/memory.h"

static size_t sums_bytes(const struct ks_slab_sums *sums)
{
	return array_size(sums->mask + 1UL, sizeof(*sums->places));
}

/**
 * ks_slab_sums_init() - make an empty table
 * @sums: the table
 * @nr: caches that it must have room for
 *
 * Return: 0, -ENOMEM, or -ENOBUFS when it is more than all may take.
 */
int ks_slab_sums_init(struct ks_slab_sums *sums, u32 nr)
{
	const u32 places = roundup_pow_of_two(2 * nr + 2);

	sums->mask = places - 1;
	sums->places = ks_memory_zalloc(sums_bytes(sums));
	return PTR_ERR_OR_ZERO(sums->places);
}

/**
 * ks_slab_sums_free() - free what ks_slab_sums_init() made
 * @sums: the table
 */
void ks_slab_sums_free(struct ks_slab_sums *sums)
{
	ks_memory_free(sums->places, sums_bytes(sums));
}

/* Returns the slot that has the cache, or the free one where it belongs. */
static struct ks_slab_sum *slot_of(const struct ks_slab_sums *sums,
				   const struct kmem_cache *cache)
{
	u32 i = hash_ptr(cache, 32) & sums->mask;

	while (sums->places[i].cache && sums->places[i].cache != cache)
		i = (i + 1) & sums->mask;
	return &sums->places[i];
}

/**
 * ks_slab_sums_add() - put a cache into the table
 * @sums: a table with room
 * @cache: the cache; may be in it already
 */
void ks_slab_sums_add(struct ks_slab_sums *sums, const struct kmem_cache *cache)
{
	slot_of(sums, cache)->cache = cache;
}

/**
 * ks_slab_sums_find() - find a cache
 * @sums: the table
 * @cache: what may be one
 *
 * Return: its sum, or NULL when it is not in the table.
 */
struct ks_slab_sum *ks_slab_sums_find(const struct ks_slab_sums *sums,
				      const struct kmem_cache *cache)
{
	struct ks_slab_sum *sum = slot_of(sums, cache);

	return cache && sum->cache ? sum : NULL;
}
