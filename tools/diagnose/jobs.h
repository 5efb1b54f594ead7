/* SPDX-License-Identifier: GPL-2.0-only */
/* The walks and traces of a look, side by side. */
#ifndef KS_JOBS_H
#define KS_JOBS_H

#include "diagnose/look.h"
#include "lib/nl.h"

/* A walk before, a walk after and traces: never more than these at once. */
#define KS_JOBS_MAX 4

struct ks_jobs {
	struct ks_look *look;
	struct ks_nl *nl;
	struct {
		uint32_t id;
		const char *what;		/* in messages */
		struct ks_walk *walk;		/* one of the two */
		struct ks_traced *traced;
	} job[KS_JOBS_MAX];
	size_t nr;
};

/* CLOCK_BOOTTIME */
uint64_t ks_now_ns(void);

/* How long a walk may take when so much time is left. */
uint64_t ks_walk_budget(uint64_t left_ns);

/* Start one; what is refused is noted in the look. */
void ks_jobs_walk(struct ks_jobs *jobs, size_t walk, uint64_t budget_ns);
void ks_jobs_trace(struct ks_jobs *jobs, const char *cache, bool stacks,
		   uint64_t duration_ns);

/*
 * Wait for all, until then or a little longer, and take what they found.
 * Those that were not through by then are ended, and it returns false.
 */
bool ks_jobs_finish(struct ks_jobs *jobs, uint64_t boottime_ns);

#endif /* KS_JOBS_H */
