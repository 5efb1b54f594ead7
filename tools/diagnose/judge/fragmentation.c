// SPDX-License-Identifier: GPL-2.0-only
/* Is memory free, but in pieces that are too small? */
#include <linux/kmemscope.h>
#include <string.h>

#include "diagnose/judge/judge.h"
#include "lib/array.h"
#include "lib/words.h"

/*
 * PAGE_ALLOC_COSTLY_ORDER: up to it the kernel tries hard, and drivers and
 * kernel stacks rely on it.  Beyond, only huge pages are common.
 */
#define COSTLY_ORDER 3
#define HUGE_ORDER 9

/* The index is towards 1000 when fragmentation is to blame, not lack. */
#define FRAGMENTED_INDEX 500

/* A zone with less of the host's memory, as DMA, tells nothing of the host. */
#define ZONE_PERMILLE 50

/* Where less is free it is lack of memory, whatever its pieces. */
#define FREE_PERMILLE 50

static const char *zone_of(const struct kms_rows *zones, size_t i)
{
	return kms_field_text(zones, i, KMEMSCOPE_A_ZONE_ZONE) ?: "";
}

static uint64_t zone_pages(const struct kms_rows *zones, size_t i,
			   uint16_t attr)
{
	uint64_t pages = kms_field(zones, i, attr);

	return pages == KMS_UNKNOWN ? 0 : pages;
}

/* Does the node have a larger zone?  Then requests go there first. */
static bool has_larger(const struct kms_rows *zones, size_t zone)
{
	uint64_t node = kms_field(zones, zone, KMEMSCOPE_A_ZONE_NODE);
	uint64_t pages = zone_pages(zones, zone, KMEMSCOPE_A_ZONE_MANAGED_PAGES);
	size_t i;

	for (i = 0; i < zones->nr; i++)
		if (!strcmp(zone_of(zones, i), "Normal") &&
		    kms_field(zones, i, KMEMSCOPE_A_ZONE_NODE) == node &&
		    zone_pages(zones, i, KMEMSCOPE_A_ZONE_MANAGED_PAGES) > pages)
			return true;
	return false;
}

/*
 * DMA32 nearly always has such blocks, and tells nothing of the zone above it.
 * Huge pages can be of any zone: none on the whole host is remarkable, none in
 * one zone is not.
 */
static bool is_examined(const struct kms_case *c, size_t zone, uint64_t order)
{
	const struct kms_rows *zones = &c->look->zones;
	const struct kms_totals *totals = &c->verdict->totals;
	uint64_t managed = zone_pages(zones, zone,
				      KMEMSCOPE_A_ZONE_MANAGED_PAGES);
	uint64_t free = kms_field(zones, zone, KMEMSCOPE_A_ZONE_FREE_PAGES);

	if (kms_permille(managed * c->look->page_bytes, totals->managed) <
	    ZONE_PERMILLE)
		return false;
	if (order <= COSTLY_ORDER && has_larger(zones, zone) &&
	    !strncmp(zone_of(zones, zone), "DMA", 3))
		return false;
	if (free == KMS_UNKNOWN)
		return kms_permille(totals->free, totals->managed) >=
		       FREE_PERMILLE;
	return kms_permille(free, managed) >= FREE_PERMILLE;
}

/* Would a request of this order fail in the zone, for pieces? */
static bool is_fragmented(const struct kms_case *c, size_t zone, uint64_t order)
{
	const struct kms_rows *rows = &c->look->buddies;
	uint64_t node = kms_field(&c->look->zones, zone, KMEMSCOPE_A_ZONE_NODE);
	int64_t index;
	size_t i;

	for (i = 0; i < rows->nr; i++) {
		const char *name = kms_field_text(rows, i,
						  KMEMSCOPE_A_BUDDY_ZONE);

		if (name && !strcmp(name, zone_of(&c->look->zones, zone)) &&
		    kms_field(rows, i, KMEMSCOPE_A_BUDDY_NODE) == node &&
		    kms_field(rows, i, KMEMSCOPE_A_BUDDY_ORDER) == order)
			return kms_field_signed(rows, i,
					KMEMSCOPE_A_BUDDY_EXTFRAG_INDEX,
					&index) && index >= FRAGMENTED_INDEX;
	}
	return false;
}

/* Zones of the host that are, and how many are not. */
struct fragmented {
	uint64_t order;
	const char *names;
	size_t nr;
	size_t nr_others;
	uint64_t free;		/* bytes in them */
	bool free_known;
};

static struct fragmented fragmented_find(struct kms_case *c, uint64_t order)
{
	const struct kms_rows *zones = &c->look->zones;
	struct fragmented found = { .order = order, .free_known = true };
	uint64_t free, node;
	size_t i;

	for (i = 0; i < zones->nr; i++) {
		if (!is_examined(c, i, order))
			continue;
		if (!is_fragmented(c, i, order)) {
			found.nr_others++;
			continue;
		}
		free = kms_field(zones, i, KMEMSCOPE_A_ZONE_FREE_PAGES);
		found.free_known &= free != KMS_UNKNOWN;
		found.free += free * c->look->page_bytes;
		node = kms_field(zones, i, KMEMSCOPE_A_ZONE_NODE);
		found.names = kms_strings_add(c->strings, "%s%snode %llu %s",
					      found.names ?: "",
					      found.names ? ", " : "",
					      (unsigned long long)node,
					      zone_of(zones, i));
		found.nr++;
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
	uint64_t bytes = (uint64_t)c->look->page_bytes << found->order;
	bool is_huge = found->order > COSTLY_ORDER;

	if (!finding)
		return;
	finding->total_bytes = found->free;
	kms_case_rate(c, finding, 0);
	finding->sure = is_huge || found->nr_others ? KMS_POSSIBLE : KMS_LIKELY;
	finding->why_sure = is_huge ?
		"hosts that are up for long have few, and compaction may make some" :
		found->nr_others ?
		"other zones have such blocks, which most requests can use" :
		"the kernel's fragmentation index is high; compaction may help";
	kms_summarize(c, finding,
		      "memory is fragmented in %s: %s free, but no free block of %s",
		      found->nr > 1 ? "several zones" : found->names,
		      kms_words_bytes(found->free).text,
		      kms_words_bytes(bytes).text);
	kms_tell(c, &finding->evidence,
		 "a request of order %llu (%s) fails for fragmentation in %zu of %zu large zones: %s",
		 (unsigned long long)found->order, kms_words_bytes(bytes).text,
		 found->nr, found->nr + found->nr_others, found->names);
	kms_tell(c, &finding->evidence,
		 "their fragmentation indices are %d or more, of 1000",
		 FRAGMENTED_INDEX);
	kms_tell(c, &finding->unknown,
		 "whether anybody needs such blocks: see compact_fail in /proc/vmstat");
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
