/* SPDX-License-Identifier: GPL-2.0-only */
/* Answers that take the kernel longer than a dump may. */
#ifndef KS_JOB_H
#define KS_JOB_H

#include <stdatomic.h>

#include "lib/nl.h"

/* A request to start a job that collects records of a kind. */
struct ks_request ks_job_request(const struct ks_kind *kind);

/* Add what the job is asked for: an attribute of its, and its text or number. */
void ks_job_ask(struct ks_request *request, uint16_t attr, const char *text,
		uint64_t number);

/*
 * Start a job.  It goes on while this program does something else, and ends
 * with the socket.
 */
enum ks_status ks_job_start(struct ks_nl *nl, const struct ks_request *request,
			    uint32_t *id, struct ks_error *err);

/* Have it end with what there is so far, where its kind can. */
enum ks_status ks_job_finish(struct ks_nl *nl, uint32_t id,
			     struct ks_error *err);

/* Wait for its end, good or bad. */
enum ks_status ks_job_wait(struct ks_nl *nl, uint32_t id, struct ks_error *err);

/* The same; once somebody has set enough, have it finish. */
enum ks_status ks_job_wait_until(struct ks_nl *nl, uint32_t id,
				 const atomic_bool *enough,
				 struct ks_error *err);

/*
 * Wait for its end, but not beyond this time of CLOCK_BOOTTIME; *ended says
 * whether it came.
 */
enum ks_status ks_job_wait_bounded(struct ks_nl *nl, uint32_t id,
				   uint64_t boottime_ns, bool *ended,
				   struct ks_error *err);

/* End it, whether it is through or not; what it found goes with it. */
enum ks_status ks_job_stop(struct ks_nl *nl, uint32_t id,
			   struct ks_error *err);

/*
 * Append what it found of the rows' kind, once for each kind; or, when it
 * failed, say why.
 */
enum ks_status ks_job_take(struct ks_nl *nl, uint32_t id, struct ks_rows *rows,
			   struct ks_error *err);

/* All of that, for one kind of record; others can be taken by the id then. */
enum ks_status ks_job_rows(struct ks_nl *nl, const struct ks_request *request,
			   uint32_t *id, struct ks_rows *rows,
			   struct ks_error *err);

#endif /* KS_JOB_H */
