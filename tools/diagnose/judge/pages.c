// SPDX-License-Identifier: GPL-2.0-only
/* Memory that grows by page, outside the slab caches. */
#include "diagnose/judge/judge.h"
#include "diagnose/judge/totals.h"
#include "lib/array.h"
#include "lib/words.h"

/* This much of memory in no counter is remarkable even without growth. */
#define STOCK_PERMILLE 200

enum source {
	UNACCOUNTED,
	LARGE_KMALLOC,
	VMALLOC,
	PERCPU,
	KERNEL_STACK,
	PAGE_TABLE,
	GPU,
	NR_SOURCES,
};

static const struct {
	enum kms_finding_kind kind;
	const char *counter;
	const char *what;
	const char *means;	/* what its growth means, or "" */
	const char *owners;	/* who has it, and how to find out */
} sources[NR_SOURCES] = {
	[UNACCOUNTED] = {
		KMS_FINDING_UNACCOUNTED, "unaccounted",
		"unaccounted memory", ": no kernel counter explains it",
		"who allocates it: such pages carry no name; mostly drivers take them",
	},
	[LARGE_KMALLOC] = {
		KMS_FINDING_LARGE_KMALLOC, "large_kmalloc",
		"large kmalloc() memory", ": it is in no slab cache",
		"who allocates it: large allocations are not traced",
	},
	[VMALLOC] = {
		KMS_FINDING_PAGES, "vmalloc",
		"vmalloc memory", "",
		"who allocates it: /proc/vmallocinfo lists the callers",
	},
	[PERCPU] = {
		KMS_FINDING_PAGES, "percpu",
		"memory of the per-CPU allocator", "",
		"who allocates it: mostly cgroups, mounts and network devices",
	},
	[KERNEL_STACK] = {
		KMS_FINDING_PAGES, "kernel_stack",
		"memory of kernel stacks",
		": the number of threads increases",
		"whose threads: compare Threads: in /proc/PID/status",
	},
	[PAGE_TABLE] = {
		KMS_FINDING_PAGES, "page_table",
		"memory of page tables", "",
		"whose page tables: compare VmPTE: in /proc/PID/status",
	},
	[GPU] = {
		KMS_FINDING_PAGES, "gpu",
		"memory of GPU drivers", "",
		"who allocates it: see the files of the driver in debugfs",
	},
};

/* The pages of each source at a moment; KMS_UNKNOWN_SIGNED: not known. */
struct pages {
	int64_t of[NR_SOURCES];
};

static int64_t pages_of(uint64_t pages)
{
	return pages > INT64_MAX ? KMS_UNKNOWN_SIGNED : (int64_t)pages;
}

static int64_t less(uint64_t pages, uint64_t part)
{
	if (pages > INT64_MAX || part > INT64_MAX)
		return KMS_UNKNOWN_SIGNED;
	return pages - part;
}

/* Slab memory in no cache: kmalloc() takes large allocations by page. */
static int64_t large_kmalloc(const struct kms_moment *moment,
			     const struct kms_node_record *host,
			     uint32_t page_bytes)
{
	const struct kms_slab_record *slab;
	uint64_t sum = 0;

	if (!moment->slabs.nr || moment->partial ||
	    host->slab_reclaimable_pages == KMS_UNKNOWN ||
	    host->slab_unreclaimable_pages == KMS_UNKNOWN)
		return KMS_UNKNOWN_SIGNED;
	kms_for_each(slab, &moment->slabs)
		if (slab->total_bytes != KMS_UNKNOWN)
			sum += slab->total_bytes / page_bytes;
	return host->slab_reclaimable_pages + host->slab_unreclaimable_pages -
	       sum;
}

static struct pages pages_at(const struct kms_case *c, size_t number)
{
	const struct kms_moment *moment = &c->obs->moment[number];
	const struct kms_node_record *host = kms_moment_host(moment);
	struct pages pages;
	size_t i;

