// SPDX-License-Identifier: GPL-2.0-only
/* From what was looked at to what is wrong; nothing here asks the kernel. */
#include <stdlib.h>
#include <string.h>

#include "diagnose/judge/judge.h"
#include "diagnose/judge/totals.h"
#include "diagnose/judge/verdict.h"
#include "lib/words.h"

/* What does harm comes first; then what grows, the fastest of it; then by size. */
static int order(const void *a, const void *b)
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

/* It must not claim more than was seen: that is what its floor is for. */
static void all_clear_fill(struct kms_case *c)
{
	static const char given_back[] =
		"nothing wrong found; %zu large or growing cache%s will be given back when needed";
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

static void grown_fill(struct kms_case *c)
{
	size_t i;

	for (i = 0; i < c->all.nr; i++) {
		const struct kms_growth *growth = &c->all.growth[i];

		if (growth->bytes > c->grown)
			c->grown = growth->bytes;
		if (!growth->reclaimable &&
		    growth->bytes > c->grown_unreclaimable)
			c->grown_unreclaimable = growth->bytes;
	}
}

static bool growths_fill(struct kms_case *c)
{
	const struct kms_look_at *at = c->look->at;

	if (!kms_growths_find(&c->all, &at[KMS_LOOK_FIRST],
			      &at[KMS_LOOK_LAST]) ||
	    !kms_growths_find(&c->early, &at[KMS_LOOK_FIRST],
			      &at[KMS_LOOK_MIDDLE]) ||
	    !kms_growths_find(&c->late, &at[KMS_LOOK_MIDDLE],
			      &at[KMS_LOOK_LAST]))
		return false;
	c->ns = at[KMS_LOOK_LAST].boottime_ns - at[KMS_LOOK_FIRST].boottime_ns;
	grown_fill(c);
	return true;
}

static void judge(struct kms_case *c)
{
	struct kms_verdict *verdict = c->verdict;
	size_t i;

	verdict->ns = c->ns;
	kms_floors_fill(c);
	kms_judge_caches(c);
	kms_judge_pages(c);
	kms_judge_fragmentation(c);
	kms_judge_stock(c);
	for (i = 0; i < verdict->nr_findings; i++)
		kms_benign_judge(c, &verdict->finding[i]);
	qsort(verdict->finding, verdict->nr_findings,
	      sizeof(verdict->finding[0]), order);
	shares_fill(verdict);
	for (i = 0; i < verdict->nr_findings; i++)
		kms_reclaimable_fill(c, &verdict->finding[i]);
	health_fill(verdict);
	summary_fill(c);
}

enum kms_status kms_verdict_make(struct kms_verdict *verdict,
				 const struct kms_look *look,
				 struct kms_error *err)
{
	struct kms_case c = {
		.look = look,
		.verdict = verdict,
		.strings = &verdict->strings,
	};
	size_t i;

	memset(verdict, 0, sizeof(*verdict));
	verdict->missing = &look->missing;
	for (i = 0; i < KMS_NR_LOOKS; i++)
		verdict->partial |= look->at[i].partial;
	verdict->partial |= look->missing.nr > 0;
	kms_totals_fill(&verdict->totals, look);
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
