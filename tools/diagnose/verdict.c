// SPDX-License-Identifier: GPL-2.0-only
/* From what was looked at to what is wrong; nothing here asks the kernel. */
#include <linux/kmemscope.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/verdict.h"
#include "diagnose/words.h"

#define NS_PER_SECOND 1000000000ull

uint64_t ks_permille(uint64_t part, uint64_t whole)
{
	if (!whole)
		return 0;
	return (uint64_t)((double)part * 1000 / whole + 0.5);
}

uint64_t ks_per_second(uint64_t number, uint64_t ns)
{
	return ns ? (uint64_t)((double)number * NS_PER_SECOND / ns + 0.5) : 0;
}

void ks_tell(struct ks_case *c, struct ks_lines *lines, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	ks_lines_add(lines, ks_strings_vadd(c->strings, format, args));
	va_end(args);
}

void ks_summarize(struct ks_case *c, struct ks_finding *finding,
		  const char *format, ...)
{
	va_list args;

	va_start(args, format);
	finding->summary = ks_strings_vadd(c->strings, format, args);
	va_end(args);
}

bool ks_case_matters(const struct ks_case *c, int64_t bytes)
{
	uint64_t managed = c->verdict->totals.managed;

	if (bytes < KS_NOISE_BYTES || !c->ns)
		return false;
	return managed == KS_UNKNOWN ||
	       managed / KS_HORIZON_SECONDS <= ks_per_second(bytes, c->ns);
}

static uint64_t full_seconds(uint64_t available, uint64_t managed,
			     uint64_t rate)
{
	uint64_t kept = managed / 1000 * (1000 - KS_FULL_PERMILLE);

	return available > kept ? (available - kept) / rate : 0;
}

void ks_case_rate(const struct ks_case *c, struct ks_finding *finding,
		  int64_t bytes)
{
	const struct ks_totals *totals = &c->verdict->totals;
	uint64_t rate;

	if (finding->total_bytes != KS_UNKNOWN &&
	    totals->managed != KS_UNKNOWN)
		finding->memory_permille = ks_permille(finding->total_bytes,
						       totals->managed);
	if (bytes <= 0 || !c->ns)
		return;
	finding->growth_bytes = bytes;
	rate = ks_per_second(bytes, c->ns);
	finding->bytes_per_second = rate;
	if (!rate || totals->managed == KS_UNKNOWN ||
	    totals->free == KS_UNKNOWN)
		return;
	finding->full_seconds = full_seconds(totals->free, totals->managed,
					     rate);
	if (totals->reclaimable != KS_UNKNOWN)
		finding->full_seconds_reclaim =
			full_seconds(totals->free + totals->reclaimable,
				     totals->managed, rate);
}

const struct ks_walk *ks_case_walk(const struct ks_case *c)
{
	size_t i = KS_NR_WALKS;

	while (i--)
		if (c->look->walk[i].done)
			return &c->look->walk[i];
	return NULL;
}

/* The row of the whole host, which has no node. */
static bool host_row(const struct ks_rows *nodes, size_t *row)
{
	size_t i;

	for (i = 0; i < nodes->nr; i++) {
		if (ks_field(nodes, i, KMEMSCOPE_A_NODE_NODE) != KS_UNKNOWN)
			continue;
		*row = i;
		return true;
	}
	return false;
}

static uint64_t node_bytes(const struct ks_look *look, size_t row,
			   uint16_t attr)
{
	uint64_t pages = ks_field(&look->at[KS_LOOK_LAST].nodes, row, attr);

	return pages == KS_UNKNOWN ? pages : pages * look->page_bytes;
}

static void totals_fill(struct ks_totals *totals, const struct ks_look *look)
{
	const struct ks_rows *nodes = &look->at[KS_LOOK_LAST].nodes;
	uint64_t file, shmem;
	int64_t pages;
	size_t row = 0;

	if (!host_row(nodes, &row))
		row = nodes->nr;	/* all below is absent then */
	totals->managed = node_bytes(look, row, KMEMSCOPE_A_NODE_MANAGED_PAGES);
	totals->free = node_bytes(look, row, KMEMSCOPE_A_NODE_FREE_PAGES);
	totals->anon = node_bytes(look, row, KMEMSCOPE_A_NODE_ANON_PAGES);
	totals->slab_reclaimable =
		node_bytes(look, row, KMEMSCOPE_A_NODE_SLAB_RECLAIMABLE_PAGES);
	totals->slab_unreclaimable =
		node_bytes(look, row,
			   KMEMSCOPE_A_NODE_SLAB_UNRECLAIMABLE_PAGES);
	totals->unaccounted_error =
		node_bytes(look, row, KMEMSCOPE_A_NODE_UNACCOUNTED_ERROR_PAGES);
	totals->unaccounted_known =
		ks_field_signed(nodes, row, KMEMSCOPE_A_NODE_UNACCOUNTED_PAGES,
				&pages);
	if (totals->unaccounted_known)
		totals->unaccounted = pages * (int64_t)look->page_bytes;
	file = node_bytes(look, row, KMEMSCOPE_A_NODE_FILE_PAGES);
	shmem = node_bytes(look, row, KMEMSCOPE_A_NODE_SHMEM_PAGES);
	totals->page_cache = KS_UNKNOWN;
	totals->reclaimable = KS_UNKNOWN;
	if (file == KS_UNKNOWN || shmem == KS_UNKNOWN)
		return;
	totals->page_cache = file > shmem ? file - shmem : 0;
	if (totals->slab_reclaimable != KS_UNKNOWN)
		totals->reclaimable = totals->page_cache +
				      totals->slab_reclaimable;
}

