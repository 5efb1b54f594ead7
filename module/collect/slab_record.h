/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The records of slab caches.
 */
#ifndef KS_COLLECT_SLAB_RECORD_H
#define KS_COLLECT_SLAB_RECORD_H

#include "collect/slab_measure.h"
#include "internals/cache.h"
#include "record/records.h"

/**
 * struct ks_slab_cache - a cache, as one hold of slab_mutex reads it
 * @cache: the cache
 * @info: its properties
 * @name: its name
 */
struct ks_slab_cache {
	const struct kmem_cache *cache;
	struct ks_cache_info info;
	char name[KS_CACHE_NAME_SIZE];
};

void ks_slab_record_fill(struct ks_slab_record *record,
			 const struct ks_slab_cache *c,
			 const struct ks_cache_counts *counts,
			 const struct ks_measured *m,
			 const struct ks_exact *exact);
void ks_slab_record_fill_node(struct ks_slab_node_record *record,
			      const struct ks_slab_cache *c, int nid,
			      const struct ks_cache_counts *counts,
			      const struct ks_measured *m);

#endif /* KS_COLLECT_SLAB_RECORD_H */
