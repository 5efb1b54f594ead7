// SPDX-License-Identifier: GPL-2.0-only
/* Slab caches that grew, but for that of dentries. */
#include <string.h>

#include "diagnose/judge/allocators.h"
#include "diagnose/judge/cache.h"
#include "diagnose/judge/directories.h"
#include "diagnose/judge/headline.h"
#include "diagnose/judge/judge.h"
#include "diagnose/judge/trace.h"
#include "lib/words.h"

static const struct {
	enum kms_finding_kind finding;
	const char *what;
} kinds[] = {
	[KMS_CACHE_INODE] = { KMS_FINDING_INODES, "inodes" },
	[KMS_CACHE_MEMORY_INODE] = { KMS_FINDING_INODES, "files in memory" },
	[KMS_CACHE_RECLAIMABLE] = { KMS_FINDING_RECLAIMABLE_SLAB,
				   "reclaimable objects" },
	[KMS_CACHE_UNRECLAIMABLE] = { KMS_FINDING_UNRECLAIMABLE_SLAB,
				     "unreclaimable objects" },
};

/*
 * A leak too slow to be judged by bytes: a trace must have seen enough
 * objects, nearly all from one allocator, and next to none freed.
 */
#define MIN_SLOW_OBJECTS 10
#define MAX_FREED_PERMILLE 50
#define MIN_SLOW_SHARE_PERMILLE 900

static void slab_judge(struct kms_case *c, const struct kms_growth *growth)
{
	struct kms_finding *finding =
		kms_cache_finding(c, kinds[growth->kind].finding, growth, 1000);

	if (!finding)
		return;
	if (kms_cache_has_directory(growth->kind))
		kms_directories_fill(c, finding, KMS_DENTRIES_POSITIVE, true);
	kms_allocators_fill(c, finding);
	kms_headline_fill(c, finding,
			  growth->noun ?: kinds[growth->kind].what);
}

/* Objects in use at a moment; below 0: not known exactly. */
static int64_t objects_at(const struct kms_case *c, size_t number,
			  const char *name)
{
	const struct kms_slab_record *slab;
	int64_t sum = 0;

	kms_for_each(slab, &c->obs->moment[number].slabs) {
		if (!slab->name || strcmp(slab->name, name))
			continue;
		if (slab->nr_active_objects == KMS_UNKNOWN ||
		    slab->approximate == 1)
			return -1;
		sum += slab->nr_active_objects;
	}
	return sum;
}

/* Did objects come before and after the middle, at about the same rate? */
static bool came_throughout(const struct kms_case *c, const char *name)
{
	int64_t first = objects_at(c, KMS_MOMENT_FIRST, name);
	int64_t middle = objects_at(c, KMS_MOMENT_MIDDLE, name);
	int64_t last = objects_at(c, KMS_MOMENT_LAST, name);

	return first >= 0 && middle >= 0 && last >= 0 &&
	       kms_case_is_steady(c, middle - first, last - middle);
}

static bool leaks_slowly(const struct kms_case *c,
			 const struct kms_growth *growth)
{
	const struct kms_trace *trace = kms_case_trace(c, growth->name);
	uint64_t allocs, frees;

	if (!trace || growth->reclaimable || !growth->objects_known)
		return false;
	allocs = trace->total.nr_allocs;
	frees = trace->total.nr_frees;
	return allocs != KMS_UNKNOWN && frees != KMS_UNKNOWN &&
	       allocs >= MIN_SLOW_OBJECTS &&
	       kms_permille(frees, allocs) <= MAX_FREED_PERMILLE &&
	       growth->objects >= (int64_t)(allocs - frees) &&
	       came_throughout(c, growth->name);
}

/* Nothing is certain about so little, but silence would be wrong, too. */
static void slow_judge(struct kms_case *c, const struct kms_growth *growth)
{
	struct kms_growth objects = *growth;
	const struct kms_found_allocator *first;
	struct kms_finding *finding;

	/* Slabs have free slots: the objects grow before the cache does. */
	objects.bytes = growth->objects * growth->size;
	finding = kms_cache_finding(c, KMS_FINDING_UNRECLAIMABLE_SLAB, &objects,
				    1000);
	if (!finding)
		return;
	kms_allocators_fill(c, finding);
	first = &finding->allocator[0];
	if (!finding->nr_allocators ||
	    first->traced_permille < MIN_SLOW_SHARE_PERMILLE) {
		c->verdict->nr_findings--;
		return;
	}
	finding->severity = KMS_NOTICE;
	finding->sure = KMS_POSSIBLE;
	finding->why_sure =
		"few objects came, but steadily, and none of those traced was freed";
	kms_summarize(c, finding,
		      "the %s gets %llu objects a second from %s that stay, %s/s",
		      kms_cache_words(c, growth->name),
		      (unsigned long long)finding->objects_per_second,
		      first->label,
		      kms_words_bytes(finding->bytes_per_second).text);
	kms_tell(c, &finding->unknown,
		 "whether it is a leak: run again with --seconds 300");
}

static void slow_find(struct kms_case *c)
{
	size_t i;

	for (i = 0; i < c->growths.nr; i++)
		if (!kms_cache_is_judged(c, &c->growths.growth[i]) &&
		    leaks_slowly(c, &c->growths.growth[i]))
			slow_judge(c, &c->growths.growth[i]);
}

void kms_judge_slab(struct kms_case *c)
{
	size_t i;

	for (i = 0; i < c->growths.nr; i++)
		if (c->growths.growth[i].kind != KMS_CACHE_DENTRY &&
		    kms_cache_is_judged(c, &c->growths.growth[i]))
			slab_judge(c, &c->growths.growth[i]);
	slow_find(c);
}
