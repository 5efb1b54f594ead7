// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hash table of caches by address, with open addressing. Nothing is ever
 * removed, so a search ends at the first free place.
 */
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/string.h>

#include "collect/slab_notes.h"

/* Places for each note that there is room for. */
#define PLACES	2

/**
 * ks_slab_name_hash() - hash the name of a cache
 * @name: the name; all bytes after its end are 0
 *
 * Return: the hash.
 */
u32 ks_slab_name_hash(const char name[KS_CACHE_NAME_SIZE])
{
	u64 hash = 0, part;
	size_t i;

	for (i = 0; i < KS_CACHE_NAME_SIZE; i += sizeof(part)) {
		memcpy(&part, name + i, sizeof(part));
		if (!part)
			break;
		hash = (hash ^ part) * GOLDEN_RATIO_64;
		hash ^= hash >> 32;
	}
	return hash;
}

/**
 * ks_slab_notes_bytes() - get the memory that a table needs
 * @room: the number of notes, at least 1
 * @sums: whether each has a sum, too
 *
 * Return: bytes.
 */
size_t ks_slab_notes_bytes(u32 room, bool sums)
{
	const size_t each = sizeof(struct ks_slab_note) +
			    (sums ? sizeof(struct ks_slab_sum) : 0);

	return array3_size(room, PLACES, each);
}

/**
 * ks_slab_notes_init() - make an empty table
 * @notes: the table
 * @memory: its memory, zeroed; the caller frees it
 * @room: as for ks_slab_notes_bytes()
 * @sums: as for ks_slab_notes_bytes()
 */
void ks_slab_notes_init(struct ks_slab_notes *notes, void *memory, u32 room,
			bool sums)
{
	notes->places = memory;
	notes->nr_places = PLACES * room;
	notes->nr = 0;
	notes->sums = sums ? (void *)(notes->places + notes->nr_places) : NULL;
}

/* Returns the place of a cache, or the free one where it belongs. */
static struct ks_slab_note *place_of(const struct ks_slab_notes *notes,
				     const struct kmem_cache *cache)
{
	u32 i = reciprocal_scale(hash_ptr(cache, 32), notes->nr_places);

	while (notes->places[i].cache && notes->places[i].cache != cache)
		if (++i == notes->nr_places)
			i = 0;
	return &notes->places[i];
}

/**
 * ks_slab_notes_add() - note a cache
 * @notes: the table
 * @cache: a cache that was not noted before
 *
 * Return: its note, or NULL when there is no room.
 */
struct ks_slab_note *ks_slab_notes_add(struct ks_slab_notes *notes,
				       const struct kmem_cache *cache)
{
	struct ks_slab_note *note;

	if (notes->nr == notes->nr_places / PLACES)
		return NULL;
	note = place_of(notes, cache);
	note->cache = cache;
	notes->nr++;
	return note;
}

/**
 * ks_slab_notes_find() - find a cache's note
 * @notes: the table
 * @cache: a cache, or any other address
 *
 * Return: its note, or NULL when it was not noted.
 */
struct ks_slab_note *ks_slab_notes_find(const struct ks_slab_notes *notes,
					const struct kmem_cache *cache)
{
	struct ks_slab_note *note = place_of(notes, cache);

	return cache && note->cache ? note : NULL;
}

/**
 * ks_slab_notes_sum() - get the sum of a note
 * @notes: a table with sums
 * @note: a note of it
 *
 * Return: its sum.
 */
struct ks_slab_sum *ks_slab_notes_sum(const struct ks_slab_notes *notes,
				      const struct ks_slab_note *note)
{
	return &notes->sums[note - notes->places];
}
