/* SPDX-License-Identifier: GPL-2.0-only */
/* What the judges share: growths, floors, rates and texts. */
#ifndef KMS_DIAGNOSE_JUDGE_CASE_H
#define KMS_DIAGNOSE_JUDGE_CASE_H

#include "diagnose/finding.h"
#include "diagnose/growth.h"
#include "diagnose/observation.h"

/* A directory or an allocator with a smaller share is not named. */
#define KMS_NAMED_PERMILLE 30

struct kms_case {
	const struct kms_observation *obs;
	struct kms_verdict *verdict;
	struct kms_strings *strings;
	struct kms_growths all;		/* from the first moment to the last */
	struct kms_growths early;	/* from the first to the middle one */
	struct kms_growths late;	/* from the middle one to the last */
	uint64_t ns;			/* from the first to the last */
	int64_t largest;		/* bytes of the largest growth */
	int64_t largest_unreclaimable;
};

/* Append a line of evidence, or of what is not known. */
void kms_tell(struct kms_case *c, struct kms_lines *lines, const char *format,
	      ...) __attribute__
	((format(printf, 3, 4)));

/* Set the sentence of a finding. */
void kms_summarize(struct kms_case *c, struct kms_finding *finding,
		   const char *format, ...) __attribute__
	((format(printf, 3, 4)));

/* Does growth by so many bytes matter on this host? */
bool kms_case_matters(const struct kms_case *c, int64_t bytes,
		      bool reclaimable);

/* The least growth, in bytes, that matters. */
uint64_t kms_case_floor(const struct kms_case *c, bool reclaimable);

/* By how much slab caches move to and fro while nothing happens. */
uint64_t kms_case_noise(const struct kms_case *c);

/* The least growth of pages outside of slab caches that matters. */
int64_t kms_case_pages_floor(const struct kms_case *c);

/*
 * Were the rates before and after the middle about the same?  Growth that was
 * mostly in one of the two may be a burst.
 */
bool kms_case_is_steady(const struct kms_case *c, int64_t early, int64_t late);

/* Fill in rate, share of memory and time to full, of growth by bytes. */
void kms_case_rate(const struct kms_case *c, struct kms_finding *finding,
		   int64_t bytes);

/* Is so much memory available that no cache does harm? */
bool kms_case_has_plenty(const struct kms_case *c);

/* The last walk that was done, or NULL. */
const struct kms_walk *kms_case_walk(const struct kms_case *c);

uint64_t kms_permille(uint64_t part, uint64_t whole);
uint64_t kms_per_second(uint64_t number, uint64_t ns);

#endif /* KMS_DIAGNOSE_JUDGE_CASE_H */
