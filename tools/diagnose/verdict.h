/* SPDX-License-Identifier: GPL-2.0-only */
/* From what was looked at to what is wrong; nothing here asks the kernel. */
#ifndef KS_VERDICT_H
#define KS_VERDICT_H

#include "diagnose/finding.h"
#include "diagnose/growth.h"
#include "diagnose/samples.h"

/*
 * What a machine at rest moves in ten seconds, as jobs start and end, and what
 * this program and its module take for themselves.  It moves to and fro, so it
 * grows with the root of the time only: a longer look sees slower growth.
 */
#define KS_NOISE_BYTES (512 * 1024)
#define KS_NOISE_SECONDS 10

/*
 * Programs that start and end take stacks and page tables, and give them back:
 * so much of pages in ten seconds is no growth.
 */
#define KS_NOISE_PAGES_BYTES (4 * 1024 * 1024)

/*
 * What would take longer to fill the memory can wait for a longer look: one of
 * ten seconds is no ground for more.  What cannot be reclaimed never goes away,
 * so that months count.
 */
#define KS_HORIZON_SECONDS (7 * 24 * 3600)
#define KS_HORIZON_UNRECLAIMABLE_SECONDS (90 * 24 * 3600)

/*
 * A cache that grew by less than this share of the one that grew most goes with
 * it.  What can be reclaimed never hides what cannot.
 */
#define KS_SIDE_PERMILLE 100

/* With less available allocations reclaim, and stall. */
#define KS_SHORT_PERMILLE 100

/* With more available no cache is in anybody's way. */
#define KS_PLENTY_PERMILLE 200

/* Growth is steady if one part of the look had at most this times the other's rate. */
#define KS_STEADY_FACTOR 4

/*
 * So much of all memory in one cache is remarkable even if it does not grow:
 * what can be reclaimed is a cache, and takes what nobody needs; what cannot is
 * somebody's.
 */
#define KS_STOCK_RECLAIMABLE_PERMILLE 200
#define KS_STOCK_NEGATIVE_PERMILLE 100
#define KS_STOCK_UNRECLAIMABLE_PERMILLE 100

/* Dentries are of one kind if so many of them are. */
#define KS_MOSTLY_PERMILLE 800

/* Words of a headline, less those of "(+1 more)". */
#define KS_HEADLINE_WORDS 18

/* A place or a creator with a smaller share is not named. */
#define KS_NAMED_PERMILLE 30

/* So many allocations without an allocator leave the shares as they are. */
#define KS_DROPPED_PERMILLE 50

/* The look must stay as long as the verdict.  KS_ERROR when memory is out. */
enum ks_status ks_verdict_make(struct ks_verdict *verdict,
			       const struct ks_look *look,
			       struct ks_error *err);

void ks_verdict_free(struct ks_verdict *verdict);

/* What the judges below share. */
struct ks_case {
	const struct ks_look *look;
	struct ks_verdict *verdict;
	struct ks_strings *strings;
	struct ks_growths all;		/* from the first look to the last */
	struct ks_growths early;	/* from the first to the middle */
	struct ks_growths late;		/* from the middle to the last */
	uint64_t ns;			/* from the first to the last */
	int64_t grown;			/* bytes that the largest grew by */
	int64_t grown_unreclaimable;	/* the largest that cannot be reclaimed */
};

/* The judges: each appends its findings. */
void ks_judge_caches(struct ks_case *c);
void ks_judge_pages(struct ks_case *c);
void ks_judge_fragmentation(struct ks_case *c);
void ks_judge_stock(struct ks_case *c);

/* Append a line of evidence, or of what is not known. */
void ks_tell(struct ks_case *c, struct ks_lines *lines, const char *format,
	     ...) __attribute__
	((format(printf, 3, 4)));

/* Set what a finding says in one sentence. */
void ks_summarize(struct ks_case *c, struct ks_finding *finding,
		  const char *format, ...) __attribute__
	((format(printf, 3, 4)));

