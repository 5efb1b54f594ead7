// SPDX-License-Identifier: GPL-2.0-only
/* What the judges share: rates and texts. */
#include <stdarg.h>

#include "diagnose/judge/case.h"

/* With less available, allocations reclaim and stall. */
#define SHORT_PERMILLE 100

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
	double first, second;

	if (early <= 0 || late <= 0 || !c->early_ns || !c->late_ns)
		return false;
	first = (double)early / c->early_ns;
	second = (double)late / c->late_ns;
	return first <= STEADY_FACTOR * second &&
	       second <= STEADY_FACTOR * first;
}