/* What grows comes first, the fastest of it; then by size. */
static int order(const void *a, const void *b)
{
	const struct ks_finding *left = a, *right = b;
	uint64_t left_rate = left->bytes_per_second;
	uint64_t right_rate = right->bytes_per_second;

	/* KS_UNKNOWN + 1 is 0 */
	if (left_rate != right_rate)
		return left_rate + 1 < right_rate + 1 ? 1 : -1;
	if (left->total_bytes != right->total_bytes)
		return left->total_bytes + 1 < right->total_bytes + 1 ? 1 : -1;
	if (left->kind != right->kind)
		return (int)left->kind - (int)right->kind;
	return strcmp(left->cache ?: "", right->cache ?: "");
}

static void shares_fill(struct ks_verdict *verdict)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < verdict->nr_findings; i++)
		if (verdict->finding[i].growth_bytes != KS_UNKNOWN)
			sum += verdict->finding[i].growth_bytes;
	for (i = 0; i < verdict->nr_findings; i++) {
		struct ks_finding *finding = &verdict->finding[i];

		if (finding->growth_bytes != KS_UNKNOWN)
			finding->share_permille =
				ks_permille(finding->growth_bytes, sum);
	}
}

static void summary_fill(struct ks_case *c)
{
	struct ks_verdict *verdict = c->verdict;
	const struct ks_finding *first = &verdict->finding[0];

	if (!verdict->nr_findings && !verdict->missing->nr)
		verdict->summary = "nothing wrong found";
	else if (!verdict->nr_findings)
		verdict->summary =
			"nothing wrong found, but not all could be looked at";
	else if (verdict->nr_findings == 1)
		verdict->summary = first->summary;
	else
		verdict->summary = ks_strings_add(c->strings, "%s; and %zu more",
						  first->summary,
						  verdict->nr_findings - 1);
}

static bool growths_fill(struct ks_case *c)
{
	const struct ks_look_at *at = c->look->at;

	if (!ks_growths_find(&c->all, &at[KS_LOOK_FIRST], &at[KS_LOOK_LAST]) ||
	    !ks_growths_find(&c->early, &at[KS_LOOK_FIRST],
			     &at[KS_LOOK_MIDDLE]) ||
	    !ks_growths_find(&c->late, &at[KS_LOOK_MIDDLE], &at[KS_LOOK_LAST]))
		return false;
	c->ns = at[KS_LOOK_LAST].boottime_ns - at[KS_LOOK_FIRST].boottime_ns;
	c->grown = c->all.nr ? c->all.growth[0].bytes : 0;
	return true;
}

enum ks_status ks_verdict_make(struct ks_verdict *verdict,
			       const struct ks_look *look,
			       struct ks_error *err)
{
	struct ks_case c = {
		.look = look,
		.verdict = verdict,
		.strings = &verdict->strings,
	};
	size_t i;

	memset(verdict, 0, sizeof(*verdict));
	verdict->missing = &look->missing;
	totals_fill(&verdict->totals, look);
	if (growths_fill(&c)) {
		verdict->ns = c.ns;
		ks_judge_caches(&c);
		ks_judge_pages(&c);
		ks_judge_fragmentation(&c);
		ks_judge_stock(&c);
		qsort(verdict->finding, verdict->nr_findings,
		      sizeof(verdict->finding[0]), order);
		shares_fill(verdict);
		for (i = 0; i < verdict->nr_findings; i++)
			ks_remedies_fill(&c, &verdict->finding[i]);
		summary_fill(&c);
	} else {
		verdict->strings.failed = true;
	}
	for (i = 0; i < KS_NR_LOOKS; i++)
		verdict->partial |= look->at[i].partial;
	verdict->partial |= look->missing.nr > 0;
	ks_growths_free(&c.all);
	ks_growths_free(&c.early);
	ks_growths_free(&c.late);
	return verdict->strings.failed ? ks_fail_memory(err) : KS_OK;
}

void ks_verdict_free(struct ks_verdict *verdict)
{
	ks_strings_free(&verdict->strings);
}
