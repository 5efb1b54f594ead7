/* SPDX-License-Identifier: GPL-2.0-only */
/* What the judges share: growth, thresholds and arithmetic. */
#ifndef KMS_DIAGNOSE_JUDGE_CASE_H
#define KMS_DIAGNOSE_JUDGE_CASE_H

#include "diagnose/finding.h"
#include "diagnose/growth.h"
#include "diagnose/observation.h"

/*
 * What a machine at rest moves in ten seconds, as jobs start and end, and what
 * this program and its module take for themselves.  It moves to and fro, so it
 * grows with the root of the time only: a longer look sees slower growth.
 */
#define KMS_NOISE_BYTES (512 * 1024)
#define KMS_NOISE_SECONDS 10

/*
 * Programs that start and end take stacks and page tables, and give them back:
 * so much of pages in ten seconds is no growth.
 */
#define KMS_NOISE_PAGES_BYTES (4 * 1024 * 1024)

/*
 * What would take longer to fill the memory can wait for a longer look: one of
 * ten seconds is no ground for more.  What cannot be reclaimed never goes away,
 * so that months count.
 */
#define KMS_HORIZON_SECONDS (7 * 24 * 3600)
#define KMS_HORIZON_UNRECLAIMABLE_SECONDS (90 * 24 * 3600)

/*
 * A cache that grew by less than this share of the one that grew most goes with
 * it.  What can be reclaimed never hides what cannot.
 */
#define KMS_SIDE_PERMILLE 100

/* With less available allocations reclaim, and stall. */
#define KMS_SHORT_PERMILLE 100

/* With more available no cache is in anybody's way. */
#define KMS_PLENTY_PERMILLE 200

/* Growth is steady if one part of the look had at most this times the other's rate. */
#define KMS_STEADY_FACTOR 4

/*
 * So much of all memory in one cache is remarkable even if it does not grow:
 * what can be reclaimed is a cache, and takes what nobody needs; what cannot is
 * somebody's.
 */
#define KMS_STOCK_RECLAIMABLE_PERMILLE 200
#define KMS_STOCK_NEGATIVE_PERMILLE 100
#define KMS_STOCK_UNRECLAIMABLE_PERMILLE 100

/* Dentries are of one kind if so many of them are. */
#define KMS_MOSTLY_PERMILLE 800

/* Words of a headline, less those of "(+1 more)". */
#define KMS_HEADLINE_WORDS 18

/* A place or a creator with a smaller share is not named. */
#define KMS_NAMED_PERMILLE 30

/* So many allocations without an allocator leave the shares as they are. */
#define KMS_DROPPED_PERMILLE 50

struct kms_case {
	const struct kms_look *look;
	struct kms_verdict *verdict;
	struct kms_strings *strings;
	struct kms_growths all;		/* from the first look to the last */
	struct kms_growths early;	/* from the first to the middle */
	struct kms_growths late;	/* from the middle to the last */
	uint64_t ns;			/* from the first to the last */
	int64_t grown;			/* bytes that the largest grew by */
	int64_t grown_unreclaimable;	/* the largest that cannot be reclaimed */
};

/* Append a line of evidence, or of what is not known. */
void kms_tell(struct kms_case *c, struct kms_lines *lines, const char *format,
	      ...) __attribute__
	((format(printf, 3, 4)));

/* Set what a finding says in one sentence. */
void kms_summarize(struct kms_case *c, struct kms_finding *finding,
		   const char *format, ...) __attribute__
	((format(printf, 3, 4)));

/* Does growth of so many bytes in the look matter on this host? */
bool kms_case_matters(const struct kms_case *c, int64_t bytes,
		      bool reclaimable);

/* The least growth in the look that does. */
uint64_t kms_case_floor(const struct kms_case *c, bool reclaimable);

/* What a slab cache may move in the look for no reason. */
uint64_t kms_case_noise(const struct kms_case *c);

/* The least growth of pages in the look that matters. */
int64_t kms_case_pages_floor(const struct kms_case *c);

/*
 * Did both parts of the look grow at about the same rate?  One that grew in one
 * part only, or mostly, may be a burst.
 */
bool kms_case_is_steady(const struct kms_case *c, int64_t early, int64_t late);

/* Fill in rate, share of memory and time to full, of growth by bytes. */
void kms_case_rate(const struct kms_case *c, struct kms_finding *finding,
		   int64_t bytes);

/* Is so much memory available that a cache is in nobody's way? */
bool kms_case_has_plenty(const struct kms_case *c);

/* The walk to believe: the last one that was done, or NULL. */
const struct kms_walk *kms_case_walk(const struct kms_case *c);

uint64_t kms_permille(uint64_t part, uint64_t whole);
uint64_t kms_per_second(uint64_t number, uint64_t ns);

#endif /* KMS_DIAGNOSE_JUDGE_CASE_H */
