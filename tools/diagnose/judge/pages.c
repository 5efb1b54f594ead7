// SPDX-License-Identifier: GPL-2.0-only
/* Memory that grows by page, outside the slab caches. */
#include <linux/kmemscope.h>

#include "diagnose/judge/judge.h"
#include "diagnose/judge/totals.h"
#include "lib/array.h"
#include "lib/words.h"

/* So much that no counter explains is remarkable even if it does not grow. */
#define STOCK_PERMILLE 200

/* What the host's row says at one point in time, in pages. */
static bool pages_at(const struct kms_case *c, size_t at, uint16_t attr,
		     int64_t *pages)
{
	const struct kms_look_at *looked = &c->look->at[at];
	size_t row;

	return kms_look_at_host(looked, &row) &&
	       kms_field_signed(&looked->nodes, row, attr, pages);
}

/* Slab memory in no cache: kmalloc() hands out what is large by page. */
static bool large_at(const struct kms_case *c, size_t at, int64_t *pages)
{
	const struct kms_rows *slabs = &c->look->at[at].slabs;
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
		bytes = kms_field(slabs, i, KMEMSCOPE_A_SLAB_TOTAL_BYTES);
		if (bytes != KMS_UNKNOWN)
			sum += bytes / c->look->page_bytes;
	}
	*pages = reclaimable + unreclaimable - sum;
	return true;
}

typedef bool pages_fn(const struct kms_case *c, size_t at, int64_t *pages);

static bool unaccounted_at(const struct kms_case *c, size_t at, int64_t *pages)
{
	return pages_at(c, at, KMEMSCOPE_A_NODE_UNACCOUNTED_PAGES, pages);
}

static bool stacks_at(const struct kms_case *c, size_t at, int64_t *pages)
{
	return pages_at(c, at, KMEMSCOPE_A_NODE_KERNEL_STACK_PAGES, pages);
}

static bool tables_at(const struct kms_case *c, size_t at, int64_t *pages)
{
	return pages_at(c, at, KMEMSCOPE_A_NODE_PAGE_TABLE_PAGES, pages);
}

static bool percpu_at(const struct kms_case *c, size_t at, int64_t *pages)
{
	return pages_at(c, at, KMEMSCOPE_A_NODE_PERCPU_PAGES, pages);
}

static bool gpu_at(const struct kms_case *c, size_t at, int64_t *pages)
{
	return pages_at(c, at, KMEMSCOPE_A_NODE_GPU_PAGES, pages);
}

/* Without the kernel's stacks, which are told of by themselves. */
static bool vmalloc_at(const struct kms_case *c, size_t at, int64_t *pages)
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
	enum kms_finding_kind kind;
	const char *counter;
	const char *what;
	const char *owners;	/* who has it, and how to find out */
} sources[] = {
	{ unaccounted_at, KMS_FINDING_UNACCOUNTED, "unaccounted",
	  "memory that no kernel counter explains grows",
	  "who allocates: pages carry no name; drivers take such pages" },
	{ large_at, KMS_FINDING_LARGE_KMALLOC, "large_kmalloc",
	  "large kmalloc() allocations, which are in no slab cache, grow",
	  "who allocates: large allocations are not traced" },
	{ vmalloc_at, KMS_FINDING_PAGES, "vmalloc",
	  "memory taken by vmalloc() grows",
	  "who allocates: /proc/vmallocinfo lists the callers" },
	{ percpu_at, KMS_FINDING_PAGES, "percpu",
	  "memory of the per-CPU allocator grows",
	  "who allocates: cgroups, mounts and network devices take most of it" },
	{ stacks_at, KMS_FINDING_PAGES, "kernel_stack",
	  "kernel stacks grow: the number of threads increases",
	  "whose threads: compare Threads: in /proc/PID/status" },
	{ tables_at, KMS_FINDING_PAGES, "page_table",
	  "page tables of processes grow",
	  "whose page tables: compare VmPTE: in /proc/PID/status" },
	{ gpu_at, KMS_FINDING_PAGES, "gpu",
	  "memory of GPU drivers grows",
	  "who allocates: the driver's files in debugfs may tell" },
};

/* Pages that a balloon took in the look and left managed: none if unknown. */
static int64_t balloon_growth(const struct kms_case *c)
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
		if (!pages_at(c, KMS_LOOK_FIRST, part[i].attr, &first) ||
		    !pages_at(c, KMS_LOOK_LAST, part[i].attr, &last))
			return 0;
		sum += part[i].sign * (last - first);
	}
	return sum < 0 ? -sum : sum;
}

