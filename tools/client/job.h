/* SPDX-License-Identifier: GPL-2.0-only */
/* Answers that take the kernel longer than a dump may. */
#ifndef KMS_CLIENT_JOB_H
#define KMS_CLIENT_JOB_H

#include <stdatomic.h>

#include "client/nl.h"

/* A request to start a job that collects records of a type. */
struct kms_request kms_job_request(const struct kms_kind *kind);

/* Add an attribute to the request for a job, with its text or number. */
void kms_job_ask(struct kms_request *request, uint16_t attr, const char *text,
		 uint64_t number);

/* A request for a walk over all dentries, and for a trace of a cache. */
struct kms_request kms_job_request_walk(uint64_t budget_ns);
struct kms_request kms_job_request_trace(const char *cache,
					 uint64_t duration_ns, bool stacks);

/* Start a job. It runs in the kernel until it ends or the socket is closed. */
enum kms_status kms_job_start(struct kms_nl *nl,
			      const struct kms_request *request, uint32_t *id,
			      struct kms_error *err);

/* End the job early and keep what it found, if its type allows that. */
enum kms_status kms_job_finish(struct kms_nl *nl, uint32_t id,
			       struct kms_error *err);

/* Wait until the job ended, also if it failed. */
enum kms_status kms_job_wait(struct kms_nl *nl, uint32_t id,
			     struct kms_error *err);

/* The same; once *enough is set, finish the job. */
enum kms_status kms_job_wait_until(struct kms_nl *nl, uint32_t id,
				   const atomic_bool *enough,
				   struct kms_error *err);

/* The same until a time of kms_now_ns(); *ended is set if the job ended. */
enum kms_status kms_job_wait_bounded(struct kms_nl *nl, uint32_t id,
				     uint64_t boottime_ns, bool *ended,
				     struct kms_error *err);

/* End the job and drop what it found. */
enum kms_status kms_job_stop(struct kms_nl *nl, uint32_t id,
			     struct kms_error *err);

/*
 * Append the records that the job found of the type of rows. Each type can be
 * taken once. If the job failed, this returns the reason.
 */
enum kms_status kms_job_take(struct kms_nl *nl, uint32_t id,
			     struct kms_rows *rows, struct kms_error *err);

/* Start, wait and take, for one type; *id serves to take others. */
enum kms_status kms_job_rows(struct kms_nl *nl,
			     const struct kms_request *request, uint32_t *id,
			     struct kms_rows *rows, struct kms_error *err);

#endif /* KMS_CLIENT_JOB_H */
