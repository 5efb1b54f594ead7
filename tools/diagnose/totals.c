// SPDX-License-Identifier: GPL-2.0-only
/* The host's memory in sum, and what growth a look can see. */
#include <linux/kmemscope.h>

#include "diagnose/verdict.h"
#include "lib/array.h"

static uint64_t node_bytes(const struct ks_look *look, size_t row,
			   uint16_t attr)
{
	uint64_t pages = ks_field(&look->at[KS_LOOK_LAST].nodes, row, attr);

	return pages == KS_UNKNOWN ? pages : pages * look->page_bytes;
}

static uint64_t less(uint64_t number, uint64_t part)
{
	if (number == KS_UNKNOWN || part == KS_UNKNOWN)
		return KS_UNKNOWN;
	return number > part ? number - part : 0;
}

/* The kernel's own estimate; else what is free, and the caches. */
static void available_fill(struct ks_totals *totals, const struct ks_look *look)
{
	totals->available = look->available_bytes;
	if (totals->available != KS_UNKNOWN || totals->free == KS_UNKNOWN ||
	    totals->page_cache == KS_UNKNOWN ||
	    totals->slab_reclaimable == KS_UNKNOWN)
		return;
	totals->available = totals->free + totals->page_cache +
			    totals->slab_reclaimable;
}

/* What none of the totals has, so that all of them add up. */
static void other_fill(struct ks_totals *totals)
{
	const uint64_t parts[] = {
		totals->free, totals->page_cache, totals->anon, totals->shmem,
		totals->hugetlb, totals->slab_reclaimable,
		totals->slab_unreclaimable, totals->kernel_stacks,
		totals->page_tables, totals->vmalloc, totals->percpu,
	};
	size_t i;

	if (totals->managed == KS_UNKNOWN || totals->free == KS_UNKNOWN)
		return;
	totals->other_known = true;
	totals->other = totals->managed;
	for (i = 0; i < ARRAY_SIZE(parts); i++)
		if (parts[i] != KS_UNKNOWN)
			totals->other -= parts[i];
	if (totals->unaccounted_known)
		totals->other -= totals->unaccounted;
}

static void slab_and_pages_fill(struct ks_totals *totals,
				const struct ks_look *look, size_t row)
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

void ks_totals_fill(struct ks_totals *totals, const struct ks_look *look)
{
	const struct ks_rows *nodes = &look->at[KS_LOOK_LAST].nodes;
	int64_t pages;
	size_t row;

	/* Without it the row is beyond the last, and all below is absent. */
	ks_look_at_host(&look->at[KS_LOOK_LAST], &row);
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
		ks_field_signed(nodes, row, KMEMSCOPE_A_NODE_UNACCOUNTED_PAGES,
				&pages);
	if (totals->unaccounted_known)
		totals->unaccounted = pages * (int64_t)look->page_bytes;
	available_fill(totals, look);
	other_fill(totals);
}

bool ks_case_has_plenty(const struct ks_case *c)
{
	const struct ks_totals *totals = &c->verdict->totals;

	return totals->managed != KS_UNKNOWN &&
	       totals->available != KS_UNKNOWN &&
	       ks_permille(totals->available, totals->managed) >=
	       KS_PLENTY_PERMILLE;
}

/* Bytes that move to and fro grow with the root of the time. */
static double noise(const struct ks_case *c, double bytes)
{
	uint64_t ratio = c->ns / 100000 / KS_NOISE_SECONDS; /* of 10000 */
	uint64_t root = 100;

	while ((root + 1) * (root + 1) <= ratio)
		root++;
	return bytes * root / 100;
}

uint64_t ks_case_noise(const struct ks_case *c)
{
	return noise(c, KS_NOISE_BYTES);
}

uint64_t ks_case_floor(const struct ks_case *c, bool reclaimable)
{
	double seconds = c->ns / 1e9, slow = 0;
	double least = noise(c, KS_NOISE_BYTES);
	uint64_t managed = c->verdict->totals.managed;

	if (managed != KS_UNKNOWN)
		slow = managed * seconds /
		       (reclaimable ? KS_HORIZON_SECONDS :
				      KS_HORIZON_UNRECLAIMABLE_SECONDS);
	/* The longer the look, the later the day that it can see. */
	if (seconds > KS_NOISE_SECONDS)
		slow *= KS_NOISE_SECONDS / seconds;
	return least > slow ? least : slow;
}

bool ks_case_matters(const struct ks_case *c, int64_t bytes, bool reclaimable)
{
	return c->ns && bytes > 0 &&
	       (uint64_t)bytes >= ks_case_floor(c, reclaimable);
}

static uint64_t floor_rate(const struct ks_case *c, uint64_t bytes)
{
	return c->ns ? ks_per_second(bytes, c->ns) : KS_UNKNOWN;
}

int64_t ks_case_pages_floor(const struct ks_case *c)
{
	double least = noise(c, KS_NOISE_PAGES_BYTES);
	double floor = ks_case_floor(c, false);

	return floor > least ? floor : least;
}

void ks_floors_fill(struct ks_case *c)
{
	struct ks_floors *floors = &c->verdict->floors;
	const struct ks_look_at *last = &c->look->at[KS_LOOK_LAST];
	int64_t pages = ks_case_pages_floor(c);
	int64_t error = ks_unaccounted_error(c);

	*floors = (struct ks_floors){ KS_UNKNOWN, KS_UNKNOWN, KS_UNKNOWN,
				      KS_UNKNOWN };
	if (last->slabs.nr) {
		floors->reclaimable = floor_rate(c, ks_case_floor(c, true));
		floors->unreclaimable = floor_rate(c, ks_case_floor(c, false));
	}
	if (!last->nodes.nr)
		return;
	floors->pages = floor_rate(c, pages);
	if (c->verdict->totals.unaccounted_known)
		floors->unaccounted = floor_rate(c, error > pages ? error :
								    pages);
}
