// SPDX-License-Identifier: GPL-2.0-only
/* Which slab caches grew between two moments. */
#include <stdlib.h>
#include <string.h>

#include "diagnose/growth.h"

/* Sums over all caches of one name. */
struct sums {
	uint64_t bytes;
	uint64_t objects;
	bool counted;		/* objects is of all of them */
	bool exact;		/* and none of it is an estimate */
};

/* False when no cache has the name. */
static bool sums_find(struct sums *sums, const struct kms_slab_records *slabs,
		      const char *name)
{
	const struct kms_slab_record *slab;
	bool found = false;

	*sums = (struct sums){ .counted = true, .exact = true };
	kms_for_each(slab, slabs) {
		bool counted = slab->nr_active_objects != KMS_UNKNOWN;

		if (!slab->name || strcmp(slab->name, name))
			continue;
		found = true;
		if (slab->total_bytes != KMS_UNKNOWN)
			sums->bytes += slab->total_bytes;
		if (counted)
			sums->objects += slab->nr_active_objects;
		sums->counted &= counted;
		/*
		 * A count that was scaled up from slabs at the ends of the
		 * lists may be off by more than the cache grew by: those are
		 * the slabs that move.
		 */
		sums->exact &= counted && slab->approximate != 1;
	}
	return found;
}

const struct kms_growth *kms_growths_of(const struct kms_growths *growths,
					const char *name)
{
	size_t i;

	for (i = 0; i < growths->nr; i++)
		if (!strcmp(growths->growth[i].name, name))
			return &growths->growth[i];
	return NULL;
}

static int growth_compare(const void *a, const void *b)
{
	const struct kms_growth *left = a, *right = b;

	if (left->bytes != right->bytes)
		return left->bytes < right->bytes ? 1 : -1;
	if (left->objects != right->objects)
		return left->objects < right->objects ? 1 : -1;
	return strcmp(left->name, right->name);
}

/*
 * Many files that go at once leave slabs with free slots, and new objects take
 * these first: the cache fills long before it takes more memory.
 */
static void slots_add(struct kms_growth *growth)
{
	int64_t bytes = growth->objects * growth->size;

	if (growth->objects_known && bytes > growth->bytes)
		growth->bytes = bytes;
}

/* The kernel's own count of dentries is exact where that of slabs is not. */
static void dentries_count(struct kms_growth *growth,
			   const struct kms_moment *older,
			   const struct kms_moment *newer)
{
	if (growth->kind != KMS_CACHE_DENTRY || growth->objects_known ||
	    !older->dentries.known || !newer->dentries.known)
		return;
	growth->objects_known = true;
	growth->objects = newer->dentries.nr - older->dentries.nr;
}

static bool growth_fill(struct kms_growth *growth,
			const struct kms_slab_record *slab,
			const struct kms_moment *older,
			const struct kms_moment *newer)
{
	struct sums before, now;
	bool was_there = sums_find(&before, &older->slabs, slab->name);

	/* It may only have been left out. */
	if (!was_there && older->partial)
		return false;
	sums_find(&now, &newer->slabs, slab->name);
	*growth = (struct kms_growth){
		.name = slab->name,
		.size = slab->size == KMS_UNKNOWN ? 0 : slab->size,
		.total_bytes = now.bytes,
		.nr_objects = now.counted ? now.objects : KMS_UNKNOWN,
		.bytes = now.bytes - before.bytes,
		.objects_known = before.exact && now.exact,
	};
	growth->kind = kms_cache_kind_of(slab->name, slab->reclaimable == 1,
					 &growth->noun);
	growth->reclaimable = kms_cache_is_reclaimable(growth->kind);
	if (growth->objects_known)
		growth->objects = now.objects - before.objects;
	dentries_count(growth, older, newer);
	if (kms_cache_has_directory(growth->kind))
		slots_add(growth);
	return true;
}

bool kms_growths_find(struct kms_growths *growths,
		      const struct kms_moment *older,
		      const struct kms_moment *newer)
{
	const struct kms_slab_record *slab;

	*growths = (struct kms_growths){ 0 };
	growths->growth = calloc(newer->slabs.nr + 1,
				 sizeof(*growths->growth));
	if (!growths->growth)
		return false;
	kms_for_each(slab, &newer->slabs) {
		if (!slab->name || kms_growths_of(growths, slab->name))
			continue;
		growths->nr += growth_fill(&growths->growth[growths->nr], slab,
					   older, newer);
	}
	qsort(growths->growth, growths->nr, sizeof(*growths->growth),
	      growth_compare);
	return true;
}

void kms_growths_free(struct kms_growths *growths)
{
	free(growths->growth);
	*growths = (struct kms_growths){ 0 };
}
