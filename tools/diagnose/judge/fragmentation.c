// SPDX-License-Identifier: GPL-2.0-only
/* Free memory in pieces that are too small. */
#include <string.h>

#include "diagnose/judge/judge.h"
#include "lib/array.h"
#include "lib/words.h"

/*
 * PAGE_ALLOC_COSTLY_ORDER: up to it the kernel tries hard, and drivers and
 * kernel stacks rely on that.  Above it, only huge pages are common.
 */
#define COSTLY_ORDER 3
#define HUGE_ORDER 9

/* The index is near 1000 for fragmentation, and near 0 for lack of memory. */
#define FRAGMENTED_INDEX 500

/* A zone with less of the host's memory, as DMA, shows nothing of the host. */
#define MIN_ZONE_PERMILLE 50

/* Where less is free, memory is short, not fragmented. */
#define MIN_FREE_PERMILLE 50

static const char *name_of(const struct kms_zone_record *zone)
{
	return zone->zone ?: "";
}

static uint64_t managed_of(const struct kms_zone_record *zone)
{
	return zone->managed_pages == KMS_UNKNOWN ? 0 : zone->managed_pages;
}

/* Does the node have a larger zone?  Then requests go there first. */
static bool has_larger(const struct kms_zone_records *zones,
		       const struct kms_zone_record *zone)
{
	const struct kms_zone_record *other;

	kms_for_each(other, zones)
		if (!strcmp(name_of(other), "Normal") &&
		    other->node == zone->node &&
		    managed_of(other) > managed_of(zone))
			return true;
	return false;
}

/*
 * DMA32 nearly always has such blocks, and shows nothing of the zone above it.
 * Huge pages can be of any zone: none on the whole host is remarkable, none in
 * one zone is not.
 */
static bool is_examined(const struct kms_case *c,
			const struct kms_zone_record *zone, uint64_t order)
{
	const struct kms_totals *totals = &c->verdict->totals;
	uint64_t managed = managed_of(zone);

	if (kms_permille(managed * c->obs->page_bytes, totals->managed) <
	    MIN_ZONE_PERMILLE)
		return false;
	if (order <= COSTLY_ORDER && has_larger(&c->obs->zones, zone) &&
	    !strncmp(name_of(zone), "DMA", 3))
		return false;
	if (zone->free_pages == KMS_UNKNOWN)
		return kms_permille(totals->free, totals->managed) >=
		       MIN_FREE_PERMILLE;
	return kms_permille(zone->free_pages, managed) >= MIN_FREE_PERMILLE;
}

/* Would a request of this order fail in the zone for fragmentation? */
static bool is_fragmented(const struct kms_buddy_records *buddies,
			  const struct kms_zone_record *zone, uint64_t order)
{
	const struct kms_buddy_record *buddy;

	kms_for_each(buddy, buddies)
		if (buddy->zone && !strcmp(buddy->zone, name_of(zone)) &&
		    buddy->node == zone->node && buddy->order == order)
			return buddy->extfrag_index >= FRAGMENTED_INDEX;
	return false;
}

/* The fragmented zones of the host, and how many others there are. */
struct fragmented {
	uint64_t order;
	const char *names;
	size_t nr;
	size_t nr_others;
	uint64_t free;		/* bytes in them */
	bool free_known;
};

static void zone_add(struct kms_case *c, struct fragmented *found,
		     const struct kms_zone_record *zone)
{
	found->free_known &= zone->free_pages != KMS_UNKNOWN;
	found->free += zone->free_pages * c->obs->page_bytes;
	found->names = kms_strings_add(c->strings, "%s%szone %s of node %llu",
				       found->names ?: "",
				       found->names ? ", " : "",
				       name_of(zone),
				       (unsigned long long)zone->node);
	found->nr++;
}

static struct fragmented fragmented_find(struct kms_case *c, uint64_t order)
{
	struct fragmented found = { .order = order, .free_known = true };
	const struct kms_zone_record *zone;

	kms_for_each(zone, &c->obs->zones) {
		if (!is_examined(c, zone, order))
			continue;
		if (is_fragmented(&c->obs->buddies, zone, order))
			zone_add(c, &found, zone);
		else
			found.nr_others++;
	}
	if (!found.free_known)
		found.free = c->verdict->totals.free;
	return found;
}

static void fragmentation_add(struct kms_case *c,
			      const struct fragmented *found)
{
	struct kms_finding *finding =
		kms_finding_add(c->verdict, KMS_FINDING_FRAGMENTATION);
	uint64_t bytes = (uint64_t)c->obs->page_bytes << found->order;
	bool is_huge = found->order > COSTLY_ORDER;

	if (!finding)
		return;
	finding->total_bytes = found->free;
	kms_case_rate(c, finding, 0);
	finding->sure = is_huge || found->nr_others ? KMS_POSSIBLE : KMS_LIKELY;
	finding->why_sure = is_huge ?
		"hosts that have been up for long have few, and compaction may make some" :
		found->nr_others ?
		"other zones have such blocks, which most requests can use" :
		"the kernel's fragmentation index is high; compaction may help";
	kms_summarize(c, finding,
		      "memory is fragmented in %s: %s free, but no free block of %s",
		      found->nr > 1 ? "several zones" : found->names,
		      kms_words_bytes(found->free).text,
		      kms_words_bytes(bytes).text);
	kms_tell(c, &finding->evidence,
		 "a request of order %llu (%s) would fail for fragmentation in %zu of %zu large zones: %s",
		 (unsigned long long)found->order, kms_words_bytes(bytes).text,
		 found->nr, found->nr + found->nr_others, found->names);
	kms_tell(c, &finding->evidence,
		 "their fragmentation index is %d or more, out of 1000",
		 FRAGMENTED_INDEX);
	kms_tell(c, &finding->unknown,
		 "whether anything needs such blocks: see compact_fail in /proc/vmstat");
}

void kms_judge_fragmentation(struct kms_case *c)
{
	static const uint64_t orders[] = { COSTLY_ORDER, HUGE_ORDER };
	struct fragmented found;
	size_t i;

	if (c->verdict->totals.managed == KMS_UNKNOWN ||
	    c->verdict->totals.free == KMS_UNKNOWN)
		return;
	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		found = fragmented_find(c, orders[i]);
		if (!found.nr || (orders[i] > COSTLY_ORDER && found.nr_others))
			continue;
		fragmentation_add(c, &found);
		return;
	}
}
