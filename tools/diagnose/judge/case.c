// SPDX-License-Identifier: GPL-2.0-only
/* What the judges share: rates, times and texts. */
#include <stdarg.h>

#include "diagnose/judge/case.h"

/* With less available, allocations reclaim and stall. */
#define SHORT_PERMILLE 100

/* A shorter time shows no rate that holds for hours. */
#define MIN_LONG_NS (3 * NS_PER_SEC)

/* Growth is steady if neither rate was more than this times the other. */
#define STEADY_FACTOR 4

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

bool kms_case_is_short(const struct kms_case *c)
{
	const struct kms_totals *totals = &c->verdict->totals;

	return totals->managed != KMS_UNKNOWN &&
	       totals->available != KMS_UNKNOWN &&
	       kms_permille(totals->available, totals->managed) <
	       SHORT_PERMILLE;
}

bool kms_case_is_long(const struct kms_case *c)
{
	return c->ns >= MIN_LONG_NS;
}

uint64_t kms_case_seconds_left(const struct kms_case *c, uint64_t rate)
{
	const struct kms_totals *totals = &c->verdict->totals;
	uint64_t kept;

	if (!rate || rate == KMS_UNKNOWN || totals->managed == KMS_UNKNOWN ||
	    totals->available == KMS_UNKNOWN)
		return KMS_UNKNOWN;
	kept = totals->managed / 1000 * SHORT_PERMILLE;
	return totals->available > kept ? (totals->available - kept) / rate : 0;
}

uint64_t kms_case_negative_bytes(const struct kms_case *c)
{
	const struct kms_dentry_state *state =
		&c->obs->moment[KMS_MOMENT_LAST].dentries;
	const struct kms_growth *growth = kms_growths_of(&c->growths, "dentry");
	const struct kms_dentry_record *total;
	double negative;

	if (!growth)
		return KMS_UNKNOWN;
	if (state->known && state->nr_negative != KMS_UNKNOWN)
		return state->nr_negative * growth->size;
	total = c->walk ? &c->walk->total : NULL;
	if (!total || total->nr_negative == KMS_UNKNOWN ||
	    total->nr_positive == KMS_UNKNOWN || !total->nr_negative)
		return KMS_UNKNOWN;
	negative = total->nr_negative;
	return growth->total_bytes * negative / (negative + total->nr_positive);
}

void kms_case_rate(const struct kms_case *c, struct kms_finding *finding,
		   int64_t bytes)
{
	const struct kms_totals *totals = &c->verdict->totals;

	if (finding->total_bytes != KMS_UNKNOWN &&
	    totals->managed != KMS_UNKNOWN)
		finding->memory_permille = kms_permille(finding->total_bytes,
							totals->managed);
	if (bytes <= 0 || !c->ns)
		return;
	finding->growth_bytes = bytes;
	finding->bytes_per_second = kms_per_second(bytes, c->ns);
	/* Memory that the kernel can reclaim stays available. */
	if (!finding->reclaimable && kms_case_is_long(c))
		finding->full_seconds =
			kms_case_seconds_left(c, finding->bytes_per_second);
}

bool kms_case_is_steady(const struct kms_case *c, int64_t early, int64_t late)
{
	double first, second;

	if (early <= 0 || late <= 0 || !c->early_ns || !c->late_ns)
		return false;
	first = (double)early / c->early_ns;
	second = (double)late / c->late_ns;
	return first <= STEADY_FACTOR * second &&
	       second <= STEADY_FACTOR * first;
}
