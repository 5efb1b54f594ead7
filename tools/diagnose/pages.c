// SPDX-License-Identifier: GPL-2.0-only
/* Memory that grows by page, outside the slab caches. */
#include <linux/kmemscope.h>

#include "diagnose/verdict.h"
#include "diagnose/words.h"
#include "lib/array.h"

/*
 * Programs that start and end take stacks and page tables, and give them back:
 * so much of it in a look is no growth.
 */
#define NOISE_BYTES (4 * 1024 * 1024)

/* So much that no counter explains is remarkable even if it does not grow. */
#define STOCK_PERMILLE 200

/* What the host's row says at one point in time, in pages. */
static bool pages_at(const struct ks_case *c, size_t at, uint16_t attr,
		     int64_t *pages)
{
	const struct ks_rows *nodes = &c->look->at[at].nodes;
	size_t i;

	for (i = 0; i < nodes->nr; i++)
		if (ks_field(nodes, i, KMEMSCOPE_A_NODE_NODE) == KS_UNKNOWN)
			return ks_field_signed(nodes, i, attr, pages);
	return false;
}

/* Slab memory in no cache: kmalloc() hands out what is large by page. */
static bool large_at(const struct ks_case *c, size_t at, int64_t *pages)
{
	const struct ks_rows *slabs = &c->look->at[at].slabs;
	int64_t reclaimable, unreclaimable, sum = 0;
	uint64_t bytes;
	size_t i;

	if (!slabs->nr || c->look->at[at].partial ||
	    !pages_at(c, at, KMEMSCOPE_A_NODE_SLAB_RECLAIMABLE_PAGES,
		      &reclaimable) ||
	    !pages_at(c, at, KMEMSCOPE_A_NODE_SLAB_UNRECLAIMABLE_PAGES,
		      &unreclaimable))
		return false;
	for (i = 0; i < slabs->nr; i++) {
		bytes = ks_field(slabs, i, KMEMSCOPE_A_SLAB_TOTAL_BYTES);
		if (bytes != KS_UNKNOWN)
			sum += bytes / c->look->page_bytes;
	}
	*pages = reclaimable + unreclaimable - sum;
	return true;
}

typedef bool pages_fn(const struct ks_case *c, size_t at, int64_t *pages);

static bool unaccounted_at(const struct ks_case *c, size_t at, int64_t *pages)
{
	return pages_at(c, at, KMEMSCOPE_A_NODE_UNACCOUNTED_PAGES, pages);
}

static bool stacks_at(const struct ks_case *c, size_t at, int64_t *pages)
{
	return pages_at(c, at, KMEMSCOPE_A_NODE_KERNEL_STACK_PAGES, pages);
}

static bool tables_at(const struct ks_case *c, size_t at, int64_t *pages)
{
	return pages_at(c, at, KMEMSCOPE_A_NODE_PAGE_TABLE_PAGES, pages);
}

static bool percpu_at(const struct ks_case *c, size_t at, int64_t *pages)
{
	return pages_at(c, at, KMEMSCOPE_A_NODE_PERCPU_PAGES, pages);
}

static bool gpu_at(const struct ks_case *c, size_t at, int64_t *pages)
{
	return pages_at(c, at, KMEMSCOPE_A_NODE_GPU_PAGES, pages);
}

/* Without the kernel's stacks, which are told of by themselves. */
static bool vmalloc_at(const struct ks_case *c, size_t at, int64_t *pages)
{
	int64_t stacks;

	if (!pages_at(c, at, KMEMSCOPE_A_NODE_VMALLOC_PAGES, pages) ||
	    !stacks_at(c, at, &stacks))
		return false;
	*pages -= stacks;
	return true;
}

static const struct {
	pages_fn *at;
	enum ks_finding_kind kind;
	const char *counter;
	const char *what;
} sources[] = {
	{ unaccounted_at, KS_FINDING_UNACCOUNTED, "unaccounted",
	  "memory that no counter of the kernel explains grows" },
	{ large_at, KS_FINDING_LARGE_KMALLOC, "large_kmalloc",
	  "large allocations by kmalloc(), which are in no slab cache, grow" },
	{ vmalloc_at, KS_FINDING_PAGES, "vmalloc",
	  "memory taken by vmalloc() grows" },
	{ percpu_at, KS_FINDING_PAGES, "percpu",
	  "memory of the per-CPU allocator grows" },
	{ stacks_at, KS_FINDING_PAGES, "kernel_stack",
	  "kernel stacks grow: there are more and more threads" },
	{ tables_at, KS_FINDING_PAGES, "page_table",
	  "page tables of processes grow" },
	{ gpu_at, KS_FINDING_PAGES, "gpu",
	  "memory of GPU drivers grows" },
};

