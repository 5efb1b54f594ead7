/* SPDX-License-Identifier: GPL-2.0-only */
/* Answers that take the kernel longer than a dump may. */
#ifndef KMS_CLIENT_JOB_H
#define KMS_CLIENT_JOB_H

#include <stdatomic.h>

#include "client/nl.h"

/* A request to start a job that collects records of a kind. */
struct kms_request kms_job_request(const struct kms_kind *kind);

/* Add what the job is asked for: an attribute of its, and its text or number. */
void kms_job_ask(struct kms_request *request, uint16_t attr, const char *text,
		 uint64_t number);

/*
 * Start a job.  It goes on while this program does something else, and ends
 * with the socket.
 */
enum kms_status kms_job_start(struct kms_nl *nl,
			      const struct kms_request *request, uint32_t *id,
			      struct kms_error *err);

/* Have it end with what there is so far, where its kind can. */
enum kms_status kms_job_finish(struct kms_nl *nl, uint32_t id,
			       struct kms_error *err);

/* Wait for its end, good or bad. */
enum kms_status kms_job_wait(struct kms_nl *nl, uint32_t id,
			     struct kms_error *err);

/* The same; once somebody has set enough, have it finish. */
enum kms_status kms_job_wait_until(struct kms_nl *nl, uint32_t id,
				   const atomic_bool *enough,
				   struct kms_error *err);

/*
 * Wait for its end, but not beyond this time of CLOCK_BOOTTIME; *ended says
 * whether it came.
 */
enum kms_status kms_job_wait_bounded(struct kms_nl *nl, uint32_t id,
				     uint64_t boottime_ns, bool *ended,
				     struct kms_error *err);

/* End it, whether it is through or not; what it found goes with it. */
enum kms_status kms_job_stop(struct kms_nl *nl, uint32_t id,
			     struct kms_error *err);

/*
 * Append what it found of the rows' kind, once for each kind; or, when it
 * failed, say why.
 */
enum kms_status kms_job_take(struct kms_nl *nl, uint32_t id,
			     struct kms_rows *rows, struct kms_error *err);

/* All of that, for one kind of record; others can be taken by the id then. */
enum kms_status kms_job_rows(struct kms_nl *nl,
			     const struct kms_request *request, uint32_t *id,
			     struct kms_rows *rows, struct kms_error *err);

#endif /* KMS_CLIENT_JOB_H */
