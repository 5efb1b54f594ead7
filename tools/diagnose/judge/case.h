/* SPDX-License-Identifier: GPL-2.0-only */
/* What the judges share: growths, floors, rates and texts. */
#ifndef KMS_DIAGNOSE_JUDGE_CASE_H
#define KMS_DIAGNOSE_JUDGE_CASE_H

#include "diagnose/finding.h"
#include "diagnose/growth.h"
#include "diagnose/observation.h"
#include "lib/clock.h"

/* A directory or an allocator with a smaller share is not named. */
#define KMS_NAMED_PERMILLE 30

/* One unreclaimable cache with this much of memory has an owner. */
#define KMS_STOCK_PERMILLE 100

struct kms_case {
	const struct kms_observation *obs;
	struct kms_verdict *verdict;
	struct kms_strings *strings;
	struct kms_growths growths;	/* from the first moment to the last */
	uint64_t ns;			/* from the first to the last */
	uint64_t early_ns;		/* from the first to the middle one */
	uint64_t late_ns;		/* from the middle one to the last */
	const struct kms_walk *walk;	/* the last that was done, or NULL */

	/* In bytes: */
	int64_t largest;		/* the largest growth */
	int64_t largest_unreclaimable;
	uint64_t noise;			/* moves to and fro on a host at rest */
	uint64_t floor[2];		/* the least growth that matters, by
					 * whether the cache is reclaimable
					 */
	int64_t pages_floor;		/* the same outside of slab caches */
	int64_t unaccounted_error;	/* of the growth of that memory */

	bool plenty;		/* enough is available: caches do no harm */
};

/* Is so little memory available that allocations reclaim and stall? */
bool kms_case_is_short(const struct kms_case *c);

/* Append a line of evidence, or of what is not known. */
void kms_tell(struct kms_case *c, struct kms_lines *lines, const char *format,
	      ...) __attribute__
	((format(printf, 3, 4)));

/* Set the sentence of a finding. */
void kms_summarize(struct kms_case *c, struct kms_finding *finding,
		   const char *format, ...) __attribute__
	((format(printf, 3, 4)));

/*
 * Were the rates before and after the middle about the same?  Growth that was
 * mostly in one of the two may be a burst.
 */
bool kms_case_is_steady(const struct kms_case *c, int64_t early, int64_t late);

/* Was it observed for long enough to tell how growth goes on? */
bool kms_case_is_long(const struct kms_case *c);

/*
 * The time until less than 10 % of memory is available, at a rate in bytes a
 * second; KMS_UNKNOWN.
 */
uint64_t kms_case_seconds_left(const struct kms_case *c, uint64_t rate);

/* The memory of negative dentries, now; KMS_UNKNOWN. */
uint64_t kms_case_negative_bytes(const struct kms_case *c);

/*
 * Fill in rate, share of memory and time to full, of growth by bytes.  Growth
 * that proves to be unsteady loses its time to full in judge/severity.c.
 */
void kms_case_rate(const struct kms_case *c, struct kms_finding *finding,
		   int64_t bytes);

static inline uint64_t kms_permille(uint64_t part, uint64_t whole)
{
	return whole ? (uint64_t)((double)part * 1000 / whole + 0.5) : 0;
}

static inline uint64_t kms_per_second(uint64_t number, uint64_t ns)
{
	return ns ? (uint64_t)((double)number * NS_PER_SEC / ns + 0.5) : 0;
}

#endif /* KMS_DIAGNOSE_JUDGE_CASE_H */
