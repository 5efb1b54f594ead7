/* SPDX-License-Identifier: GPL-2.0-only */
/* From what was looked at to what is wrong; nothing here asks the kernel. */
#ifndef KS_VERDICT_H
#define KS_VERDICT_H

#include "diagnose/finding.h"
#include "diagnose/growth.h"
#include "diagnose/samples.h"

/*
 * What a machine at rest moves meanwhile, as jobs start and end, and what this
 * program and its module take for themselves: less is no growth.
 */
#define KS_NOISE_BYTES (512 * 1024)

/* What would take longer to fill the memory can wait for a longer look. */
#define KS_HORIZON_SECONDS (7 * 24 * 3600)

/* A cache that grew by less than this share of the one that grew most goes with it. */
#define KS_SIDE_PERMILLE 100

/* Memory is as good as full then: allocations reclaim, and stall. */
#define KS_FULL_PERMILLE 900

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

/* A place or a creator with a smaller share is not named. */
#define KS_NAMED_PERMILLE 30

/* A trace that explains so much of the growth has seen who it was. */
#define KS_EXPLAINED_PERMILLE 700

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
bool ks_case_matters(const struct ks_case *c, int64_t bytes);

/* Fill in rate, share of memory and time to full, of growth by bytes. */
void ks_case_rate(const struct ks_case *c, struct ks_finding *finding,
		  int64_t bytes);

uint64_t ks_permille(uint64_t part, uint64_t whole);
uint64_t ks_per_second(uint64_t number, uint64_t ns);

/* Fill in who allocated from the cache, and what of it is not known. */
void ks_creators_fill(struct ks_case *c, struct ks_finding *finding);

/* "curl <- probe.sh <- cron" */
const char *ks_creator_words(struct ks_case *c,
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
