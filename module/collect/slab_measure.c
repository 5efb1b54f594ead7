// SPDX-License-Identifier: GPL-2.0-only
/*
 * Computes the numbers of a cache's record from its counts. Takes no lock and
 * reads no kernel memory.
 */
#include <linux/math64.h>
#include <linux/mm.h>

#include "collect/slab_measure.h"
#include "record/record.h"

/* As large as the members that they are copied to. */
static const char by_nothing[KS_BASIS_SIZE] = "";
static const char by_active[KS_BASIS_SIZE] = "active";
static const char by_inuse[KS_BASIS_SIZE] = "inuse";
static const char by_lists[KS_BASIS_SIZE] = "lists";
static const char by_pages[KS_BASIS_SIZE] = "pages";

static u32 coverage_of(const struct ks_cache_counts *counts)
{
	if (!counts->nr_partial)
		return 1000;
	/* Round up to 1: a partial sample must not show as 0. */
	return max_t(u64, div64_u64(counts->nr_sampled * 1000,
				    counts->nr_partial), !!counts->nr_sampled);
}

static void measure_waste(struct ks_measured *m, u64 live, u32 object_size,
			  const char *basis)
{
	/* The kernel counts a new slab without a lock, before its objects. */
	if (m->total_bytes < live * object_size)
		return;
	m->wasted_bytes = m->total_bytes - live * object_size;
	m->basis = basis;
}

static void measure_active(struct ks_measured *m, u64 nr_active,
			   const struct ks_geometry *g)
{
	m->nr_active = nr_active;
	m->active_bytes = nr_active * g->size;
	measure_waste(m, nr_active, g->object_size, by_active);
}

static void measure_inuse(struct ks_measured *m, u64 nr_inuse, u64 error,
			  const struct ks_geometry *g, const char *basis)
{
	m->nr_inuse = nr_inuse;
	m->inuse_error = error;
	m->inuse_basis = basis;
	measure_waste(m, nr_inuse, g->object_size, by_inuse);
}

/*
 * Per-CPU free objects are among the active ones, unless they came there
 * between the two counts.
 */
static void measure_by_lists(struct ks_measured *m,
			     const struct ks_geometry *g,
			     const struct ks_percpu *cached)
{
	const u64 nr_free = cached->nr_taken + cached->nr_left;

	if (!m->approximate && m->nr_active >= nr_free)
		measure_inuse(m, m->nr_active - nr_free, cached->error, g,
			      by_lists);
}

/*
 * The walk takes up to a minute. An object that is freed on a page ahead of the
 * walk, or allocated on one behind it, changes the sum and leaves no trace. So
 * the error is unknown, and an approximate count stays approximate.
 */
static void measure_by_pages(struct ks_measured *m,
			     const struct ks_geometry *g,
			     const struct ks_cache_counts *counts,
			     const struct ks_percpu *cached,
			     const struct ks_slab_sum *sum)
{
	if (sum->nr_inuse < cached->nr_taken ||
	    sum->nr_inuse + cached->nr_left > counts->nr_objects)
		return;
	measure_active(m, sum->nr_inuse + cached->nr_left, g);
	measure_inuse(m, sum->nr_inuse - cached->nr_taken,
		      KS_UNSET_U64, g, by_pages);
}

/**
 * ks_measure() - compute a record's numbers
 * @m: set
 * @g: the cache's geometry
 * @counts: its slabs and objects
 * @exact: its exact count, or NULL when per-CPU free objects are unknown
 */
void ks_measure(struct ks_measured *m, const struct ks_geometry *g,
		const struct ks_cache_counts *counts,
		const struct ks_exact *exact)
{
	*m = (struct ks_measured){
		.nr_active = KS_UNSET_U64,
		.nr_inuse = KS_UNSET_U64,
		.inuse_error = KS_UNSET_U64,
		.total_bytes = counts->nr_slabs * (PAGE_SIZE << g->order),
		.active_bytes = KS_UNSET_U64,
		.wasted_bytes = KS_UNSET_U64,
		.approximate = KS_UNSET_U32,
		.coverage_permille = KS_UNSET_U32,
		.basis = by_nothing,
		.inuse_basis = by_nothing,
	};
	if (!counts->free_known)
		return;
	m->approximate = counts->nr_sampled < counts->nr_partial;
	m->coverage_permille = coverage_of(counts);
	measure_active(m, counts->nr_objects - counts->nr_free, g);
	if (exact && exact->sum)
		measure_by_pages(m, g, counts, &exact->cached, exact->sum);
	else if (exact)
		measure_by_lists(m, g, &exact->cached);
}