/* The error that both looks have is in both, but lags may have moved. */
int64_t kms_unaccounted_error(const struct kms_case *c)
{
	int64_t first, last;

	if (!pages_at(c, KMS_LOOK_FIRST,
		      KMEMSCOPE_A_NODE_UNACCOUNTED_ERROR_PAGES, &first) ||
	    !pages_at(c, KMS_LOOK_LAST,
		      KMEMSCOPE_A_NODE_UNACCOUNTED_ERROR_PAGES, &last))
		return 0;
	return (first + last + balloon_growth(c)) *
	       (int64_t)c->look->page_bytes;
}

/* The other sources are one counter each, which the module reads exactly. */
static int64_t error_bytes(const struct kms_case *c, size_t source)
{
	return sources[source].kind == KMS_FINDING_UNACCOUNTED ?
		kms_unaccounted_error(c) : 0;
}

static void source_tell(struct kms_case *c, struct kms_finding *finding,
			size_t source, int64_t error)
{
	const char *size = kms_strings_add(c->strings,
			"%s memory grew by %s in %.1f s",
			sources[source].counter,
			kms_words_bytes(finding->growth_bytes).text, c->ns / 1e9);

	kms_summarize(c, finding, "%s by %s/s", sources[source].what,
		      kms_words_bytes(finding->bytes_per_second).text);
	if (error)
		kms_tell(c, &finding->evidence, "%s; it may be off by %s", size,
			 kms_words_bytes(error).text);
	else
		kms_lines_add(&finding->evidence, size);
	kms_lines_add(&finding->unknown, sources[source].owners);
}

static void source_judge(struct kms_case *c, size_t source)
{
	int64_t first, middle, last, bytes, error = error_bytes(c, source);
	int64_t page = c->look->page_bytes;
	struct kms_finding *finding;
	bool steady;

	if (!sources[source].at(c, KMS_LOOK_FIRST, &first) ||
	    !sources[source].at(c, KMS_LOOK_MIDDLE, &middle) ||
	    !sources[source].at(c, KMS_LOOK_LAST, &last))
		return;
	bytes = (last - first) * page;
	if (bytes <= error || bytes < kms_case_pages_floor(c))
		return;
	/* A burst says nothing: it may be one program that started. */
	if (middle <= first || last <= middle)
		return;
	finding = kms_finding_add(c->verdict, sources[source].kind);
	if (!finding)
		return;
	finding->cache = sources[source].counter;
	if (last > 0)
		finding->total_bytes = last * page;
	kms_case_rate(c, finding, bytes);
	steady = kms_case_is_steady(c, middle - first, last - middle);
	finding->sure = !steady ? KMS_POSSIBLE :
			bytes > 2 * error ? KMS_CERTAIN : KMS_LIKELY;
	finding->why_sure = steady ?
		"it grew throughout, by more than its error" :
		"it grew in both parts of the look, but not at the same rate";
	source_tell(c, finding, source, error);
}

static void unaccounted_stock(struct kms_case *c)
{
	const struct kms_totals *totals = &c->verdict->totals;
	struct kms_finding *finding;
	uint64_t bytes;
	size_t i;

	for (i = 0; i < c->verdict->nr_findings; i++)
		if (c->verdict->finding[i].kind == KMS_FINDING_UNACCOUNTED)
			return;
	if (!totals->unaccounted_known || totals->managed == KMS_UNKNOWN ||
	    totals->unaccounted_error == KMS_UNKNOWN ||
	    totals->unaccounted <= (int64_t)totals->unaccounted_error)
		return;
	bytes = totals->unaccounted - totals->unaccounted_error;
	if (kms_permille(bytes, totals->managed) < STOCK_PERMILLE)
		return;
	finding = kms_finding_add(c->verdict, KMS_FINDING_UNACCOUNTED);
	if (!finding)
		return;
	finding->cache = "unaccounted";
	finding->total_bytes = totals->unaccounted;
	kms_case_rate(c, finding, 0);
	finding->sure = KMS_POSSIBLE;
	finding->why_sure =
		"some drivers need much, and no growth was seen";
	kms_summarize(c, finding,
		      "no kernel counter explains %s, %s of memory",
		      kms_words_bytes(finding->total_bytes).text,
		      kms_words_share(finding->memory_permille).text);
	kms_tell(c, &finding->evidence,
		 "unaccounted memory: %s, off by at most %s; no growth beyond that was seen",
		 kms_words_bytes(finding->total_bytes).text,
		 kms_words_bytes(totals->unaccounted_error).text);
	kms_tell(c, &finding->unknown, "who took it, and when: no counter or trace shows it");
}

void kms_judge_pages(struct kms_case *c)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sources); i++)
		source_judge(c, i);
	unaccounted_stock(c);
}
