// SPDX-License-Identifier: GPL-2.0-only
/* From an observation to a verdict; nothing here asks the kernel. */
#include <stdlib.h>
#include <string.h>

#include "diagnose/judge/judge.h"
#include "diagnose/judge/totals.h"
#include "diagnose/judge/verdict.h"
#include "lib/array.h"
#include "lib/words.h"

/* Harm comes first, then fast growth, then size. */
static int finding_compare(const void *a, const void *b)
{
	const struct kms_finding *left = a, *right = b;
	uint64_t left_rate = left->bytes_per_second;
	uint64_t right_rate = right->bytes_per_second;

	if (left->benign != right->benign)
		return left->benign ? 1 : -1;
	/* KMS_UNKNOWN + 1 is 0 */
	if (left_rate != right_rate)
		return left_rate + 1 < right_rate + 1 ? 1 : -1;
	if (left->total_bytes != right->total_bytes)
		return left->total_bytes + 1 < right->total_bytes + 1 ? 1 : -1;
	if (left->kind != right->kind)
		return (int)left->kind - (int)right->kind;
	return strcmp(left->cache ?: "", right->cache ?: "");
}

static void shares_fill(struct kms_verdict *verdict)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < verdict->nr_findings; i++)
		if (verdict->finding[i].growth_bytes != KMS_UNKNOWN)
			sum += verdict->finding[i].growth_bytes;
	for (i = 0; i < verdict->nr_findings; i++) {
		struct kms_finding *finding = &verdict->finding[i];

		if (finding->growth_bytes != KMS_UNKNOWN)
			finding->share_permille =
				kms_permille(finding->growth_bytes, sum);
	}
}

static void health_fill(struct kms_verdict *verdict)
{
	size_t i;

	for (i = 0; i < verdict->nr_findings; i++)
		if (!verdict->finding[i].benign)
			break;
	if (i < verdict->nr_findings)
		verdict->health = KMS_UNHEALTHY;
	else if (verdict->partial)
		verdict->health = KMS_HEALTH_UNKNOWN;
	else
		verdict->health = KMS_HEALTHY;
}

/* It must not claim more than was seen, so it names the floor. */
static void all_clear_fill(struct kms_case *c)
{
	static const char given_back[] =
		"nothing wrong found; the kernel reclaims %zu large or growing cache%s when needed";
	static const char below[] =
		"nothing wrong found: no kernel memory kept growing by more than %s/s";
	struct kms_verdict *verdict = c->verdict;
	uint64_t floor = verdict->floors.pages;

	if (floor != KMS_UNKNOWN &&
	    verdict->floors.reclaimable != KMS_UNKNOWN &&
	    verdict->floors.reclaimable > floor)
		floor = verdict->floors.reclaimable;
	if (verdict->health == KMS_HEALTH_UNKNOWN)
		verdict->summary =
			"nothing wrong found, but not everything could be examined";
	else if (verdict->nr_findings)
		verdict->summary =
			kms_strings_add(c->strings, given_back,
					verdict->nr_findings,
					verdict->nr_findings == 1 ? "" : "s");
	else if (floor == KMS_UNKNOWN)
		verdict->summary = "nothing wrong found in kernel memory";
	else
		verdict->summary = kms_strings_add(c->strings, below,
						   kms_words_bytes(floor).text);
}

static void summary_fill(struct kms_case *c)
{
	struct kms_verdict *verdict = c->verdict;
	const struct kms_finding *first = &verdict->finding[0];

	if (verdict->health != KMS_UNHEALTHY)
		all_clear_fill(c);
	else if (verdict->nr_findings == 1)
		verdict->summary = first->summary;
	else
		verdict->summary = kms_strings_add(c->strings, "%s (+%zu more)",
						   first->summary,
						   verdict->nr_findings - 1);
}

static void largest_fill(struct kms_case *c)
{
	size_t i;

	for (i = 0; i < c->all.nr; i++) {
		const struct kms_growth *growth = &c->all.growth[i];

		if (growth->bytes > c->largest)
			c->largest = growth->bytes;
		if (!growth->reclaimable &&
		    growth->bytes > c->largest_unreclaimable)
			c->largest_unreclaimable = growth->bytes;
	}
}

static bool growths_fill(struct kms_case *c)
{
	const struct kms_moment *moment = c->obs->moment;

	if (!kms_growths_find(&c->all, &moment[KMS_MOMENT_FIRST],
			      &moment[KMS_MOMENT_LAST]) ||
	    !kms_growths_find(&c->early, &moment[KMS_MOMENT_FIRST],
			      &moment[KMS_MOMENT_MIDDLE]) ||
	    !kms_growths_find(&c->late, &moment[KMS_MOMENT_MIDDLE],
			      &moment[KMS_MOMENT_LAST]))
		return false;
	c->ns = kms_moments_ns(c->obs, KMS_MOMENT_FIRST, KMS_MOMENT_LAST);
	largest_fill(c);
	return true;
}

static void (*const judges[])(struct kms_case *c) = {
	kms_judge_dentries,
	kms_judge_slab,
	kms_judge_pages,
	kms_judge_fragmentation,
	/* Those that need to know what the others found come last. */
	kms_judge_stock,
};

static void judge(struct kms_case *c)
{
	struct kms_verdict *verdict = c->verdict;
	size_t i;

	verdict->ns = c->ns;
	kms_floors_fill(c);
	for (i = 0; i < ARRAY_SIZE(judges); i++)
		judges[i](c);
	for (i = 0; i < verdict->nr_findings; i++)
		kms_benign_judge(c, &verdict->finding[i]);
	qsort(verdict->finding, verdict->nr_findings,
	      sizeof(verdict->finding[0]), finding_compare);
	shares_fill(verdict);
	for (i = 0; i < verdict->nr_findings; i++)
		kms_reclaimable_fill(c, &verdict->finding[i]);
	health_fill(verdict);
	summary_fill(c);
}

enum kms_status kms_verdict_make(struct kms_verdict *verdict,
				 const struct kms_observation *obs,
				 struct kms_error *err)
{
	struct kms_case c = {
		.obs = obs,
		.verdict = verdict,
		.strings = &verdict->strings,
	};
	size_t i;

	memset(verdict, 0, sizeof(*verdict));
	verdict->missing = &obs->missing;
	for (i = 0; i < KMS_NR_MOMENTS; i++)
		verdict->partial |= obs->moment[i].partial;
	verdict->partial |= obs->missing.nr > 0;
	kms_totals_fill(&verdict->totals, obs);
	if (growths_fill(&c))
		judge(&c);
	else
		verdict->strings.failed = true;
	kms_growths_free(&c.all);
	kms_growths_free(&c.early);
	kms_growths_free(&c.late);
	return verdict->strings.failed ? kms_fail_memory(err) : KMS_OK;
}

void kms_verdict_free(struct kms_verdict *verdict)
{
	kms_strings_free(&verdict->strings);
}
