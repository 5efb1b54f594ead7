// SPDX-License-Identifier: GPL-2.0-only
/* The host's memory in sum, and what growth an observation can see. */
#include "diagnose/judge/totals.h"
#include "lib/array.h"

static uint64_t less(uint64_t number, uint64_t part)
{
	if (number == KMS_UNKNOWN || part == KMS_UNKNOWN)
		return KMS_UNKNOWN;
	return number > part ? number - part : 0;
}

/* The kernel's own estimate; else what is free, and the caches. */
static void available_fill(struct kms_totals *totals,
			   const struct kms_observation *obs)
{
	totals->available = obs->available_bytes;
	if (totals->available != KMS_UNKNOWN || totals->free == KMS_UNKNOWN ||
	    totals->page_cache == KMS_UNKNOWN ||
	    totals->slab_reclaimable == KMS_UNKNOWN)
		return;
	totals->available = totals->free + totals->page_cache +
			    totals->slab_reclaimable;
}

/* The rest, so that all parts add up to the memory that is managed. */
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

static uint64_t bytes_of(const struct kms_observation *obs, uint64_t pages)
{
	return pages == KMS_UNKNOWN ? KMS_UNKNOWN : pages * obs->page_bytes;
}

static void host_fill(struct kms_totals *totals,
		      const struct kms_observation *obs,
		      const struct kms_node_record *host)
{
	const struct {
		uint64_t *total;
		uint64_t pages;
	} parts[] = {
		{ &totals->managed, host->managed_pages },
		{ &totals->free, host->free_pages },
		{ &totals->anon, host->anon_pages },
		{ &totals->shmem, host->shmem_pages },
		{ &totals->hugetlb, host->hugetlb_pages },
		{ &totals->page_cache, less(host->file_pages,
					    host->shmem_pages) },
		{ &totals->slab_reclaimable, host->slab_reclaimable_pages },
		{ &totals->slab_unreclaimable,
		  host->slab_unreclaimable_pages },
		{ &totals->kernel_stacks, host->kernel_stack_pages },
		{ &totals->page_tables, host->page_table_pages },
		{ &totals->vmalloc, less(host->vmalloc_pages,
					 host->kernel_stack_pages) },
		{ &totals->percpu, host->percpu_pages },
		{ &totals->unaccounted_error, host->unaccounted_error_pages },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++)
		*parts[i].total = bytes_of(obs, parts[i].pages);
	totals->unaccounted_known =
		host->unaccounted_pages != KMS_UNKNOWN_SIGNED;
	if (totals->unaccounted_known)
		totals->unaccounted = host->unaccounted_pages *
				      (int64_t)obs->page_bytes;
}

void kms_totals_fill(struct kms_totals *totals,
		     const struct kms_observation *obs)
{
	const struct kms_node_record *host =
		kms_moment_host(&obs->moment[KMS_MOMENT_LAST]);
	struct kms_node_record absent;

	kms_record_init(&kms_node_type, &absent);
	host_fill(totals, obs, host ?: &absent);
	available_fill(totals, obs);
	other_fill(totals);
}

/* Pages that a balloon took and left managed; 0 where that is unknown. */
static int64_t balloon_growth(const struct kms_node_record *first,
			      const struct kms_node_record *last)
{
	int64_t sum;

	if (first->balloon_pages == KMS_UNKNOWN ||
	    last->balloon_pages == KMS_UNKNOWN ||
	    first->present_pages == KMS_UNKNOWN ||
	    last->present_pages == KMS_UNKNOWN ||
	    first->managed_pages == KMS_UNKNOWN ||
	    last->managed_pages == KMS_UNKNOWN)
		return 0;
	sum = (int64_t)(last->balloon_pages - first->balloon_pages) -
	      (int64_t)(last->present_pages - first->present_pages) +
	      (int64_t)(last->managed_pages - first->managed_pages);
	return sum < 0 ? -sum : sum;
}

int64_t kms_unaccounted_error(const struct kms_case *c)
{
	const struct kms_node_record *first =
		kms_moment_host(&c->obs->moment[KMS_MOMENT_FIRST]);
	const struct kms_node_record *last =
		kms_moment_host(&c->obs->moment[KMS_MOMENT_LAST]);

	if (!first || !last ||
	    first->unaccounted_error_pages == KMS_UNKNOWN ||
	    last->unaccounted_error_pages == KMS_UNKNOWN)
		return 0;
	/* What lags behind may have moved from one moment to the other. */
	return ((int64_t)(first->unaccounted_error_pages +
			  last->unaccounted_error_pages) +
		balloon_growth(first, last)) * (int64_t)c->obs->page_bytes;
}

static uint64_t floor_rate(const struct kms_case *c, uint64_t bytes)
{
	return c->ns ? kms_per_second(bytes, c->ns) : KMS_UNKNOWN;
}

void kms_floors_fill(struct kms_case *c)
{
	struct kms_floors *floors = &c->verdict->floors;
	const struct kms_moment *last = &c->obs->moment[KMS_MOMENT_LAST];
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
