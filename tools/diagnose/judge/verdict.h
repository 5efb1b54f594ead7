/* SPDX-License-Identifier: GPL-2.0-only */
/* From what was looked at to what is wrong; nothing here asks the kernel. */
#ifndef KMS_DIAGNOSE_JUDGE_VERDICT_H
#define KMS_DIAGNOSE_JUDGE_VERDICT_H

#include "diagnose/finding.h"
#include "diagnose/judge/growth.h"
#include "host/samples.h"

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

/* The look must stay as long as the verdict.  KMS_ERROR when memory is out. */
enum kms_status kms_verdict_make(struct kms_verdict *verdict,
				 const struct kms_look *look,
				 struct kms_error *err);

void kms_verdict_free(struct kms_verdict *verdict);

/* What the judges below share. */
struct kms_case {
	const struct kms_look *look;
	struct kms_verdict *verdict;
	struct kms_strings *strings;
	struct kms_growths all;		/* from the first look to the last */
	struct kms_growths early;	/* from the first to the middle */
	struct kms_growths late; /* from the middle to the last */
	uint64_t ns;			/* from the first to the last */
	int64_t grown;			/* bytes that the largest grew by */
	int64_t grown_unreclaimable;	/* the largest that cannot be reclaimed */
};

/* The judges: each appends its findings. */
void kms_judge_caches(struct kms_case *c);
void kms_judge_pages(struct kms_case *c);
void kms_judge_fragmentation(struct kms_case *c);
void kms_judge_stock(struct kms_case *c);

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

/* The floors in bytes a second, for each of the judges. */
void kms_floors_fill(struct kms_case *c);

/* How far pages that no counter explains may be off from look to look. */
int64_t kms_unaccounted_error(const struct kms_case *c);

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

/* The host in sum. */
void kms_totals_fill(struct kms_totals *totals, const struct kms_look *look);

/* Is so much memory available that a cache is in nobody's way? */
bool kms_case_has_plenty(const struct kms_case *c);

/*
 * Call a finding benign if it is a cache that the kernel gives back, while
 * there is plenty of memory.
 */
void kms_benign_judge(struct kms_case *c, struct kms_finding *finding);

/* What to do about that: nothing but to look again. */
void kms_benign_fill(struct kms_case *c, struct kms_finding *finding);

uint64_t kms_permille(uint64_t part, uint64_t whole);
uint64_t kms_per_second(uint64_t number, uint64_t ns);

/* Fill in who allocated from the cache, and what of it is not known. */
void kms_creators_fill(struct kms_case *c, struct kms_finding *finding);

/* The trace of a cache that saw most, or NULL. */
const struct kms_traced *kms_case_traced(const struct kms_case *c,
					 const char *cache);

/* Its allocations that are without an allocator, out of 1000. */
uint64_t kms_traced_dropped(const struct kms_traced *traced);

/* "curl", "[kworker/N:N: function]", "[softirq]" */
const char *kms_creator_name(struct kms_case *c,
			     const struct kms_found_creator *creator);

/* "curl <- probe.sh <- cron" */
const char *kms_creator_words(struct kms_case *c,
			      const struct kms_found_creator *creator);

/* "97 %", or "97 % of what was traced (0.9 % of the growth)" */
const char *kms_creator_share(struct kms_case *c,
			      const struct kms_finding *finding,
			      const struct kms_found_creator *creator);

/*
 * Fill in the directories with the most of these dentries or, where two walks
 * tell, with the most growth.
 */
void kms_places_fill(struct kms_case *c, struct kms_finding *finding,
		     enum kms_dentries which, bool growing);

/* Fill in what is known of one directory of a walk, but for its share. */
void kms_place_fill(struct kms_case *c, struct kms_found_place *place,
		    const struct kms_walk *walk, size_t row,
		    enum kms_dentries which);

/* The walk to believe: the last one that was done, or NULL. */
const struct kms_walk *kms_case_walk(const struct kms_case *c);

/* Append what to do; and of that, what gives memory back. */
void kms_remedies_fill(struct kms_case *c, struct kms_finding *finding);
void kms_reclaim_fill(struct kms_case *c, struct kms_finding *finding);

/* Creators that are worth a remedy of their own. */
#define KMS_STOPPED_MAX 3

/* Append a remedy with its command, of which it makes the line. */
void kms_remedy_give(struct kms_case *c, struct kms_finding *finding,
		     struct kms_remedy remedy);

#endif /* KMS_DIAGNOSE_JUDGE_VERDICT_H */
