/* SPDX-License-Identifier: GPL-2.0-only */
/* A part of memory at the three moments, and whether it keeps growing. */
#ifndef KMS_DIAGNOSE_JUDGE_SERIES_H
#define KMS_DIAGNOSE_JUDGE_SERIES_H

#include "diagnose/judge/case.h"

/* In bytes. */
struct kms_series {
	bool known;		/* at all three moments */
	int64_t at[KMS_NR_MOMENTS];
};

/* The bytes of a moment, KMS_UNKNOWN where they are not known. */
typedef uint64_t kms_series_of(const struct kms_observation *obs,
			     const struct kms_moment *moment);

struct kms_series kms_series_read(const struct kms_case *c, kms_series_of *of);

static inline int64_t kms_series_growth(const struct kms_series *series)
{
	return series->at[KMS_MOMENT_LAST] - series->at[KMS_MOMENT_FIRST];
}

/*
 * Growth that matters where programs start and end all the time, in bytes.  It
 * is a share of memory, or four times that of what is available, and rises with
 * the root of the time, as other noise does.
 */
int64_t kms_process_memory_floor(const struct kms_case *c);
int64_t kms_shared_memory_floor(const struct kms_case *c);

/* Less is enough where all of it is of one process. */
int64_t kms_one_process_floor(const struct kms_case *c);

/* Did it grow by that much, before and after the middle, at about one rate? */
bool kms_series_is_steady(const struct kms_case *c,
			  const struct kms_series *series, int64_t floor);

/* Did it fall so much in between that this is no growth? */
bool kms_series_falls(const struct kms_case *c, const struct kms_series *series,
		      const struct kms_peak *peak);

/* Fill in the numbers of a finding, and how sure it is. */
void kms_series_fill(struct kms_case *c, struct kms_finding *finding,
		     const struct kms_series *series);

/* "; memory is full in 2 minutes" or "", for the end of a headline. */
const char *kms_full_words(struct kms_case *c,
			   const struct kms_finding *finding);

/* "40 s", "2 minutes" */
const char *kms_seconds_words(struct kms_case *c, uint64_t seconds);

#endif /* KMS_DIAGNOSE_JUDGE_SERIES_H */
