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

static void stock_add(struct ks_case *c, const struct ks_growth *growth)
{
	uint64_t negative = negative_bytes(c, growth);
	struct ks_finding *finding = ks_finding_add(c->verdict,
						    KS_FINDING_STOCK);
	const char *place = NULL;

	if (!finding)
		return;
	finding->cache = growth->name;
	finding->reclaimable = growth->reclaimable;
	finding->total_bytes = growth->total_bytes;
	finding->nr_objects = growth->nr_objects;
	ks_case_rate(c, finding, 0);
	finding->sure = finding->reclaimable ? KS_LIKELY : KS_POSSIBLE;
	finding->why_sure = finding->reclaimable ?
		"it is there; whether it hurts depends on how often memory is short" :
		"it is there, but may be what this host is for";
	ks_tell(c, &finding->evidence,
		"the slab cache %s has %s, %s of memory, and grew by less than %s",
		growth->name, ks_words_bytes(growth->total_bytes).text,
		ks_words_share(finding->memory_permille).text,
		ks_words_bytes(KS_NOISE_BYTES).text);
	if (negative)
		ks_tell(c, &finding->evidence,
			"%s of it are of names that do not exist, by the kernel's own count",
			ks_words_bytes(negative).text);
	if (growth->kind == KS_CACHE_DENTRY || growth->kind == KS_CACHE_INODE)
		ks_places_fill(c, finding,
			       2 * negative > growth->total_bytes ?
					KS_DENTRIES_NEGATIVE : KS_DENTRIES_ALL,
			       false);
	ks_tell(c, &finding->unknown,
		"who made it: a longer look, with --seconds, may meet the next run");
	if (finding->nr_places && finding->place[0].share_permille >= 500)
		place = finding->place[0].path;
	ks_summarize(c, finding,
		     "the slab cache %s has %s, %s of memory, and does not grow now%s%s",
		     growth->name, ks_words_bytes(growth->total_bytes).text,
		     ks_words_share(finding->memory_permille).text,
		     place ? "; most of it is from " : "", place ?: "");
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
