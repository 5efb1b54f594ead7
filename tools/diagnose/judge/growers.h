/* SPDX-License-Identifier: GPL-2.0-only */
/* The processes that hold memory, by what grew in /proc/PID/status. */
#ifndef KMS_DIAGNOSE_JUDGE_GROWERS_H
#define KMS_DIAGNOSE_JUDGE_GROWERS_H

#include "diagnose/judge/case.h"

/* What of a process is compared. */
struct kms_measure {
	uint64_t (*of)(const struct kms_process_memory *process);
	uint64_t unit_bytes;	/* of each that is counted; 0: of() is bytes */
	const char *resource;	/* "anonymous memory", "threads", ... */
};

extern const struct kms_measure kms_measure_anon;
extern const struct kms_measure kms_measure_shared;
extern const struct kms_measure kms_measure_locked;
extern const struct kms_measure kms_measure_page_tables;
extern const struct kms_measure kms_measure_threads;

/*
 * By how much all processes together grew, in the time of the case; of those
 * that ended with what they had.  KMS_UNKNOWN_SIGNED: they were not all read.
 */
int64_t kms_processes_growth(const struct kms_case *c,
			     const struct kms_measure *measure);

/*
 * Append the processes that grew the most, with their shares of growth_bytes.
 * Where many of one name grew, they are one holder.
 */
void kms_holders_grown(struct kms_case *c, struct kms_finding *finding,
		       const struct kms_measure *measure,
		       uint64_t growth_bytes);

/* Append the processes that have the most, with their shares of total_bytes. */
void kms_holders_largest(struct kms_case *c, struct kms_finding *finding,
			 const struct kms_measure *measure,
			 uint64_t total_bytes);

/* A growth between the moments of the host, in the time of the case. */
double kms_host_growth(const struct kms_case *c, int64_t growth);

/* Its name, escaped. */
const char *kms_process_words(struct kms_case *c,
			      const struct kms_process_memory *process);

/* Append one process of which this is known, by its pid; NULL: no room. */
struct kms_found_holder *kms_holder_of(struct kms_case *c,
				       struct kms_finding *finding,
				       uint32_t pid);

/* "java (process 4711)", "64 php-fpm processes" */
const char *kms_holder_words(struct kms_case *c,
			     const struct kms_found_holder *holder);

/* Is half of the growth of one process, which started in the observation? */
bool kms_holder_is_new(const struct kms_case *c,
		       const struct kms_measure *measure);

#endif /* KMS_DIAGNOSE_JUDGE_GROWERS_H */
