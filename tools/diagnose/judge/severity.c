// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much harm a finding does, apart from how sure it is.  A false alarm costs
 * as much as a missed one: who gets many reads none.
 */
#include "diagnose/judge/severity.h"
#include "lib/words.h"

/*
 * What cannot be reclaimed fills the memory.  Within an hour somebody has to get
 * up; within a month somebody has to plan a fix.
 */
#define CRITICAL_SECONDS 3600
#define WARNING_SECONDS (30 * 24 * 3600)

/*
 * Failed lookups are of no use, and lookups search longer lists for them.  This
 * much now, or within a day, is remarkable.
 */
#define NEGATIVE_PERMILLE 100
#define NEGATIVE_DAY_PERMILLE 200
#define DAY_SECONDS (24 * 3600)

/* While reclaim hurts, a cache this large is what it works on. */
#define RECLAIMED_PERMILLE 100

struct rating {
	enum kms_severity severity;
	const char *why;
};

static struct rating rated(enum kms_severity severity, const char *why)
{
	return (struct rating){ severity, why };
}

static uint64_t permille_of(const struct kms_case *c, double bytes)
{
	uint64_t managed = c->verdict->totals.managed;

	return managed == KMS_UNKNOWN ? 0 :
	       (uint64_t)(bytes * 1000 / managed + 0.5);
}

static bool grows(const struct kms_finding *finding)
{
	return finding->bytes_per_second != KMS_UNKNOWN &&
	       finding->bytes_per_second;
}

/* By the time until the memory is full of it. */
static struct rating growth_rating(struct kms_case *c,
				   const struct kms_finding *finding)
{
	uint64_t left = kms_case_seconds_left(c, finding->bytes_per_second);

	if (kms_case_is_short(c))
		return rated(KMS_CRITICAL,
			     "the kernel cannot reclaim it, and memory is short now");
	if (left == KMS_UNKNOWN)
		return rated(KMS_WARNING, "the kernel cannot reclaim it");
	/* Seconds show no rate that one should get up for. */
	if (left <= CRITICAL_SECONDS && kms_case_is_long(c))
		return rated(KMS_CRITICAL,
			     "the kernel cannot reclaim it, and memory is full within an hour");
	if (left <= WARNING_SECONDS)
		return rated(KMS_WARNING,
			     "the kernel cannot reclaim it, and memory is full within 30 days");
	return rated(KMS_NOTICE,
		     "the kernel cannot reclaim it, but memory is not full within 30 days");
}

/*
 * Reading and writing files also fills caches that are not called reclaimable.
 * Without an allocator nothing tells such a cache from a leak.
 */
#define BESIDE_FACTOR 20

/*
 * Did as many objects come as inodes or dentries?  Merged caches hide the name
 * of what each inode has, such as the labels of lsm_inode_cache.
 */
static bool is_one_each(const struct kms_case *c,
			const struct kms_finding *finding)
{
	double came = finding->objects_per_second * (c->ns / 1e9);
	size_t i;

	if (finding->objects_per_second == KMS_UNKNOWN)
		return false;
	for (i = 0; i < c->growths.nr; i++) {
		const struct kms_growth *growth = &c->growths.growth[i];

		if (growth->reclaimable && growth->objects_known &&
		    growth->bytes > (int64_t)finding->growth_bytes &&
		    kms_cache_has_directory(growth->kind) &&
		    came >= 0.9 * growth->objects &&
		    came <= 1.1 * growth->objects)
			return true;
	}
	return false;
}

static bool is_beside_files(const struct kms_case *c,
			    const struct kms_finding *finding)
{
	if (!kms_finding_has_slab(finding) || finding->nr_holders)
		return false;
	if (is_one_each(c, finding))
		return true;
	return !finding->nr_allocators &&
	       finding->growth_bytes != KMS_UNKNOWN &&
	       c->largest > c->largest_unreclaimable &&
	       (uint64_t)c->largest / BESIDE_FACTOR >= finding->growth_bytes;
}

static const struct rating burst = {
	KMS_NOTICE,
	"it may have been a burst; a longer observation shows whether it continues",
};

/* Is it an unreclaimable slab cache with much of the memory? */
static bool is_stock(const struct kms_finding *finding)
{
	switch (finding->kind) {
	case KMS_FINDING_STOCK:
	case KMS_FINDING_INODES:
	case KMS_FINDING_UNRECLAIMABLE_SLAB:
		return finding->memory_permille != KMS_UNKNOWN &&
		       finding->memory_permille >= KMS_STOCK_PERMILLE;
	default:
		return false;
	}
}

