// SPDX-License-Identifier: GPL-2.0-only
/* From an observation to a verdict; nothing here asks the kernel. */
#include <stdlib.h>
#include <string.h>

#include "diagnose/judge/causes.h"
#include "diagnose/judge/floors.h"
#include "diagnose/judge/judge.h"
#include "diagnose/judge/pressure.h"
#include "diagnose/judge/same_process.h"
#include "diagnose/judge/severity.h"
#include "diagnose/judge/totals.h"
#include "diagnose/judge/verdict.h"
#include "lib/array.h"
#include "lib/words.h"

/* With more available, caches do no harm. */
#define PLENTY_PERMILLE 200

/* People who were woken read no more. */
#define MAX_HEADLINE_WORDS 20

/* The more severe comes first, then fast growth, then size. */
static int finding_compare(const void *a, const void *b)
{
	const struct kms_finding *left = a, *right = b;
	uint64_t left_rate = left->bytes_per_second;
	uint64_t right_rate = right->bytes_per_second;

	if (left->severity != right->severity)
		return left->severity < right->severity ? 1 : -1;
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
	verdict->severity = kms_severity_highest(verdict);
	if (verdict->severity >= KMS_WARNING)
		verdict->health = KMS_UNHEALTHY;
	else if (verdict->partial)
		verdict->health = KMS_HEALTH_UNKNOWN;
	else
		verdict->health = KMS_HEALTHY;
}

static size_t words_count(const char *text)
{
	size_t nr = *text != '\0';

	for (; *text; text++)
		nr += *text == ' ';
	return nr;
}

/* Is one of them a leak, though a slow one? */
static bool has_leak(const struct kms_verdict *verdict)
{
	const struct kms_finding *finding;
	size_t i;

	for (i = 0; i < verdict->nr_findings; i++) {
		finding = &verdict->finding[i];
		if (!finding->reclaimable && finding->sure > KMS_POSSIBLE)
			return true;
	}
	return false;
}

/* All findings are notices: say so, and what the first of them is. */
static void notices_fill(struct kms_case *c)
{
	struct kms_verdict *verdict = c->verdict;

	verdict->summary =
		kms_strings_add(c->strings, "nothing %s: %s",
				has_leak(verdict) ? "urgent" : "wrong",
				verdict->finding[0].summary);
	if (verdict->nr_findings > 1 &&
	    words_count(verdict->summary) + 2 <= MAX_HEADLINE_WORDS)
		verdict->summary = kms_strings_add(c->strings, "%s (+%zu more)",
						   verdict->summary,
						   verdict->nr_findings - 1);
}

/* It must not claim more than was seen, so it names the floor. */
static void all_clear_fill(struct kms_case *c)
{
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
		notices_fill(c);
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

static int64_t bytes_in(const struct kms_growths *growths, const char *name)
{
	const struct kms_growth *growth = kms_growths_of(growths, name);

	return growth ? growth->bytes : 0;
}

static void growth_complete(struct kms_case *c, struct kms_growth *growth,
			    const struct kms_growths *early,
			    const struct kms_growths *late)
{
	growth->early_bytes = bytes_in(early, growth->name);
	growth->late_bytes = bytes_in(late, growth->name);
	if (growth->bytes > c->largest)
		c->largest = growth->bytes;
	if (!growth->reclaimable && growth->bytes > c->largest_unreclaimable)
		c->largest_unreclaimable = growth->bytes;
}

/* False when memory is out. */
static bool growths_fill(struct kms_case *c)
{
	const struct kms_moment *first = &c->obs->moment[KMS_MOMENT_FIRST];
	const struct kms_moment *middle = &c->obs->moment[KMS_MOMENT_MIDDLE];
	const struct kms_moment *last = &c->obs->moment[KMS_MOMENT_LAST];
	struct kms_growths early = { 0 }, late = { 0 };
	bool complete;
	size_t i;

	complete = kms_growths_find(&c->growths, first, last) &&
		   kms_growths_find(&early, first, middle) &&
		   kms_growths_find(&late, middle, last);
	for (i = 0; complete && i < c->growths.nr; i++)
		growth_complete(c, &c->growths.growth[i], &early, &late);
	kms_growths_free(&early);
	kms_growths_free(&late);
	c->ns = last->boottime_ns - first->boottime_ns;
	if (middle->boottime_ns > first->boottime_ns)
		c->early_ns = middle->boottime_ns - first->boottime_ns;
	if (last->boottime_ns > middle->boottime_ns)
		c->late_ns = last->boottime_ns - middle->boottime_ns;
	return complete;
}

/* Fill in what the judges share; false when memory is out. */
static bool case_fill(struct kms_case *c)
{
	struct kms_totals *totals = &c->verdict->totals;
	size_t i;

	kms_totals_fill(totals, c->obs);
	c->plenty = totals->managed != KMS_UNKNOWN &&
		    totals->available != KMS_UNKNOWN &&
		    kms_permille(totals->available, totals->managed) >=
		    PLENTY_PERMILLE;
	for (i = 0; i < KMS_NR_WALKS; i++)
		if (c->obs->walk[i].done)
			c->walk = &c->obs->walk[i];
	if (!growths_fill(c))
		return false;
	kms_pressure_fill(c);
	c->unaccounted_error = kms_unaccounted_error(c->obs);
	kms_floors_fill(c);
	return true;
}

static void (*const judges[])(struct kms_case *c) = {
	kms_judge_dentries,
	kms_judge_slab,
	kms_judge_pages,
	kms_judge_fragmentation,
	kms_judge_process_memory,
	kms_judge_shared_memory,
	kms_judge_huge_pages,
	kms_judge_zombies,
	/* Those that need to know what the others found come last. */
	kms_judge_stock,
	kms_judge_node_full,
};

static void judge(struct kms_case *c)
{
	struct kms_verdict *verdict = c->verdict;
	size_t i;

	verdict->ns = c->ns;
	for (i = 0; i < ARRAY_SIZE(judges); i++)
		judges[i](c);
	kms_causes_judge(c);
	kms_same_process_judge(c);
	for (i = 0; i < verdict->nr_findings; i++)
		kms_severity_judge(c, &verdict->finding[i]);
	kms_pressure_judge(c);
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
	if (case_fill(&c))
		judge(&c);
	else
		verdict->strings.failed = true;
	kms_growths_free(&c.growths);
	return verdict->strings.failed ? kms_fail_memory(err) : KMS_OK;
}

void kms_verdict_free(struct kms_verdict *verdict)
{
	kms_strings_free(&verdict->strings);
}
