// SPDX-License-Identifier: GPL-2.0-only
/* Which slab caches grew between two points in time. */
#include <linux/kmemscope.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/growth.h"

static enum ks_cache_kind kind_of(const char *name, bool reclaimable)
{
	if (!strcmp(name, "dentry"))
		return KS_CACHE_DENTRY;
	/* ext4_inode_cache, ovl_inode, xfs_inode, ... as all name theirs */
	if (strstr(name, "inode"))
		return KS_CACHE_INODE;
	return reclaimable ? KS_CACHE_RECLAIMABLE : KS_CACHE_UNRECLAIMABLE;
}

/* Sums over the rows of one name; false when there are none. */
struct sums {
	uint64_t bytes;
	uint64_t objects;
	bool objects_known;
};

static bool sums_of(const struct ks_rows *slabs, const char *name,
		    struct sums *sums)
{
	bool found = false;
	uint64_t number;
	size_t i;

	*sums = (struct sums){ .objects_known = true };
	for (i = 0; i < slabs->nr; i++) {
		const char *other = ks_field_text(slabs, i,
						  KMEMSCOPE_A_SLAB_NAME);

		if (!other || strcmp(other, name))
			continue;
		found = true;
		number = ks_field(slabs, i, KMEMSCOPE_A_SLAB_TOTAL_BYTES);
		if (number != KS_UNKNOWN)
			sums->bytes += number;
		number = ks_field(slabs, i, KMEMSCOPE_A_SLAB_NR_ACTIVE_OBJECTS);
		if (number == KS_UNKNOWN)
			sums->objects_known = false;
		else
			sums->objects += number;
	}
	return found;
}

const struct ks_growth *ks_growths_of(const struct ks_growths *growths,
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
	const struct ks_growth *left = a, *right = b;

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
static void slots_add(struct ks_growth *growth)
{
	int64_t bytes = growth->objects * growth->size;

	if (growth->objects_known && bytes > growth->bytes)
		growth->bytes = bytes;
}

static bool growth_fill(struct ks_growth *growth, const char *name,
			const struct ks_look_at *older,
			const struct ks_look_at *newer, size_t row)
{
	struct sums before, now;
	bool was_there = sums_of(&older->slabs, name, &before);
	uint64_t size;

	/* It may only have been left out. */
	if (!was_there && older->partial)
		return false;
	if (!was_there)
		before = (struct sums){ .objects_known = true };
	sums_of(&newer->slabs, name, &now);
	size = ks_field(&newer->slabs, row, KMEMSCOPE_A_SLAB_SIZE);
	*growth = (struct ks_growth){
		.name = name,
		.reclaimable = ks_field(&newer->slabs, row,
					KMEMSCOPE_A_SLAB_RECLAIMABLE) == 1,
		.size = size == KS_UNKNOWN ? 0 : size,
		.total_bytes = now.bytes,
		.nr_objects = now.objects_known ? now.objects : KS_UNKNOWN,
		.bytes = now.bytes - before.bytes,
		.objects_known = before.objects_known && now.objects_known,
	};
	if (growth->objects_known)
		growth->objects = now.objects - before.objects;
	growth->kind = kind_of(name, growth->reclaimable);
	if (growth->kind == KS_CACHE_DENTRY || growth->kind == KS_CACHE_INODE)
		slots_add(growth);
	return true;
}

bool ks_growths_find(struct ks_growths *growths,
		     const struct ks_look_at *older,
		     const struct ks_look_at *newer)
{
	const struct ks_rows *slabs = &newer->slabs;
	size_t i;

	*growths = (struct ks_growths){ 0 };
	growths->growth = calloc(slabs->nr + 1, sizeof(*growths->growth));
	if (!growths->growth)
		return false;
	for (i = 0; i < slabs->nr; i++) {
		const char *name = ks_field_text(slabs, i,
						 KMEMSCOPE_A_SLAB_NAME);

		if (!name || ks_growths_of(growths, name))
			continue;
		if (growth_fill(&growths->growth[growths->nr], name, older,
				newer, i))
			growths->nr++;
	}
	qsort(growths->growth, growths->nr, sizeof(*growths->growth), order);
	return true;
}

void ks_growths_free(struct ks_growths *growths)
{
	free(growths->growth);
	*growths = (struct ks_growths){ 0 };
}