static struct rating
unreclaimable_rating(struct kms_case *c,
		     const struct kms_finding *finding)
{
	struct rating rating = {
		KMS_NOTICE, "the kernel cannot reclaim it, but it does not grow",
	};

	if (grows(finding))
		rating = finding->sure == KMS_POSSIBLE ?
			burst : growth_rating(c, finding);
	if (grows(finding) && is_beside_files(c, finding))
		rating = rated(KMS_NOTICE,
			       "it grows beside caches of files, and may be a part of them");
	if (rating.severity >= KMS_WARNING)
		return rating;
	if (is_stock(finding))
		return rated(KMS_WARNING,
			     "the kernel cannot reclaim it, and it is much for one cache");
	/* Drivers may need it, but then others have too little. */
	if (finding->kind == KMS_FINDING_UNACCOUNTED && !c->plenty)
		return rated(KMS_WARNING,
			     "the kernel cannot reclaim it, and little else is available");
	return rating;
}

static const char *negative_words(struct kms_case *c, double bytes)
{
	return kms_strings_add(c->strings,
			       "failed lookups are of no use, and have %s of memory",
			       kms_words_share(permille_of(c, bytes)).text);
}

/* By what negative dentries have now, and in a day at this rate. */
static struct rating negative_rating(struct kms_case *c,
				     const struct kms_finding *finding)
{
	uint64_t bytes = kms_case_negative_bytes(c);
	double day = bytes == KMS_UNKNOWN ? 0 : bytes;

	if (permille_of(c, day) >= NEGATIVE_PERMILLE)
		return rated(KMS_WARNING, negative_words(c, day));
	if (grows(finding))
		day += (double)finding->bytes_per_second * DAY_SECONDS;
	if (finding->guessed)
		return rated(KMS_NOTICE,
			     "the kernel reclaims it when memory is short, and these may not be failed lookups");
	if (grows(finding) && finding->sure == KMS_POSSIBLE)
		return burst;
	if (c->verdict->totals.managed == KMS_UNKNOWN ||
	    permille_of(c, day) >= NEGATIVE_DAY_PERMILLE)
		return rated(KMS_WARNING,
			     "failed lookups are of no use, and have a fifth of memory within a day");
	return rated(KMS_NOTICE,
		     "failed lookups are of no use, but have less than a fifth of memory in a day");
}

static const char *hurt_words(struct kms_case *c)
{
	return kms_strings_add(c->strings,
			       "the kernel has to reclaim it now, and that takes time: %s",
			       c->verdict->pressure.words);
}

static const char *normal_words(struct kms_case *c)
{
	uint64_t available = c->verdict->totals.available;

	if (available == KMS_UNKNOWN)
		return "this is normal: the kernel reclaims it when memory is short";
	return kms_strings_add(c->strings,
			       "this is normal: the kernel reclaims it when memory is short; %s is available",
			       kms_words_bytes(available).text);
}

static struct rating reclaimable_rating(struct kms_case *c,
					const struct kms_finding *finding)
{
	if (c->verdict->pressure.hurts &&
	    finding->memory_permille != KMS_UNKNOWN &&
	    finding->memory_permille >= RECLAIMED_PERMILLE)
		return rated(KMS_WARNING, hurt_words(c));
	if (finding->guessed)
		return rated(KMS_NOTICE,
			     "the kernel reclaims it when memory is short, but these may be failed lookups");
	return rated(KMS_NOTICE, normal_words(c));
}

static struct rating finding_rating(struct kms_case *c,
				    const struct kms_finding *finding)
{
	if (finding->kind == KMS_FINDING_FRAGMENTATION)
		return rated(KMS_WARNING,
			     "requests for larger blocks wait, or fail");
	if (finding->kind == KMS_FINDING_NODE_FULL)
		return rated(KMS_WARNING,
			     "what may use this node only waits, or fails");
	if (finding->negative)
		return negative_rating(c, finding);
	if (finding->reclaimable)
		return reclaimable_rating(c, finding);
	return unreclaimable_rating(c, finding);
}

void kms_severity_judge(struct kms_case *c, struct kms_finding *finding)
{
	struct rating rating;

	/* It was not steady, so it has no rate for the time to come. */
	if (finding->sure == KMS_POSSIBLE)
		finding->full_seconds = KMS_UNKNOWN;
	if (finding->severity != KMS_OK_SEVERITY)
		return;
	rating = finding_rating(c, finding);
	finding->severity = rating.severity;
	finding->why_severe = rating.why;
}

enum kms_severity kms_severity_highest(const struct kms_verdict *verdict)
{
	enum kms_severity highest = KMS_OK_SEVERITY;
	size_t i;

	for (i = 0; i < verdict->nr_findings; i++)
		if (verdict->finding[i].severity > highest)
			highest = verdict->finding[i].severity;
	return highest;
}
