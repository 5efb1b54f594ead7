/* SPDX-License-Identifier: GPL-2.0-only */
/* The walks and traces of a look, side by side. */
#ifndef KMS_DIAGNOSE_OBSERVE_JOBS_H
#define KMS_DIAGNOSE_OBSERVE_JOBS_H

#include "client/nl.h"
#include "diagnose/observation.h"
#include "lib/clock.h"

/* A walk before, a walk after and traces: never more than these at once. */
#define KMS_JOBS_MAX 4

struct kms_jobs {
	struct kms_look *look;
	struct kms_nl *nl;
	struct {
		uint32_t id;
		const char *what;		/* in messages */
		struct kms_walk *walk;		/* one of the two */
		struct kms_traced *traced;
	} job[KMS_JOBS_MAX];
	size_t nr;
};

/* How long a walk may take when so much time is left. */
uint64_t kms_walk_budget(uint64_t left_ns);

/* Start one; what is refused is noted in the look. */
void kms_jobs_walk(struct kms_jobs *jobs, size_t walk, uint64_t budget_ns);
void kms_jobs_trace(struct kms_jobs *jobs, const char *cache, bool stacks,
		    uint64_t duration_ns);

/*
 * Wait for all, until then or a little longer, and take what they found.
 * Those that were not through by then are ended, and it returns false.
 */
bool kms_jobs_finish(struct kms_jobs *jobs, uint64_t boottime_ns);

#endif /* KMS_DIAGNOSE_OBSERVE_JOBS_H */
