// SPDX-License-Identifier: GPL-2.0-only
/* Huge pages that are kept in a pool, and that no process uses. */
#include "diagnose/judge/judge.h"
#include "lib/words.h"

/* A pool may well have a few pages to spare. */
#define MIN_PERMILLE 50

/* This much is missing elsewhere. */
#define WARNING_PERMILLE 200

static uint64_t unused_bytes(const struct kms_huge_pool *pool)
{
	return kms_huge_pool_unused(pool) * pool->page_bytes;
}

static void severity_fill(const struct kms_case *c,
			  struct kms_finding *finding)
{
	if (kms_case_is_short(c)) {
		finding->severity = KMS_WARNING;
		finding->why_severe = "memory is short, and this is unused";
	} else if (finding->memory_permille >= WARNING_PERMILLE) {
		finding->severity = KMS_WARNING;
		finding->why_severe = "nothing else can use this much memory";
	} else {
		finding->severity = KMS_NOTICE;
		finding->why_severe = "nothing else can use it, but memory is available";
	}
}

/* All unused pages at the moment that they were counted in before. */
static void age_tell(struct kms_case *c, struct kms_finding *finding)
{
	const struct kms_node_record *first =
		kms_moment_host(&c->obs->moment[KMS_MOMENT_FIRST]);
	const struct kms_node_record *last =
		kms_moment_host(&c->obs->moment[KMS_MOMENT_LAST]);

	if (!first || !last || first->hugetlb_pages == KMS_UNKNOWN ||
	    last->hugetlb_pages == KMS_UNKNOWN)
		return;
	if (first->hugetlb_pages == last->hugetlb_pages)
		kms_tell(c, &finding->evidence,
			 "all pools have %s; that did not change",
			 kms_words_bytes(last->hugetlb_pages *
					 c->obs->page_bytes).text);
	else
		kms_tell(c, &finding->evidence,
			 "all pools have %s; they had %s before",
			 kms_words_bytes(last->hugetlb_pages *
					 c->obs->page_bytes).text,
			 kms_words_bytes(first->hugetlb_pages *
					 c->obs->page_bytes).text);
}

static void pools_tell(struct kms_case *c, struct kms_finding *finding,
		       const struct kms_huge_pools *pools)
{
	const struct kms_huge_pool *pool;
	size_t i;

	for (i = 0; i < pools->nr; i++) {
		pool = &pools->pool[i];
		if (!pool->nr)
			continue;
		kms_tell(c, &finding->evidence,
			 "pages of %s: %llu in the pool, %llu free, %llu of these reserved, %llu surplus",
			 kms_words_bytes(pool->page_bytes).text,
			 (unsigned long long)pool->nr,
			 (unsigned long long)pool->nr_free,
			 (unsigned long long)pool->nr_reserved,
			 (unsigned long long)pool->nr_surplus);
	}
}

void kms_judge_huge_pages(struct kms_case *c)
{
	const struct kms_huge_pools *pools =
		&c->obs->host[KMS_HOST_AFTER].huge_pools;
	const struct kms_huge_pool *pool;
	uint64_t bytes = 0, nr = 0, nr_all = 0;
	struct kms_finding *finding;
	size_t i;

	for (i = 0; i < pools->nr; i++) {
		pool = &pools->pool[i];
		bytes += unused_bytes(pool);
		nr += kms_huge_pool_unused(pool);
		nr_all += pool->nr;
	}
	if (!bytes || c->verdict->totals.managed == KMS_UNKNOWN ||
	    kms_permille(bytes, c->verdict->totals.managed) < MIN_PERMILLE)
		return;
	finding = kms_finding_add(c->verdict, KMS_FINDING_HUGE_PAGES);
	if (!finding)
		return;
	finding->cause = "huge_pages";
	finding->cache = "hugetlb";
	finding->total_bytes = bytes;
	kms_case_rate(c, finding, 0);
	finding->sure = KMS_CERTAIN;
	finding->why_sure = "the kernel counts these pages as free and not reserved";
	severity_fill(c, finding);
	pools_tell(c, finding, pools);
	age_tell(c, finding);
	kms_tell(c, &finding->unknown, "whether a program that is not running needs them");
	kms_summarize(c, finding,
		      "%s, %s of memory, are huge pages that nobody uses (%llu of %llu free)",
		      kms_words_bytes(bytes).text,
		      kms_words_share(finding->memory_permille).text,
		      (unsigned long long)nr, (unsigned long long)nr_all);
}
