// SPDX-License-Identifier: GPL-2.0-only
/* Memory that grows by page, outside the slab caches. */
#include <string.h>

#include "diagnose/judge/growers.h"
#include "diagnose/judge/judge.h"
#include "diagnose/judge/totals.h"
#include "diagnose/judge/vmalloc.h"
#include "lib/words.h"

/*
 * This much of memory is remarkable even without growth: drivers may need much,
 * but where owners can be found less is worth looking for them.
 */
#define DRIVERS_PERMILLE 200
#define STOCK_PERMILLE 100

/* Processes with this share are the cause, as far as the counter shows it. */
#define CAUSE_PERMILLE 500

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
	const char *cause;
	const struct kms_measure *measure;	/* of processes, or NULL */
} sources[NR_SOURCES] = {
	[UNACCOUNTED] = {
		.kind = KMS_FINDING_UNACCOUNTED,
		.counter = "unaccounted",
		.what = "unaccounted memory",
		.means = ": no kernel counter explains it",
		.owners = "who allocates it: pages that no counter has carry no name",
		.cause = "unaccounted",
	},
	[LARGE_KMALLOC] = {
		.kind = KMS_FINDING_LARGE_KMALLOC,
		.counter = "large_kmalloc",
		.what = "large kmalloc() memory",
		.means = ": it is in no slab cache",
		.owners = "who allocates it: large allocations are not traced",
		.cause = "driver_pages",
	},
	[VMALLOC] = {
		.kind = KMS_FINDING_PAGES,
		.counter = "vmalloc",
		.what = "vmalloc memory",
		.means = "",
		.owners = "who allocates it: /proc/vmallocinfo lists the callers",
		.cause = "vmalloc",
	},
	[PERCPU] = {
		.kind = KMS_FINDING_PAGES,
		.counter = "percpu",
		.what = "memory of the per-CPU allocator",
		.means = "",
		.owners = "who allocates it: mostly cgroups, mounts and network devices",
		.cause = "percpu",
	},
	[KERNEL_STACK] = {
		.kind = KMS_FINDING_PAGES,
		.counter = "kernel_stack",
		.what = "memory of kernel stacks",
		.means = ": the number of threads increases",
		.owners = "whose threads: compare Threads: in /proc/PID/status",
		.cause = "threads",
		.measure = &kms_measure_threads,
	},
	[PAGE_TABLE] = {
		.kind = KMS_FINDING_PAGES,
		.counter = "page_table",
		.what = "memory of page tables",
		.means = "",
		.owners = "whose page tables: compare VmPTE: in /proc/PID/status",
		.cause = "page_tables",
		.measure = &kms_measure_page_tables,
	},
	[GPU] = {
		.kind = KMS_FINDING_PAGES,
		.counter = "gpu",
		.what = "memory of GPU drivers",
		.means = "",
		.owners = "who allocates it: see the files of the driver in debugfs",
		.cause = "driver_pages",
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

static int64_t large_kmalloc(const struct kms_observation *obs,
			     const struct kms_moment *moment)
{
	int64_t bytes = kms_large_kmalloc(obs, moment);

	return bytes == KMS_UNKNOWN_SIGNED ? bytes :
					     bytes / (int64_t)obs->page_bytes;
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
	pages.of[LARGE_KMALLOC] = large_kmalloc(c->obs, moment);
	/* Kernel stacks are in vmalloc memory, and a source of their own. */
	pages.of[VMALLOC] = less(host->vmalloc_pages,
				 host->kernel_stack_pages);
	pages.of[PERCPU] = pages_of(host->percpu_pages);
	pages.of[KERNEL_STACK] = pages_of(host->kernel_stack_pages);
	pages.of[PAGE_TABLE] = pages_of(host->page_table_pages);
	pages.of[GPU] = pages_of(host->gpu_pages);
	return pages;
}

/* Is the first of the holders the cause? */
static bool has_cause(const struct kms_finding *finding)
{
	return finding->nr_holders &&
	       finding->holder[0].share_permille >= CAUSE_PERMILLE;
}

static void threads_summarize(struct kms_case *c, struct kms_finding *finding)
{
	const struct kms_found_holder *first = &finding->holder[0];

	kms_summarize(c, finding, "%s %s %llu threads, %llu more a second",
		      kms_holder_words(c, first),
		      first->nr_alike > 1 ? "have" : "has",
		      (unsigned long long)first->nr,
		      (unsigned long long)kms_per_second(first->growth_nr,
							 c->ns));
}

static void summary_fill(struct kms_case *c, struct kms_finding *finding,
			 enum source source)
{
	const struct kms_found_holder *first = &finding->holder[0];

	if (source == KERNEL_STACK && has_cause(finding))
		threads_summarize(c, finding);
	else if (has_cause(finding))
		kms_summarize(c, finding, "%s %s by %s/s of %s",
			      kms_holder_words(c, first),
			      first->nr_alike > 1 ? "grow" : "grows",
			      kms_words_bytes(kms_per_second(first->growth_bytes,
							     c->ns)).text,
			      sources[source].measure->resource);
	else
		kms_summarize(c, finding, "%s grows by %s/s%s",
			      sources[source].what,
			      kms_words_bytes(finding->bytes_per_second).text,
			      sources[source].means);
}

/* Tables that map far more than the memory that is there. */
static void sparse_tell(struct kms_case *c, struct kms_finding *finding)
{
	const struct kms_found_holder *first = &finding->holder[0];
	const struct kms_process_memory *process = first->pid == KMS_UNKNOWN ?
		NULL : kms_process_memories_find(&c->obs->host[KMS_HOST_AFTER].processes,
						 first->pid);
	uint64_t bytes;

	if (!process)
		return;
	bytes = process->anon_bytes + process->file_bytes +
		process->shmem_bytes;
	kms_tell(c, &finding->evidence,
		 "%s has %s of page tables for %s of memory in use%s",
		 kms_holder_words(c, first),
		 kms_words_bytes(process->page_table_bytes).text,
		 kms_words_bytes(bytes).text,
		 bytes < process->page_table_bytes * 8 ?
		 ": it used far more addresses, and the tables stay" : "");
}

/* Slab caches that grow show the cause better, of which this is a part. */
static bool has_cache(const struct kms_verdict *verdict, enum source source)
{
	static const char * const caches[NR_SOURCES] = {
		[KERNEL_STACK] = "task_struct",
		[PAGE_TABLE] = "vm_area_struct",
	};
	size_t i;

	for (i = 0; caches[source] && i < verdict->nr_findings; i++)
		if (verdict->finding[i].kind == KMS_FINDING_UNRECLAIMABLE_SLAB &&
		    !strcmp(verdict->finding[i].cache, caches[source]))
			return true;
	return false;
}

static void holders_fill(struct kms_case *c, struct kms_finding *finding,
			 enum source source, bool grown)
{
	if (!sources[source].measure || has_cache(c->verdict, source))
		return;
	if (grown)
		kms_holders_grown(c, finding, sources[source].measure,
				  finding->growth_bytes);
	else
		kms_holders_largest(c, finding, sources[source].measure,
				    finding->total_bytes);
	if (source == PAGE_TABLE && has_cause(finding))
		sparse_tell(c, finding);
}

static void source_tell(struct kms_case *c, struct kms_finding *finding,
			enum source source, int64_t error)
{
	const char *size = kms_strings_add(c->strings,
			"%s grew by %s in %.1f s", sources[source].what,
			kms_words_bytes(finding->growth_bytes).text,
			c->ns / 1e9);
	bool known;

	if (error)
		kms_tell(c, &finding->evidence, "%s; it may be off by %s", size,
			 kms_words_bytes(error).text);
	else
		kms_lines_add(&finding->evidence, size);
	finding->cause = sources[source].cause;
	holders_fill(c, finding, source, true);
	known = has_cause(finding);
	if (source == VMALLOC || source == UNACCOUNTED)
		known |= kms_vmalloc_tell(c, finding, source == UNACCOUNTED);
	if (!known)
		kms_lines_add(&finding->unknown, sources[source].owners);
	summary_fill(c, finding, source);
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
	error = source == UNACCOUNTED ? c->unaccounted_error : 0;
	bytes = (last - first) * page;
	/* A burst shows nothing: it may be one program that started. */
	if (bytes <= error || bytes < c->pages_floor ||
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

static bool is_found(const struct kms_verdict *verdict, const char *counter)
{
	size_t i;

	for (i = 0; i < verdict->nr_findings; i++)
		if (verdict->finding[i].cache &&
		    !strcmp(verdict->finding[i].cache, counter))
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
	if (kms_permille(bytes, totals->managed) < DRIVERS_PERMILLE ||
	    is_found(c->verdict, "unaccounted"))
		return;
	finding = kms_finding_add(c->verdict, KMS_FINDING_UNACCOUNTED);
	if (!finding)
		return;
	finding->cache = "unaccounted";
	finding->cause = sources[UNACCOUNTED].cause;
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

/* Large, and not growing: whatever made it so may be over. */
static void source_stock(struct kms_case *c, enum source source, int64_t pages)
{
	const struct kms_totals *totals = &c->verdict->totals;
	uint64_t least = source == LARGE_KMALLOC || source == GPU ?
			 DRIVERS_PERMILLE : STOCK_PERMILLE;
	struct kms_finding *finding;
	uint64_t bytes;

	if (source == UNACCOUNTED || pages <= 0 ||
	    totals->managed == KMS_UNKNOWN)
		return;
	bytes = pages * (uint64_t)c->obs->page_bytes;
	if (kms_permille(bytes, totals->managed) < least ||
	    is_found(c->verdict, sources[source].counter))
		return;
	finding = kms_finding_add(c->verdict, sources[source].kind);
	if (!finding)
		return;
	finding->cache = sources[source].counter;
	finding->cause = sources[source].cause;
	finding->total_bytes = bytes;
	kms_case_rate(c, finding, 0);
	finding->sure = KMS_POSSIBLE;
	finding->why_sure =
		"it is this large, but that may be normal for this host";
	kms_tell(c, &finding->evidence, "%s: %s; it did not keep growing",
		 sources[source].what, kms_words_bytes(bytes).text);
	holders_fill(c, finding, source, false);
	if (!has_cause(finding))
		kms_lines_add(&finding->unknown, sources[source].owners);
	kms_summarize(c, finding, "%s, %s of memory, is %s%s%s",
		      kms_words_bytes(bytes).text,
		      kms_words_share(finding->memory_permille).text,
		      sources[source].what,
		      has_cause(finding) ? ", most of it of " : "",
		      has_cause(finding) ?
		      kms_holder_words(c, &finding->holder[0]) : "");
}

void kms_judge_pages(struct kms_case *c)
{
	struct pages pages[KMS_NR_MOMENTS];
	size_t i;

	for (i = 0; i < KMS_NR_MOMENTS; i++)
		pages[i] = pages_at(c, i);
	for (i = 0; i < NR_SOURCES; i++)
		source_judge(c, i, pages);
	for (i = 0; i < NR_SOURCES; i++)
		source_stock(c, i, pages[KMS_MOMENT_LAST].of[i]);
	unaccounted_stock(c);
}
