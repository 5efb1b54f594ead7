// SPDX-License-Identifier: GPL-2.0-only
/* What the judges share: growths, floors, rates and texts. */
#include <stdarg.h>

#include "diagnose/judge/case.h"
#include "lib/clock.h"

/*
 * On a machine at rest, jobs that start and end change caches by this much in
 * ten seconds, and so do this program and its module.  The changes go up and
 * down, so they grow with the square root of the time: a longer observation
 * sees slower growth.
 */
#define NOISE_BYTES (512 * 1024)
#define NOISE_SECONDS 10

/* Programs that start take stacks and page tables, and give them back. */
#define NOISE_PAGES_BYTES (4 * 1024 * 1024)

/*
 * Growth that fills the memory only after this time is left to a longer
 * observation.  Growth that cannot be reclaimed never goes away, so months
 * count.
 */
#define HORIZON_SECONDS (7 * 24 * 3600)
#define HORIZON_UNRECLAIMABLE_SECONDS (90 * 24 * 3600)

/* With less available, allocations reclaim and stall. */
#define SHORT_PERMILLE 100

/* With more available, caches do no harm. */
#define PLENTY_PERMILLE 200

/* Growth is steady if neither rate was more than this times the other. */
#define STEADY_FACTOR 4

uint64_t kms_permille(uint64_t part, uint64_t whole)
{
	if (!whole)
		return 0;
	return (uint64_t)((double)part * 1000 / whole + 0.5);
}

uint64_t kms_per_second(uint64_t number, uint64_t ns)
{
	return ns ? (uint64_t)((double)number * NS_PER_SEC / ns + 0.5) : 0;
}

void kms_tell(struct kms_case *c, struct kms_lines *lines, const char *format,
	      ...)
{
	va_list args;

	va_start(args, format);
	kms_lines_add(lines, kms_strings_vadd(c->strings, format, args));
	va_end(args);
}

void kms_summarize(struct kms_case *c, struct kms_finding *finding,
		   const char *format, ...)
{
	va_list args;

	va_start(args, format);
	finding->summary = kms_strings_vadd(c->strings, format, args);
	va_end(args);
}

void kms_case_rate(const struct kms_case *c, struct kms_finding *finding,
		   int64_t bytes)
{
	const struct kms_totals *totals = &c->verdict->totals;
	uint64_t rate, kept;

	if (finding->total_bytes != KMS_UNKNOWN &&
	    totals->managed != KMS_UNKNOWN)
		finding->memory_permille = kms_permille(finding->total_bytes,
							totals->managed);
	if (bytes <= 0 || !c->ns)
		return;
	finding->growth_bytes = bytes;
	rate = kms_per_second(bytes, c->ns);
	finding->bytes_per_second = rate;
	/* Memory that the kernel can reclaim stays available. */
	if (finding->reclaimable || !rate || totals->managed == KMS_UNKNOWN ||
	    totals->available == KMS_UNKNOWN)
		return;
	kept = totals->managed / 1000 * SHORT_PERMILLE;
	finding->full_seconds = totals->available > kept ?
		(totals->available - kept) / rate : 0;
}

bool kms_case_is_steady(const struct kms_case *c, int64_t early, int64_t late)
{
	const struct kms_moment *moment = c->obs->moment;
	double first, second;

	if (early <= 0 || late <= 0 ||
	    moment[KMS_MOMENT_MIDDLE].boottime_ns <=
		    moment[KMS_MOMENT_FIRST].boottime_ns ||
	    moment[KMS_MOMENT_LAST].boottime_ns <=
		    moment[KMS_MOMENT_MIDDLE].boottime_ns)
		return false;
	first = (double)early / kms_moments_ns(c->obs, KMS_MOMENT_FIRST,
					       KMS_MOMENT_MIDDLE);
	second = (double)late / kms_moments_ns(c->obs, KMS_MOMENT_MIDDLE,
					       KMS_MOMENT_LAST);
	return first <= STEADY_FACTOR * second &&
	       second <= STEADY_FACTOR * first;
}

const struct kms_walk *kms_case_walk(const struct kms_case *c)
{
	size_t i = KMS_NR_WALKS;

	while (i--)
		if (c->obs->walk[i].done)
			return &c->obs->walk[i];
	return NULL;
}

bool kms_case_has_plenty(const struct kms_case *c)
{
	const struct kms_totals *totals = &c->verdict->totals;

	return totals->managed != KMS_UNKNOWN &&
	       totals->available != KMS_UNKNOWN &&
	       kms_permille(totals->available, totals->managed) >=
	       PLENTY_PERMILLE;
}

/* Noise of ten seconds, in the time that was observed. */
static double noise(const struct kms_case *c, double bytes)
{
	uint64_t ratio = c->ns / 100000 / NOISE_SECONDS; /* of 10000 */
	uint64_t root = 100;

	while ((root + 1) * (root + 1) <= ratio)
		root++;
	return bytes * root / 100;
}

uint64_t kms_case_noise(const struct kms_case *c)
{
	return noise(c, NOISE_BYTES);
}

uint64_t kms_case_floor(const struct kms_case *c, bool reclaimable)
{
	double seconds = c->ns / 1e9, slow = 0;
	double least = noise(c, NOISE_BYTES);
	uint64_t managed = c->verdict->totals.managed;

	if (managed != KMS_UNKNOWN)
		slow = managed * seconds /
		       (reclaimable ? HORIZON_SECONDS :
				      HORIZON_UNRECLAIMABLE_SECONDS);
	/* A longer observation sees growth that fills it later. */
	if (seconds > NOISE_SECONDS)
		slow *= NOISE_SECONDS / seconds;
	return least > slow ? least : slow;
}

bool kms_case_matters(const struct kms_case *c, int64_t bytes, bool reclaimable)
{
	return c->ns && bytes > 0 &&
	       (uint64_t)bytes >= kms_case_floor(c, reclaimable);
}

int64_t kms_case_pages_floor(const struct kms_case *c)
{
	double least = noise(c, NOISE_PAGES_BYTES);
	double floor = kms_case_floor(c, false);

	return floor > least ? floor : least;
}
