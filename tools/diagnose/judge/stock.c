// SPDX-License-Identifier: GPL-2.0-only
/* Slab caches that are large, whether or not they grow now. */
#include <string.h>

#include "diagnose/judge/allocators.h"
#include "diagnose/judge/directories.h"
#include "diagnose/judge/headline.h"
#include "diagnose/judge/judge.h"
#include "diagnose/judge/trace.h"
#include "lib/words.h"

/*
 * This much of memory in one cache is remarkable even without growth.  A
 * reclaimable cache takes only memory that is not needed; memory that cannot
 * be reclaimed has an owner.
 */
#define RECLAIMABLE_PERMILLE 200
#define NEGATIVE_PERMILLE 100

static bool is_found(const struct kms_case *c, const char *cache)
{
	size_t i;

	for (i = 0; i < c->verdict->nr_findings; i++)
		if (c->verdict->finding[i].cache &&
		    !strcmp(c->verdict->finding[i].cache, cache))
			return true;
	return false;
}

/* Memory of negative dentries, as far as the kernel counts them. */
static uint64_t negative_bytes(const struct kms_case *c,
			       const struct kms_growth *growth)
{
	const struct kms_dentry_state *state =
		&c->obs->moment[KMS_MOMENT_LAST].dentries;

	if (growth->kind != KMS_CACHE_DENTRY || !state->known ||
	    state->nr_negative == KMS_UNKNOWN)
		return 0;
	return kms_case_negative_bytes(c);
}

static bool is_large(const struct kms_case *c, const struct kms_growth *growth)
{
	uint64_t managed = c->verdict->totals.managed;
	uint64_t share = kms_permille(growth->total_bytes, managed);

	if (!growth->reclaimable)
		return share >= KMS_STOCK_PERMILLE;
	return share >= RECLAIMABLE_PERMILLE ||
	       kms_permille(negative_bytes(c, growth), managed) >=
	       NEGATIVE_PERMILLE;
}

/* How its size changed, which is no growth that matters. */
static const char *change_words(struct kms_case *c,
				const struct kms_growth *growth)
{
	int64_t bytes = growth->bytes;

	if (bytes >= 0 && (uint64_t)bytes < c->noise)
		return kms_strings_add(c->strings,
				       "grew by less than %s in %.1f s",
				       kms_words_bytes(c->noise).text,
				       c->ns / 1e9);
	return kms_strings_add(c->strings, "%s by %s in %.1f s",
			       bytes < 0 ? "shrank" : "grew",
			       kms_words_bytes(bytes < 0 ? -bytes : bytes).text,
			       c->ns / 1e9);
}

static const char *now_words(const struct kms_case *c,
			     const struct kms_growth *growth)
{
	if (growth->bytes >= 0 && (uint64_t)growth->bytes >= c->noise)
		return "growing slowly";
	if (growth->bytes < 0 && (uint64_t)-growth->bytes >= c->noise)
		return "shrinking";
	return "not growing now";
}

/* Objects that come and go though the cache keeps its size. */
static bool churns(const struct kms_case *c, const struct kms_growth *growth)
{
	const struct kms_trace *trace = kms_case_trace(c, growth->name);

	return trace && c->ns && trace->total.nr_allocs != KMS_UNKNOWN &&
	       trace->total.duration_ns != KMS_UNKNOWN &&
	       kms_per_second(trace->total.nr_allocs,
			      trace->total.duration_ns) * growth->size >=
	       kms_per_second(c->floor[true], c->ns);
}

static void stock_directories(struct kms_case *c, struct kms_finding *finding,
			      const struct kms_growth *growth,
			      uint64_t negative)
{
	enum kms_dentries which = finding->negative ? KMS_DENTRIES_NEGATIVE :
						     KMS_DENTRIES_ALL;

	if (negative)
		kms_tell(c, &finding->evidence,
			 "%s of it is negative dentries, by the kernel's own count",
			 kms_words_bytes(negative).text);
	if (kms_cache_has_directory(growth->kind))
		kms_directories_fill(c, finding, which, false);
	if (churns(c, growth))
		kms_allocators_fill(c, finding);
	else
		kms_tell(c, &finding->unknown,
			 "what filled it: run again with --seconds 300 to catch it");
}

static void stock_summarize(struct kms_case *c, struct kms_finding *finding,
			    const struct kms_growth *growth)
{
	const char *directory = NULL;

	if (finding->nr_directories &&
	    finding->directory[0].share_permille >= 500)
		directory = finding->directory[0].path;
	kms_summarize(c, finding, "the %s holds %s, %s of memory, %s%s%s",
		      kms_cache_words(c, growth->name), kms_words_bytes(growth->total_bytes).text,
		      kms_words_share(finding->memory_permille).text,
		      now_words(c, growth), directory ? "; most of it in " : "",
		      directory ?: "");
}

static void stock_add(struct kms_case *c, const struct kms_growth *growth)
{
	uint64_t negative = negative_bytes(c, growth);
	struct kms_finding *finding = kms_finding_add(c->verdict,
						      KMS_FINDING_STOCK);

	if (!finding)
		return;
	finding->cache = growth->name;
	finding->reclaimable = growth->reclaimable;
	finding->total_bytes = growth->total_bytes;
	finding->nr_objects = growth->nr_objects;
	finding->negative =
		2 * negative > growth->total_bytes ||
		kms_permille(negative, c->verdict->totals.managed) >=
			NEGATIVE_PERMILLE;
	kms_case_rate(c, finding, 0);
	finding->sure = finding->reclaimable ? KMS_LIKELY : KMS_POSSIBLE;
	finding->why_sure = finding->reclaimable ?
		"it is this large; whether it hurts depends on how often memory is short" :
		"it is this large, but that may be normal for this host";
	kms_tell(c, &finding->evidence,
		 "the slab cache %s holds %s, %s of memory; it %s", growth->name,
		 kms_words_bytes(growth->total_bytes).text,
		 kms_words_share(finding->memory_permille).text,
		 change_words(c, growth));
	stock_directories(c, finding, growth, negative);
	stock_summarize(c, finding, growth);
}

void kms_judge_stock(struct kms_case *c)
{
	size_t i;

	if (c->verdict->totals.managed == KMS_UNKNOWN)
		return;
	for (i = 0; i < c->growths.nr; i++)
		if (is_large(c, &c->growths.growth[i]) &&
		    !is_found(c, c->growths.growth[i].name))
			stock_add(c, &c->growths.growth[i]);
}