/* Does growth of so many bytes in the look matter on this host? */
bool ks_case_matters(const struct ks_case *c, int64_t bytes, bool reclaimable);

/* The least growth in the look that does. */
uint64_t ks_case_floor(const struct ks_case *c, bool reclaimable);

/* What a slab cache may move in the look for no reason. */
uint64_t ks_case_noise(const struct ks_case *c);

/* The floors in bytes a second, for each of the judges. */
void ks_floors_fill(struct ks_case *c);

/* How far pages that no counter explains may be off from look to look. */
int64_t ks_unaccounted_error(const struct ks_case *c);

/* The least growth of pages in the look that matters. */
int64_t ks_case_pages_floor(const struct ks_case *c);

/*
 * Did both parts of the look grow at about the same rate?  One that grew in one
 * part only, or mostly, may be a burst.
 */
bool ks_case_is_steady(const struct ks_case *c, int64_t early, int64_t late);

/* Fill in rate, share of memory and time to full, of growth by bytes. */
void ks_case_rate(const struct ks_case *c, struct ks_finding *finding,
		  int64_t bytes);

/* The host in sum. */
void ks_totals_fill(struct ks_totals *totals, const struct ks_look *look);

/* Is so much memory available that a cache is in nobody's way? */
bool ks_case_has_plenty(const struct ks_case *c);

/*
 * Call a finding benign if it is a cache that the kernel gives back, while
 * there is plenty of memory.
 */
void ks_benign_judge(struct ks_case *c, struct ks_finding *finding);

/* What to do about that: nothing but to look again. */
void ks_benign_fill(struct ks_case *c, struct ks_finding *finding);

uint64_t ks_permille(uint64_t part, uint64_t whole);
uint64_t ks_per_second(uint64_t number, uint64_t ns);

/* Fill in who allocated from the cache, and what of it is not known. */
void ks_creators_fill(struct ks_case *c, struct ks_finding *finding);

/* The trace of a cache that saw most, or NULL. */
const struct ks_traced *ks_case_traced(const struct ks_case *c,
				       const char *cache);

/* Its allocations that are without an allocator, out of 1000. */
uint64_t ks_traced_dropped(const struct ks_traced *traced);

/* "curl", "[kworker/N:N: function]", "[softirq]" */
const char *ks_creator_name(struct ks_case *c,
			    const struct ks_found_creator *creator);

/* "curl <- probe.sh <- cron" */
const char *ks_creator_words(struct ks_case *c,
			     const struct ks_found_creator *creator);

/* "97 %", or "97 % of what was traced (0.9 % of the growth)" */
const char *ks_creator_share(struct ks_case *c,
			     const struct ks_finding *finding,
			     const struct ks_found_creator *creator);

/*
 * Fill in the directories with the most of these dentries or, where two walks
 * tell, with the most growth.
 */
void ks_places_fill(struct ks_case *c, struct ks_finding *finding,
		    enum ks_dentries which, bool growing);

/* Fill in what is known of one directory of a walk, but for its share. */
void ks_place_fill(struct ks_case *c, struct ks_found_place *place,
		   const struct ks_walk *walk, size_t row,
		   enum ks_dentries which);

/* The walk to believe: the last one that was done, or NULL. */
const struct ks_walk *ks_case_walk(const struct ks_case *c);

/* Append what to do; and of that, what gives memory back. */
void ks_remedies_fill(struct ks_case *c, struct ks_finding *finding);
void ks_reclaim_fill(struct ks_case *c, struct ks_finding *finding);

/* Creators that are worth a remedy of their own. */
#define KS_STOPPED_MAX 3

/* Append a remedy with its command, of which it makes the line. */
void ks_remedy_give(struct ks_case *c, struct ks_finding *finding,
		    struct ks_remedy remedy);

#endif /* KS_VERDICT_H */