/* Pages that a balloon took in the look and left managed: none if unknown. */
static int64_t balloon_growth(const struct ks_case *c)
{
	static const struct {
		uint16_t attr;
		int sign;
	} part[] = {
		{ KMEMSCOPE_A_NODE_BALLOON_PAGES, 1 },
		{ KMEMSCOPE_A_NODE_PRESENT_PAGES, -1 },
		{ KMEMSCOPE_A_NODE_MANAGED_PAGES, 1 },
	};
	int64_t first, last, sum = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(part); i++) {
		if (!pages_at(c, KS_LOOK_FIRST, part[i].attr, &first) ||
		    !pages_at(c, KS_LOOK_LAST, part[i].attr, &last))
			return 0;
		sum += part[i].sign * (last - first);
	}
	return sum < 0 ? -sum : sum;
}

/* How far the growth of unaccounted pages may be off. */
static int64_t unaccounted_error(const struct ks_case *c)
{
	int64_t first, last;

	if (!pages_at(c, KS_LOOK_FIRST, KMEMSCOPE_A_NODE_UNACCOUNTED_ERROR_PAGES,
		      &first) ||
	    !pages_at(c, KS_LOOK_LAST, KMEMSCOPE_A_NODE_UNACCOUNTED_ERROR_PAGES,
		      &last))
		return 0;
	return (first + last + balloon_growth(c)) *
	       (int64_t)c->look->page_bytes;
}

/* The kernel keeps the other numbers to the page. */
static int64_t error_bytes(const struct ks_case *c, size_t source)
{
	return sources[source].kind == KS_FINDING_UNACCOUNTED ?
	       unaccounted_error(c) : 0;
}

static void tell_growth(struct ks_case *c, struct ks_finding *finding,
			int64_t bytes, int64_t error)
{
	if (error)
		ks_tell(c, &finding->evidence,
			"%s pages grew by %s in %.1f s, give or take %s",
			finding->cache, ks_words_bytes(bytes).text,
			c->ns / 1e9, ks_words_bytes(error).text);
	else
		ks_tell(c, &finding->evidence, "%s pages grew by %s in %.1f s",
			finding->cache, ks_words_bytes(bytes).text,
			c->ns / 1e9);
}

static void source_judge(struct ks_case *c, size_t source)
{
	int64_t first, middle, last, bytes, error = error_bytes(c, source);
	struct ks_finding *finding;

	if (!sources[source].at(c, KS_LOOK_FIRST, &first) ||
	    !sources[source].at(c, KS_LOOK_MIDDLE, &middle) ||
	    !sources[source].at(c, KS_LOOK_LAST, &last))
		return;
	bytes = (last - first) * (int64_t)c->look->page_bytes;
	if (bytes <= error || bytes < NOISE_BYTES || !ks_case_matters(c, bytes))
		return;
	/* A burst says nothing: it may be one program that started. */
	if (middle <= first || last <= middle)
		return;
	finding = ks_finding_add(c->verdict, sources[source].kind);
	if (!finding)
		return;
	finding->cache = sources[source].counter;
	if (last > 0)
		finding->total_bytes = (uint64_t)last * c->look->page_bytes;
	ks_case_rate(c, finding, bytes);
	finding->sure = bytes > 2 * error ? KS_CERTAIN : KS_LIKELY;
	finding->why_sure =
		"it grew in both parts of the look, by more than its error";
	ks_summarize(c, finding, "%s by %s a second", sources[source].what,
		     ks_words_bytes(finding->bytes_per_second).text);
	tell_growth(c, finding, bytes, error);
	ks_tell(c, &finding->unknown,
		"who allocates: pages carry no name; suspect drivers loaded last");
}

static void unaccounted_stock(struct ks_case *c)
{
	const struct ks_totals *totals = &c->verdict->totals;
	struct ks_finding *finding;
	uint64_t bytes;
	size_t i;

	for (i = 0; i < c->verdict->nr_findings; i++)
		if (c->verdict->finding[i].kind == KS_FINDING_UNACCOUNTED)
			return;
	if (!totals->unaccounted_known || totals->managed == KS_UNKNOWN ||
	    totals->unaccounted_error == KS_UNKNOWN ||
	    totals->unaccounted <= (int64_t)totals->unaccounted_error)
		return;
	bytes = totals->unaccounted - totals->unaccounted_error;
	if (ks_permille(bytes, totals->managed) < STOCK_PERMILLE)
		return;
	finding = ks_finding_add(c->verdict, KS_FINDING_UNACCOUNTED);
	if (!finding)
		return;
	finding->cache = "unaccounted";
	finding->total_bytes = totals->unaccounted;
	ks_case_rate(c, finding, 0);
	finding->sure = KS_POSSIBLE;
	finding->why_sure =
		"some drivers need much, and it does not grow now";
	ks_summarize(c, finding,
		     "no counter of the kernel explains %s, %s of memory",
		     ks_words_bytes(finding->total_bytes).text,
		     ks_words_share(finding->memory_permille).text);
	ks_tell(c, &finding->evidence,
		"unaccounted pages: %s, off by at most %s; they do not grow now",
		ks_words_bytes(finding->total_bytes).text,
		ks_words_bytes(totals->unaccounted_error).text);
	ks_tell(c, &finding->unknown, "who took it, and when");
}

void ks_judge_pages(struct ks_case *c)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sources); i++)
		source_judge(c, i);
	unaccounted_stock(c);
}
