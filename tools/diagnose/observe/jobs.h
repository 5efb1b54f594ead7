/* SPDX-License-Identifier: GPL-2.0-only */
/* The walks and traces of an observation, side by side. */
#ifndef KMS_DIAGNOSE_OBSERVE_JOBS_H
#define KMS_DIAGNOSE_OBSERVE_JOBS_H

#include "client/nl.h"
#include "diagnose/observation.h"

/* The module runs four jobs at a time, for all readers. */
#define KMS_MAX_JOBS 4

struct kms_observe_job {
	uint32_t id;
	const char *what;		/* in messages */
	struct kms_walk *walk;		/* one of the two */
	struct kms_trace *trace;
};

struct kms_jobs {
	struct kms_observation *obs;
	struct kms_nl *nl;
	struct kms_observe_job job[KMS_MAX_JOBS];
	size_t nr;
};

/* How long a walk may take when this much time is left. */
uint64_t kms_walk_budget(uint64_t left_ns);

/* Start one; a refusal is noted in the observation. */
void kms_jobs_walk(struct kms_jobs *jobs, size_t number, uint64_t budget_ns);
void kms_jobs_trace(struct kms_jobs *jobs, const char *cache, bool stacks,
		    uint64_t duration_ns);

/*
 * Wait for all, until then or a little longer, and take their records.  Jobs
 * that have not ended by then are stopped, and it returns false.
 */
bool kms_jobs_finish(struct kms_jobs *jobs, uint64_t boottime_ns);

#endif /* KMS_DIAGNOSE_OBSERVE_JOBS_H */
