// SPDX-License-Identifier: GPL-2.0-only
/* The parts of the host's memory. */
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
		totals->free, totals->page_cache, totals->pinned_cache,
		totals->anon, totals->shmem, totals->hugetlb,
		totals->slab_reclaimable, totals->slab_unreclaimable,
		totals->kernel_stacks, totals->page_tables, totals->vmalloc,
		totals->percpu, totals->zsmalloc, totals->gpu, totals->balloon,
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
		{ &totals->zsmalloc, host->zsmalloc_pages },
		{ &totals->gpu, host->gpu_pages },
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

/* Page cache that cannot be reclaimed is a part of its own, where known. */
static void pinned_fill(struct kms_totals *totals,
			const struct kms_moment *moment)
{
	uint64_t pinned = kms_meminfo_pinned_cache(&moment->meminfo);

	totals->pinned_cache = KMS_UNKNOWN;
	if (pinned == KMS_UNKNOWN || totals->page_cache == KMS_UNKNOWN)
		return;
	if (pinned > totals->page_cache)
		pinned = totals->page_cache;
	totals->pinned_cache = pinned;
	totals->page_cache -= pinned;
}

/*
 * Most balloons take their pages from the managed ones.  If there are more in
 * the balloon than are present and not managed, its driver left them managed,
 * and they are in what is unaccounted.
 */
static void balloon_fill(struct kms_totals *totals,
			 const struct kms_observation *obs,
			 const struct kms_node_record *host)
{
	totals->balloon = KMS_UNKNOWN;
	if (!totals->unaccounted_known || host->balloon_pages == KMS_UNKNOWN ||
	    host->present_pages == KMS_UNKNOWN ||
	    host->managed_pages == KMS_UNKNOWN ||
	    host->balloon_pages <= less(host->present_pages,
					host->managed_pages))
		return;
	totals->balloon = host->balloon_pages * obs->page_bytes;
	totals->unaccounted -= totals->balloon;
}

/* Slab memory in no cache: kmalloc() takes large allocations by page. */
static void large_kmalloc_fill(struct kms_totals *totals,
			       const struct kms_observation *obs)
{
	int64_t bytes = kms_large_kmalloc(obs,
					  &obs->moment[KMS_MOMENT_LAST]);

	totals->large_kmalloc = KMS_UNKNOWN;
	if (bytes == KMS_UNKNOWN_SIGNED)
		return;
	/* Caches and counters are read one after the other. */
	totals->large_kmalloc = bytes > 0 ? bytes : 0;
}

int64_t kms_large_kmalloc(const struct kms_observation *obs,
			  const struct kms_moment *moment)
{
	const struct kms_node_record *host = kms_moment_host(moment);
	const struct kms_slab_record *slab;
	uint64_t sum = 0;

	if (!host || !moment->slabs.nr || moment->partial ||
	    host->slab_reclaimable_pages == KMS_UNKNOWN ||
	    host->slab_unreclaimable_pages == KMS_UNKNOWN)
		return KMS_UNKNOWN_SIGNED;
	kms_for_each(slab, &moment->slabs)
		if (slab->total_bytes != KMS_UNKNOWN)
			sum += slab->total_bytes;
	return (host->slab_reclaimable_pages +
		host->slab_unreclaimable_pages) * obs->page_bytes - sum;
}

void kms_totals_fill(struct kms_totals *totals,
		     const struct kms_observation *obs)
{
	const struct kms_moment *last = &obs->moment[KMS_MOMENT_LAST];
	const struct kms_node_record *host = kms_moment_host(last);
	struct kms_node_record absent;

	kms_record_init(&kms_node_type, &absent);
	host_fill(totals, obs, host ?: &absent);
	pinned_fill(totals, last);
	balloon_fill(totals, obs, host ?: &absent);
	large_kmalloc_fill(totals, obs);
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

int64_t kms_unaccounted_error(const struct kms_observation *obs)
{
	const struct kms_node_record *first =
		kms_moment_host(&obs->moment[KMS_MOMENT_FIRST]);
	const struct kms_node_record *last =
		kms_moment_host(&obs->moment[KMS_MOMENT_LAST]);

	if (!first || !last ||
	    first->unaccounted_error_pages == KMS_UNKNOWN ||
	    last->unaccounted_error_pages == KMS_UNKNOWN)
		return 0;
	/* What lags behind may have moved from one moment to the other. */
	return ((int64_t)(first->unaccounted_error_pages +
			  last->unaccounted_error_pages) +
		balloon_growth(first, last)) * (int64_t)obs->page_bytes;
}
