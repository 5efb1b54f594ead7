// SPDX-License-Identifier: GPL-2.0-only
/* Which slab caches grew between two points in time. */
#include <linux/kmemscope.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/growth.h"

/* Sums over the rows of one name; false when there are none. */
struct sums {
	uint64_t bytes;
	uint64_t objects;
	bool counted;		/* objects is of all rows */
	bool exact;		/* and none of it is an estimate */
};

/*
 * A count that was scaled up from slabs at the ends of the lists may be off by
 * more than the cache grew by: those are the slabs that move.
 */
static bool is_estimate(const struct kms_rows *slabs, size_t row)
{
	return kms_field(slabs, row, KMEMSCOPE_A_SLAB_APPROXIMATE) == 1;
}

static bool sums_of(const struct kms_rows *slabs, const char *name,
		    struct sums *sums)
{
	bool found = false;
	uint64_t number;
	size_t i;

	*sums = (struct sums){ .counted = true, .exact = true };
	for (i = 0; i < slabs->nr; i++) {
		const char *other = kms_field_text(slabs, i,
						   KMEMSCOPE_A_SLAB_NAME);

		if (!other || strcmp(other, name))
			continue;
		found = true;
		number = kms_field(slabs, i, KMEMSCOPE_A_SLAB_TOTAL_BYTES);
		if (number != KMS_UNKNOWN)
			sums->bytes += number;
		number =
			kms_field(slabs, i, KMEMSCOPE_A_SLAB_NR_ACTIVE_OBJECTS);
		if (number != KMS_UNKNOWN)
			sums->objects += number;
		sums->counted &= number != KMS_UNKNOWN;
		sums->exact &= number != KMS_UNKNOWN && !is_estimate(slabs, i);
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

static int order(const void *a, const void *b)
{
	const struct kms_growth *left = a, *right = b;

	if (left->bytes != right->bytes)
		return left->bytes < right->bytes ? 1 : -1;
	if (left->objects != right->objects)
		return left->objects < right->objects ? 1 : -1;
	return strcmp(left->name, right->name);
}

/*
 * Many files that go at once leave slabs with free slots, and what comes then
 * takes these first: the cache fills long before it takes more memory.
 */
static void slots_add(struct kms_growth *growth)
{
	int64_t bytes = growth->objects * growth->size;

	if (growth->objects_known && bytes > growth->bytes)
		growth->bytes = bytes;
}

/* Where the slabs are an estimate, the kernel's own count of dentries is not. */
static void dentries_count(struct kms_growth *growth,
			   const struct kms_look_at *older,
			   const struct kms_look_at *newer)
{
	if (growth->kind != KMS_CACHE_DENTRY || growth->objects_known ||
	    !older->dentries.known || !newer->dentries.known)
		return;
	growth->objects_known = true;
	growth->objects = newer->dentries.nr - older->dentries.nr;
}

static bool growth_fill(struct kms_growth *growth, const char *name,
			const struct kms_look_at *older,
			const struct kms_look_at *newer, size_t row)
{
	struct sums before, now;
	bool was_there = sums_of(&older->slabs, name, &before);
	uint64_t size;
	bool flag;

	/* It may only have been left out. */
	if (!was_there && older->partial)
		return false;
	sums_of(&newer->slabs, name, &now);
	size = kms_field(&newer->slabs, row, KMEMSCOPE_A_SLAB_SIZE);
	flag = kms_field(&newer->slabs, row, KMEMSCOPE_A_SLAB_RECLAIMABLE) == 1;
	*growth = (struct kms_growth){
		.name = name,
		.size = size == KMS_UNKNOWN ? 0 : size,
		.total_bytes = now.bytes,
		.nr_objects = now.counted ? now.objects : KMS_UNKNOWN,
		.bytes = now.bytes - before.bytes,
		.objects_known = before.exact && now.exact,
	};
	growth->kind = kms_cache_kind_of(name, flag, &growth->noun);
	growth->reclaimable = kms_cache_is_reclaimable(growth->kind);
	if (growth->objects_known)
		growth->objects = now.objects - before.objects;
	dentries_count(growth, older, newer);
	if (kms_cache_has_directory(growth->kind))
		slots_add(growth);
	return true;
}

bool kms_growths_find(struct kms_growths *growths,
		      const struct kms_look_at *older,
		      const struct kms_look_at *newer)
{
	const struct kms_rows *slabs = &newer->slabs;
	size_t i;

	*growths = (struct kms_growths){ 0 };
	growths->growth = calloc(slabs->nr + 1, sizeof(*growths->growth));
	if (!growths->growth)
		return false;
	for (i = 0; i < slabs->nr; i++) {
		const char *name = kms_field_text(slabs, i,
						  KMEMSCOPE_A_SLAB_NAME);

		if (!name || kms_growths_of(growths, name))
			continue;
		if (growth_fill(&growths->growth[growths->nr], name, older,
				newer, i))
			growths->nr++;
	}
	qsort(growths->growth, growths->nr, sizeof(*growths->growth), order);
	return true;
}

void kms_growths_free(struct kms_growths *growths)
{
	free(growths->growth);
	*growths = (struct kms_growths){ 0 };
}
