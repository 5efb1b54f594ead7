// SPDX-License-Identifier: GPL-2.0-only
/* The host's memory in sum, and what growth a look can see. */
#include <linux/kmemscope.h>

#include "diagnose/judge/totals.h"
#include "lib/array.h"

static uint64_t node_bytes(const struct kms_look *look, size_t row,
			   uint16_t attr)
{
	uint64_t pages = kms_field(&look->at[KMS_LOOK_LAST].nodes, row, attr);

	return pages == KMS_UNKNOWN ? pages : pages * look->page_bytes;
}

static uint64_t less(uint64_t number, uint64_t part)
{
	if (number == KMS_UNKNOWN || part == KMS_UNKNOWN)
		return KMS_UNKNOWN;
	return number > part ? number - part : 0;
}

/* The kernel's own estimate; else what is free, and the caches. */
static void available_fill(struct kms_totals *totals,
			   const struct kms_look *look)
{
	totals->available = look->available_bytes;
	if (totals->available != KMS_UNKNOWN || totals->free == KMS_UNKNOWN ||
	    totals->page_cache == KMS_UNKNOWN ||
	    totals->slab_reclaimable == KMS_UNKNOWN)
		return;
	totals->available = totals->free + totals->page_cache +
			    totals->slab_reclaimable;
}

/* What none of the totals has, so that all of them add up. */
static void other_fill(struct kms_totals *totals)
{
	const uint64_t parts[] = {
		totals->free, totals->page_cache, totals->anon, totals->shmem,
		totals->hugetlb, totals->slab_reclaimable,
		totals->slab_unreclaimable, totals->kernel_stacks,
		totals->page_tables, totals->vmalloc, totals->percpu,
	};
	size_t i;

	if (totals->managed == KMS_UNKNOWN || totals->free == KMS_UNKNOWN)
		return;
	totals->other_known = true;
	totals->other = totals->managed;
	for (i = 0; i < ARRAY_SIZE(parts); i++)
		if (parts[i] != KMS_UNKNOWN)
			totals->other -= parts[i];
	if (totals->unaccounted_known)
		totals->other -= totals->unaccounted;
}

static void slab_and_pages_fill(struct kms_totals *totals,
				const struct kms_look *look, size_t row)
{
	totals->slab_reclaimable =
		node_bytes(look, row, KMEMSCOPE_A_NODE_SLAB_RECLAIMABLE_PAGES);
	totals->slab_unreclaimable =
		node_bytes(look, row,
			   KMEMSCOPE_A_NODE_SLAB_UNRECLAIMABLE_PAGES);
	totals->kernel_stacks =
		node_bytes(look, row, KMEMSCOPE_A_NODE_KERNEL_STACK_PAGES);
	totals->page_tables =
		node_bytes(look, row, KMEMSCOPE_A_NODE_PAGE_TABLE_PAGES);
	totals->vmalloc = less(node_bytes(look, row,
					  KMEMSCOPE_A_NODE_VMALLOC_PAGES),
			       totals->kernel_stacks);
	totals->percpu = node_bytes(look, row, KMEMSCOPE_A_NODE_PERCPU_PAGES);
}

void kms_totals_fill(struct kms_totals *totals, const struct kms_look *look)
{
	const struct kms_rows *nodes = &look->at[KMS_LOOK_LAST].nodes;
	int64_t pages;
	size_t row;

	/* Without it the row is beyond the last, and all below is absent. */
	kms_look_at_host(&look->at[KMS_LOOK_LAST], &row);
	totals->managed = node_bytes(look, row, KMEMSCOPE_A_NODE_MANAGED_PAGES);
	totals->free = node_bytes(look, row, KMEMSCOPE_A_NODE_FREE_PAGES);
	totals->anon = node_bytes(look, row, KMEMSCOPE_A_NODE_ANON_PAGES);
	totals->shmem = node_bytes(look, row, KMEMSCOPE_A_NODE_SHMEM_PAGES);
	totals->hugetlb = node_bytes(look, row, KMEMSCOPE_A_NODE_HUGETLB_PAGES);
	totals->page_cache = less(node_bytes(look, row,
					     KMEMSCOPE_A_NODE_FILE_PAGES),
				  totals->shmem);
	slab_and_pages_fill(totals, look, row);
	totals->unaccounted_error =
		node_bytes(look, row, KMEMSCOPE_A_NODE_UNACCOUNTED_ERROR_PAGES);
	totals->unaccounted_known =
		kms_field_signed(nodes, row, KMEMSCOPE_A_NODE_UNACCOUNTED_PAGES,
				 &pages);
	if (totals->unaccounted_known)
		totals->unaccounted = pages * (int64_t)look->page_bytes;
	available_fill(totals, look);
	other_fill(totals);
}

static uint64_t floor_rate(const struct kms_case *c, uint64_t bytes)
{
	return c->ns ? kms_per_second(bytes, c->ns) : KMS_UNKNOWN;
}

void kms_floors_fill(struct kms_case *c)
{
	struct kms_floors *floors = &c->verdict->floors;
	const struct kms_look_at *last = &c->look->at[KMS_LOOK_LAST];
	int64_t pages = kms_case_pages_floor(c);
	int64_t error = kms_unaccounted_error(c);

	*floors = (struct kms_floors){ KMS_UNKNOWN, KMS_UNKNOWN, KMS_UNKNOWN,
				      KMS_UNKNOWN };
	if (last->slabs.nr) {
		floors->reclaimable = floor_rate(c, kms_case_floor(c, true));
		floors->unreclaimable = floor_rate(c, kms_case_floor(c, false));
	}
	if (!last->nodes.nr)
		return;
	floors->pages = floor_rate(c, pages);
	if (c->verdict->totals.unaccounted_known)
		floors->unaccounted = floor_rate(c, error > pages ? error :
								    pages);
}
