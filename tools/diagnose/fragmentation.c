// SPDX-License-Identifier: GPL-2.0-only
/* Is memory free, but in pieces that are too small? */
#include <linux/kmemscope.h>
#include <string.h>

#include "diagnose/verdict.h"
#include "diagnose/words.h"
#include "lib/array.h"

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

static bool is_large(const struct ks_case *c, const char *zone, uint64_t node)
{
	const struct ks_rows *zones = &c->look->zones;
	uint64_t pages;
	size_t i;

	for (i = 0; i < zones->nr; i++) {
		const char *name = ks_field_text(zones, i,
						 KMEMSCOPE_A_ZONE_ZONE);

		pages = ks_field(zones, i, KMEMSCOPE_A_ZONE_MANAGED_PAGES);
		if (name && !strcmp(name, zone) && pages != KS_UNKNOWN &&
		    ks_field(zones, i, KMEMSCOPE_A_ZONE_NODE) == node)
			return ks_permille(pages * c->look->page_bytes,
					   c->verdict->totals.managed) >=
			       ZONE_PERMILLE;
	}
	return false;
}

/* Would a request of this order fail in all large zones, for pieces? */
static bool is_fragmented(struct ks_case *c, uint64_t order, size_t *nr_zones)
{
	const struct ks_rows *rows = &c->look->buddies;
	int64_t index;
	size_t i;

	*nr_zones = 0;
	for (i = 0; i < rows->nr; i++) {
		const char *zone = ks_field_text(rows, i,
						 KMEMSCOPE_A_BUDDY_ZONE);

		if (!zone || ks_field(rows, i, KMEMSCOPE_A_BUDDY_ORDER) !=
			     order ||
		    !is_large(c, zone, ks_field(rows, i,
						KMEMSCOPE_A_BUDDY_NODE)))
			continue;
		if (!ks_field_signed(rows, i, KMEMSCOPE_A_BUDDY_EXTFRAG_INDEX,
				     &index) || index < FRAGMENTED_INDEX)
			return false;
		++*nr_zones;
	}
	return *nr_zones;
}

static void fragmentation_add(struct ks_case *c, uint64_t order,
			      size_t nr_zones)
{
	const struct ks_totals *totals = &c->verdict->totals;
	struct ks_finding *finding = ks_finding_add(c->verdict,
						    KS_FINDING_FRAGMENTATION);
	uint64_t bytes = (uint64_t)c->look->page_bytes << order;

	if (!finding)
		return;
	finding->total_bytes = totals->free;
	ks_case_rate(c, finding, 0);
	finding->sure = order > COSTLY_ORDER ? KS_POSSIBLE : KS_LIKELY;
	finding->why_sure = order > COSTLY_ORDER ?
		"hosts that are up for long have few, and compaction may make some" :
		"the kernel's own index blames pieces; compaction may help";
	ks_summarize(c, finding,
		     "memory is in pieces: %s are free, but no block of %s",
		     ks_words_bytes(totals->free).text,
		     ks_words_bytes(bytes).text);
	ks_tell(c, &finding->evidence,
		"a request of order %llu (%s) would fail in all %zu large zones",
		(unsigned long long)order, ks_words_bytes(bytes).text,
		nr_zones);
	ks_tell(c, &finding->evidence,
		"their fragmentation indices are %d out of 1000 or more",
		FRAGMENTED_INDEX);
	ks_tell(c, &finding->unknown,
		"whether anybody needs such blocks: see compact_fail in /proc/vmstat");
}

void ks_judge_fragmentation(struct ks_case *c)
{
	static const uint64_t orders[] = { COSTLY_ORDER, HUGE_ORDER };
	const struct ks_totals *totals = &c->verdict->totals;
	size_t i, nr_zones;

	if (totals->managed == KS_UNKNOWN || totals->free == KS_UNKNOWN ||
	    ks_permille(totals->free, totals->managed) < FREE_PERMILLE)
		return;
	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		if (!is_fragmented(c, orders[i], &nr_zones))
			continue;
		fragmentation_add(c, orders[i], nr_zones);
		return;
	}
}
