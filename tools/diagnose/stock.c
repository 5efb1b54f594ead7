// SPDX-License-Identifier: GPL-2.0-only
/* Slab caches that are large, whether or not they grow now. */
#include <linux/kmemscope.h>
#include <string.h>

#include "diagnose/verdict.h"
#include "diagnose/words.h"

static bool is_found(const struct ks_case *c, const char *cache)
{
	size_t i;

	for (i = 0; i < c->verdict->nr_findings; i++)
		if (c->verdict->finding[i].cache &&
		    !strcmp(c->verdict->finding[i].cache, cache))
			return true;
	return false;
}

/* Memory of dentries of names that do not exist, as far as it is known. */
static uint64_t negative_bytes(const struct ks_case *c,
			       const struct ks_growth *growth)
{
	const struct ks_dentry_state *state =
		&c->look->at[KS_LOOK_LAST].dentries;

	if (growth->kind != KS_CACHE_DENTRY || !state->known ||
	    state->nr_negative == KS_UNKNOWN)
		return 0;
	return state->nr_negative * growth->size;
}

static bool is_large(const struct ks_case *c, const struct ks_growth *growth)
{
	uint64_t managed = c->verdict->totals.managed;
	uint64_t share = ks_permille(growth->total_bytes, managed);

	if (!growth->reclaimable)
		return share >= KS_STOCK_UNRECLAIMABLE_PERMILLE;
	return share >= KS_STOCK_RECLAIMABLE_PERMILLE ||
	       ks_permille(negative_bytes(c, growth), managed) >=
	       KS_STOCK_NEGATIVE_PERMILLE;
}

/* What it did in the look, which was no growth to speak of. */
static const char *change_words(struct ks_case *c,
				const struct ks_growth *growth)
{
	int64_t bytes = growth->bytes;
	uint64_t noise = ks_case_noise(c);

	if (bytes >= 0 && (uint64_t)bytes < noise)
		return ks_strings_add(c->strings,
				      "grew by less than %s in %.1f s",
				      ks_words_bytes(noise).text, c->ns / 1e9);
	return ks_strings_add(c->strings, "%s by %s in %.1f s",
			      bytes < 0 ? "shrank" : "grew",
			      ks_words_bytes(bytes < 0 ? -bytes : bytes).text,
			      c->ns / 1e9);
}

static const char *now_words(const struct ks_case *c,
			     const struct ks_growth *growth)
{
	uint64_t noise = ks_case_noise(c);

	if (growth->bytes >= 0 && (uint64_t)growth->bytes >= noise)
		return "growing slowly";
	if (growth->bytes < 0 && (uint64_t)-growth->bytes >= noise)
		return "shrinking";
	return "not growing now";
}

/* Objects that come and go though the cache keeps its size. */
static bool churns(const struct ks_case *c, const struct ks_growth *growth)
{
	const struct ks_traced *traced = ks_case_traced(c, growth->name);
	uint64_t allocs, ns;

	if (!traced || !c->ns)
		return false;
	allocs = ks_field(&traced->trace, 0, KMEMSCOPE_A_TRACE_NR_ALLOCS);
	ns = ks_field(&traced->trace, 0, KMEMSCOPE_A_TRACE_DURATION_NS);
	return allocs != KS_UNKNOWN && ns != KS_UNKNOWN &&
	       ks_per_second(allocs, ns) * growth->size >=
	       ks_per_second(ks_case_floor(c, true), c->ns);
}

static void stock_places(struct ks_case *c, struct ks_finding *finding,
			 const struct ks_growth *growth, uint64_t negative)
{
	enum ks_dentries which = finding->negative ? KS_DENTRIES_NEGATIVE :
						     KS_DENTRIES_ALL;

	if (negative)
		ks_tell(c, &finding->evidence,
			"%s of it are negative dentries, by the kernel's own count",
			ks_words_bytes(negative).text);
	if (ks_cache_has_directory(growth->kind))
		ks_places_fill(c, finding, which, false);
	if (churns(c, growth))
		ks_creators_fill(c, finding);
	else
		ks_tell(c, &finding->unknown,
			"who created it: run again with --seconds 300 to catch the next run");
}

static void stock_summarize(struct ks_case *c, struct ks_finding *finding,
			    const struct ks_growth *growth)
{
	const char *place = NULL;

	if (finding->nr_places && finding->place[0].share_permille >= 500)
		place = finding->place[0].path;
	ks_summarize(c, finding, "the %s cache is %s, %s of memory, %s%s%s",
		     growth->name, ks_words_bytes(growth->total_bytes).text,
		     ks_words_share(finding->memory_permille).text,
		     now_words(c, growth), place ? "; most from " : "",
		     place ?: "");
}

static void stock_add(struct ks_case *c, const struct ks_growth *growth)
{
	uint64_t negative = negative_bytes(c, growth);
	struct ks_finding *finding = ks_finding_add(c->verdict,
						    KS_FINDING_STOCK);

	if (!finding)
		return;
	finding->cache = growth->name;
	finding->reclaimable = growth->reclaimable;
	finding->total_bytes = growth->total_bytes;
	finding->nr_objects = growth->nr_objects;
	finding->negative = 2 * negative > growth->total_bytes ||
			    ks_permille(negative, c->verdict->totals.managed) >=
			    KS_STOCK_NEGATIVE_PERMILLE;
	ks_case_rate(c, finding, 0);
	finding->sure = finding->reclaimable ? KS_LIKELY : KS_POSSIBLE;
	finding->why_sure = finding->reclaimable ?
		"it is that large; whether it hurts depends on how often memory is short" :
		"it is that large, but that may be normal for this host";
	ks_tell(c, &finding->evidence,
		"the slab cache %s has %s, %s of memory; it %s", growth->name,
		ks_words_bytes(growth->total_bytes).text,
		ks_words_share(finding->memory_permille).text,
		change_words(c, growth));
	stock_places(c, finding, growth, negative);
	stock_summarize(c, finding, growth);
}

void ks_judge_stock(struct ks_case *c)
{
	size_t i;

	if (c->verdict->totals.managed == KS_UNKNOWN)
		return;
	for (i = 0; i < c->all.nr; i++)
		if (is_large(c, &c->all.growth[i]) &&
		    !is_found(c, c->all.growth[i].name))
			stock_add(c, &c->all.growth[i]);
}
