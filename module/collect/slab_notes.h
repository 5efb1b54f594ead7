/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The slab caches that one collection has noted, by address.
 *
 * A note outlives the hold of slab_mutex that made it, and its cache may go
 * away meanwhile. So its address is only compared with addresses on the list of
 * caches, and with those that a walk over pages finds.
 */
#ifndef KS_COLLECT_SLAB_NOTES_H
#define KS_COLLECT_SLAB_NOTES_H

#include <linux/types.h>

#include "internals/cache.h"

/**
 * struct ks_slab_note - a cache that was noted
 * @cache: the cache, only ever compared; NULL for a free place
 * @name_hash: the hash of its name: another cache may be there later
 * @done: whether there is nothing left to count
 */
struct ks_slab_note {
	const struct kmem_cache *cache;
	u32 name_hash;
	bool done;
};

/**
 * struct ks_slab_sum - a cache's slabs, as a walk over pages counts them
 * @nr_inuse: objects that the slabs say are in use
 * @nr_objects: object slots in them
 */
struct ks_slab_sum {
	u64 nr_inuse;
	u64 nr_objects;
};

/**
 * struct ks_slab_notes - a table of notes
 * @places: half of them stay free
 * @sums: the sum of the note at the same place, or NULL
 * @nr_places: places
 * @nr: notes
 */
struct ks_slab_notes {
	struct ks_slab_note *places;
	struct ks_slab_sum *sums;
	u32 nr_places;
	u32 nr;
};

u32 ks_slab_name_hash(const char name[KS_CACHE_NAME_SIZE]);
size_t ks_slab_notes_bytes(u32 room, bool sums);
void ks_slab_notes_init(struct ks_slab_notes *notes, void *memory, u32 room,
			bool sums);
struct ks_slab_note *ks_slab_notes_add(struct ks_slab_notes *notes,
				       const struct kmem_cache *cache);
struct ks_slab_note *ks_slab_notes_find(const struct ks_slab_notes *notes,
					const struct kmem_cache *cache);
struct ks_slab_sum *ks_slab_notes_sum(const struct ks_slab_notes *notes,
				      const struct ks_slab_note *note);

#endif /* KS_COLLECT_SLAB_NOTES_H */