	for (i = 0; i < NR_SOURCES; i++)
		pages.of[i] = KMS_UNKNOWN_SIGNED;
	if (!host)
		return pages;
	pages.of[UNACCOUNTED] = host->unaccounted_pages;
	pages.of[LARGE_KMALLOC] = large_kmalloc(moment, host,
						c->obs->page_bytes);
	/* Kernel stacks are in vmalloc memory, and a source of their own. */
	pages.of[VMALLOC] = less(host->vmalloc_pages,
				 host->kernel_stack_pages);
	pages.of[PERCPU] = pages_of(host->percpu_pages);
	pages.of[KERNEL_STACK] = pages_of(host->kernel_stack_pages);
	pages.of[PAGE_TABLE] = pages_of(host->page_table_pages);
	pages.of[GPU] = pages_of(host->gpu_pages);
	return pages;
}

static void source_tell(struct kms_case *c, struct kms_finding *finding,
			enum source source, int64_t error)
{
	const char *size = kms_strings_add(c->strings,
			"%s grew by %s in %.1f s", sources[source].what,
			kms_words_bytes(finding->growth_bytes).text,
			c->ns / 1e9);

	kms_summarize(c, finding, "%s grows by %s/s%s", sources[source].what,
		      kms_words_bytes(finding->bytes_per_second).text,
		      sources[source].means);
	if (error)
		kms_tell(c, &finding->evidence, "%s; it may be off by %s", size,
			 kms_words_bytes(error).text);
	else
		kms_lines_add(&finding->evidence, size);
	kms_lines_add(&finding->unknown, sources[source].owners);
}

static void source_judge(struct kms_case *c, enum source source,
			 const struct pages pages[KMS_NR_MOMENTS])
{
	int64_t first = pages[KMS_MOMENT_FIRST].of[source];
	int64_t middle = pages[KMS_MOMENT_MIDDLE].of[source];
	int64_t last = pages[KMS_MOMENT_LAST].of[source];
	int64_t page = c->obs->page_bytes, bytes, error;
	struct kms_finding *finding;
	bool steady;

	if (first == KMS_UNKNOWN_SIGNED || middle == KMS_UNKNOWN_SIGNED ||
	    last == KMS_UNKNOWN_SIGNED)
		return;
	/* Each of the others is one counter, which the module reads exactly. */
	error = source == UNACCOUNTED ? kms_unaccounted_error(c) : 0;
	bytes = (last - first) * page;
	/* A burst shows nothing: it may be one program that started. */
	if (bytes <= error || bytes < kms_case_pages_floor(c) ||
	    middle <= first || last <= middle)
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
		"it grew before and after the middle, but at different rates";
	source_tell(c, finding, source, error);
}

static bool has_unaccounted(const struct kms_verdict *verdict)
{
	size_t i;

	for (i = 0; i < verdict->nr_findings; i++)
		if (verdict->finding[i].kind == KMS_FINDING_UNACCOUNTED)
			return true;
	return false;
}

static void unaccounted_stock(struct kms_case *c)
{
	const struct kms_totals *totals = &c->verdict->totals;
	struct kms_finding *finding;
	uint64_t bytes;

	if (!totals->unaccounted_known || totals->managed == KMS_UNKNOWN ||
	    totals->unaccounted_error == KMS_UNKNOWN ||
	    totals->unaccounted <= (int64_t)totals->unaccounted_error)
		return;
	bytes = totals->unaccounted - totals->unaccounted_error;
	if (kms_permille(bytes, totals->managed) < STOCK_PERMILLE ||
	    has_unaccounted(c->verdict))
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
	kms_tell(c, &finding->unknown, "who took it, and when: no counter or trace shows that");
}

void kms_judge_pages(struct kms_case *c)
{
	struct pages pages[KMS_NR_MOMENTS];
	size_t i;

	for (i = 0; i < KMS_NR_MOMENTS; i++)
		pages[i] = pages_at(c, i);
	for (i = 0; i < NR_SOURCES; i++)
		source_judge(c, i, pages);
	unaccounted_stock(c);
}
