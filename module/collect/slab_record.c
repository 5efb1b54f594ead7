// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fills the records of caches.
 */
#include <linux/build_bug.h>
#include <linux/string.h>

#include "collect/slab_record.h"

/* Names and bases are copied as they are. */
static_assert(KS_NAME_SIZE == KS_CACHE_NAME_SIZE);
static_assert(sizeof_field(struct ks_slab_record, wasted_basis) ==
	      KS_BASIS_SIZE);
static_assert(sizeof_field(struct ks_slab_record, inuse_basis) ==
	      KS_BASIS_SIZE);
static_assert(sizeof_field(struct ks_slab_node_record, wasted_basis) ==
	      KS_BASIS_SIZE);

/**
 * ks_slab_record_fill() - fill the record of a cache
 * @record: all fields unset before
 * @c: the cache
 * @counts: its slabs and objects
 * @m: its numbers
 * @exact: its exact count, or NULL
 */
void ks_slab_record_fill(struct ks_slab_record *record,
			 const struct ks_slab_cache *c,
			 const struct ks_cache_counts *counts,
			 const struct ks_measured *m,
			 const struct ks_exact *exact)
{
	const struct ks_cache_info *info = &c->info;

	memcpy(record->name, c->name, sizeof(record->name));
	record->nr_aliases = info->nr_aliases;
	record->object_size = info->object_size;
	record->size = info->size;
	record->order = info->order;
	record->objects_per_slab = info->objects_per_slab;
	record->reclaimable = info->reclaimable;
	record->accounted = info->accounted;
	record->nr_slabs = counts->nr_slabs;
	record->nr_objects = counts->nr_objects;
	record->nr_partial_slabs = counts->nr_partial;
	record->nr_active_objects = m->nr_active;
	record->nr_inuse_objects = m->nr_inuse;
	record->approximate = m->approximate;
	record->coverage_permille = m->coverage_permille;
	record->total_bytes = m->total_bytes;
	record->active_bytes = m->active_bytes;
	record->wasted_bytes = m->wasted_bytes;
	memcpy(record->wasted_basis, m->basis, KS_BASIS_SIZE);
	if (!exact)
		return;
	record->nr_cached_objects = exact->cached.nr_taken +
				    exact->cached.nr_left;
	record->inuse_error_objects = m->inuse_error;
	memcpy(record->inuse_basis, m->inuse_basis, KS_BASIS_SIZE);
}

/**
 * ks_slab_record_fill_node() - fill the record of a cache's part on a node
 * @record: all fields unset before
 * @c: the cache
 * @nid: the node
 * @counts: slabs and objects there
 * @m: their numbers
 */
void ks_slab_record_fill_node(struct ks_slab_node_record *record,
			      const struct ks_slab_cache *c, int nid,
			      const struct ks_cache_counts *counts,
			      const struct ks_measured *m)
{
	memcpy(record->name, c->name, sizeof(record->name));
	record->node = nid;
	record->nr_slabs = counts->nr_slabs;
	record->nr_objects = counts->nr_objects;
	record->nr_partial_slabs = counts->nr_partial;
	record->nr_active_objects = m->nr_active;
	record->approximate = m->approximate;
	record->coverage_permille = m->coverage_permille;
	record->total_bytes = m->total_bytes;
	record->active_bytes = m->active_bytes;
	record->wasted_bytes = m->wasted_bytes;
	memcpy(record->wasted_basis, m->basis, KS_BASIS_SIZE);
}
