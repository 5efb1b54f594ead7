// SPDX-License-Identifier: GPL-2.0-only
/* What the judges share: thresholds, rates and texts. */
#include <stdarg.h>

#include "diagnose/judge/case.h"

#define NS_PER_SECOND 1000000000ull

uint64_t kms_permille(uint64_t part, uint64_t whole)
{
	if (!whole)
		return 0;
	return (uint64_t)((double)part * 1000 / whole + 0.5);
}

uint64_t kms_per_second(uint64_t number, uint64_t ns)
{
	return ns ? (uint64_t)((double)number * NS_PER_SECOND / ns + 0.5) : 0;
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
	/* What the kernel can reclaim stays available: it fills nothing. */
	if (finding->reclaimable || !rate || totals->managed == KMS_UNKNOWN ||
	    totals->available == KMS_UNKNOWN)
		return;
	kept = totals->managed / 1000 * KMS_SHORT_PERMILLE;
	finding->full_seconds = totals->available > kept ?
		(totals->available - kept) / rate : 0;
}

bool kms_case_is_steady(const struct kms_case *c, int64_t early, int64_t late)
{
	const struct kms_look_at *at = c->look->at;
	double first, second;

	if (early <= 0 || late <= 0 ||
	    at[KMS_LOOK_MIDDLE].boottime_ns <= at[KMS_LOOK_FIRST].boottime_ns ||
	    at[KMS_LOOK_LAST].boottime_ns <= at[KMS_LOOK_MIDDLE].boottime_ns)
		return false;
	first = (double)early / (at[KMS_LOOK_MIDDLE].boottime_ns -
				 at[KMS_LOOK_FIRST].boottime_ns);
	second = (double)late / (at[KMS_LOOK_LAST].boottime_ns -
				 at[KMS_LOOK_MIDDLE].boottime_ns);
	return first <= KMS_STEADY_FACTOR * second &&
	       second <= KMS_STEADY_FACTOR * first;
}

const struct kms_walk *kms_case_walk(const struct kms_case *c)
{
	size_t i = KMS_NR_WALKS;

	while (i--)
		if (c->look->walk[i].done)
			return &c->look->walk[i];
	return NULL;
}

bool kms_case_has_plenty(const struct kms_case *c)
{
	const struct kms_totals *totals = &c->verdict->totals;

	return totals->managed != KMS_UNKNOWN &&
	       totals->available != KMS_UNKNOWN &&
	       kms_permille(totals->available, totals->managed) >=
	       KMS_PLENTY_PERMILLE;
}

/* Bytes that move to and fro grow with the root of the time. */
static double noise(const struct kms_case *c, double bytes)
{
	uint64_t ratio = c->ns / 100000 / KMS_NOISE_SECONDS; /* of 10000 */
	uint64_t root = 100;

	while ((root + 1) * (root + 1) <= ratio)
		root++;
	return bytes * root / 100;
}

uint64_t kms_case_noise(const struct kms_case *c)
{
	return noise(c, KMS_NOISE_BYTES);
}

uint64_t kms_case_floor(const struct kms_case *c, bool reclaimable)
{
	double seconds = c->ns / 1e9, slow = 0;
	double least = noise(c, KMS_NOISE_BYTES);
	uint64_t managed = c->verdict->totals.managed;

	if (managed != KMS_UNKNOWN)
		slow = managed * seconds /
		       (reclaimable ? KMS_HORIZON_SECONDS :
				      KMS_HORIZON_UNRECLAIMABLE_SECONDS);
	/* The longer the look, the later the day that it can see. */
	if (seconds > KMS_NOISE_SECONDS)
		slow *= KMS_NOISE_SECONDS / seconds;
	return least > slow ? least : slow;
}

bool kms_case_matters(const struct kms_case *c, int64_t bytes, bool reclaimable)
{
	return c->ns && bytes > 0 &&
	       (uint64_t)bytes >= kms_case_floor(c, reclaimable);
}

int64_t kms_case_pages_floor(const struct kms_case *c)
{
	double least = noise(c, KMS_NOISE_PAGES_BYTES);
	double floor = kms_case_floor(c, false);

	return floor > least ? floor : least;
}
