// SPDX-License-Identifier: GPL-2.0-only
/* The walks and traces of a look, side by side. */
#include <linux/kmemscope.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "diagnose/jobs.h"
#include "diagnose/who.h"
#include "lib/job.h"
#include "lib/kinds.h"

#define SECOND_NS 1000000000ull

/* Enough to see the shares of any number of dentries. */
#define BUDGET_MOST_NS (3 * SECOND_NS)

/*
 * Jobs keep their time, but a busy host may let them begin late, and a probe is
 * gone only when all CPUs have passed by.  So much longer is waited.
 */
#define GRACE_NS (2 * SECOND_NS)

uint64_t ks_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + now.tv_nsec;
}

uint64_t ks_walk_budget(uint64_t left_ns)
{
	uint64_t budget = left_ns / 2;

	return budget < BUDGET_MOST_NS ? budget : BUDGET_MOST_NS;
}

/* What grows all the time is tried again, but told of once. */
static void missing_add(struct ks_look *look, const char *what,
			const char *why)
{
	const struct ks_strings *missing = &look->missing;
	const char *text = ks_strings_add(&look->notes, "%s: %s", what, why);
	size_t i;

	for (i = 0; i < missing->nr; i++)
		if (!strcmp(missing->text[i], text))
			return;
	ks_strings_add(&look->missing, "%s", text);
}

/* Start a job; false, and noted, when that is refused. */
static bool job_start(struct ks_jobs *jobs, const struct ks_request *request,
		      const char *what, uint32_t *id)
{
	struct ks_error err = { 0 };

	if (!ks_job_start(jobs->nl, request, id, &err))
		return true;
	missing_add(jobs->look, what, err.text);
	return false;
}

void ks_jobs_walk(struct ks_jobs *jobs, size_t walk, uint64_t budget_ns)
{
	struct ks_request request = ks_job_request(&ks_kind_dentry);
	const char *what = "in which directories the dentries are";

	/* Refused once, it would be again. */
	if (walk == KS_WALK_AFTER && !jobs->look->walk[KS_WALK_BEFORE].done)
		return;
	ks_job_ask(&request, KMEMSCOPE_A_JOB_BUDGET_NS, NULL, budget_ns);
	if (!job_start(jobs, &request, what, &jobs->job[jobs->nr].id))
		return;
	jobs->job[jobs->nr].what = what;
	jobs->look->walk[walk].boottime_ns = ks_now_ns();
	jobs->job[jobs->nr].walk = &jobs->look->walk[walk];
	jobs->job[jobs->nr].traced = NULL;
	jobs->nr++;
}

void ks_jobs_trace(struct ks_jobs *jobs, const char *cache, bool stacks,
		   uint64_t duration_ns)
{
	struct ks_traced *traced = &jobs->look->traced[jobs->look->nr_traced];
	struct ks_request request = ks_job_request(&ks_kind_trace);
	const char *what;

	if (jobs->look->nr_traced == KS_TRACES_MAX || jobs->nr == KS_JOBS_MAX)
		return;
	what = ks_strings_add(&jobs->look->notes, "who allocates from %s",
			      cache);
	traced->began_ns = ks_now_ns();
	traced->cache = strdup(cache);
	if (!traced->cache)
		return;
	ks_job_ask(&request, KMEMSCOPE_A_JOB_CACHE, cache, 0);
	ks_job_ask(&request, KMEMSCOPE_A_JOB_DURATION_NS, NULL, duration_ns);
	if (stacks)
		request.flag = ks_kind_job.flags;
	if (!job_start(jobs, &request, what, &jobs->job[jobs->nr].id)) {
		jobs->look->nr_refused++;
		free(traced->cache);
		traced->cache = NULL;
		return;
	}
	jobs->job[jobs->nr].what = what;
	jobs->job[jobs->nr].walk = NULL;
	jobs->job[jobs->nr].traced = traced;
	jobs->nr++;
	jobs->look->nr_traced++;
}

/* Take one kind of rows.  Some of them are better than none. */
static enum ks_status rows_take(struct ks_jobs *jobs, uint32_t id,
				struct ks_rows *rows, struct ks_error *err)
{
	enum ks_status status = ks_job_take(jobs->nl, id, rows, err);

	if (status != KS_PARTIAL)
		return status;
	/* The last look is yet to come. */
	jobs->look->at[KS_LOOK_FIRST].partial = true;
	return KS_OK;
}

static enum ks_status walk_take(struct ks_jobs *jobs, uint32_t id,
				struct ks_walk *walk, struct ks_error *err)
{
	enum ks_status status;
	uint64_t took;

	/* What grows later is walked again: this replaces that walk. */
	ks_rows_cut(&walk->dentries, 0);
	ks_rows_cut(&walk->directories, 0);
	ks_rows_cut(&walk->names, 0);
	status = rows_take(jobs, id, &walk->dentries, err);
	if (!status)
		status = rows_take(jobs, id, &walk->directories, err);
	if (!status)
		status = rows_take(jobs, id, &walk->names, err);
	walk->done = !status;
	/* What it met is as of its middle. */
	took = ks_field(&walk->dentries, 0, KMEMSCOPE_A_DENTRY_WALK_NS);
	if (took != KS_UNKNOWN)
		walk->boottime_ns += took / 2;
	return status;
}

static enum ks_status traced_take(struct ks_jobs *jobs, uint32_t id,
				  struct ks_traced *traced,
				  struct ks_error *err)
{
	enum ks_status status;

	status = rows_take(jobs, id, &traced->trace, err);
	if (!status)
		status = rows_take(jobs, id, &traced->allocators, err);
	if (!status)
		status = rows_take(jobs, id, &traced->stacks, err);
	traced->done = !status;
	if (!status && !ks_who_begin(traced))
		status = ks_fail_memory(err);
	return status;
}

static bool job_finish(struct ks_jobs *jobs, size_t number, uint64_t until)
{
	struct ks_error err = { 0 };
	enum ks_status status;
	bool ended = false;

	status = ks_job_wait_bounded(jobs->nl, jobs->job[number].id, until,
				     &ended, &err);
	if (!status && !ended)
		status = ks_fail(&err, KS_ERROR, "there was not enough time");
	if (!status && jobs->job[number].walk)
		status = walk_take(jobs, jobs->job[number].id,
				   jobs->job[number].walk, &err);
	else if (!status)
		status = traced_take(jobs, jobs->job[number].id,
				     jobs->job[number].traced, &err);
	if (status)
		missing_add(jobs->look, jobs->job[number].what, err.text);
	/* It is gone when all its answers were taken: then this does nothing */
	ks_job_stop(jobs->nl, jobs->job[number].id, &err);
	return ended;
}

bool ks_jobs_finish(struct ks_jobs *jobs, uint64_t boottime_ns)
{
	bool ended = true;
	size_t i;

	for (i = 0; i < jobs->nr; i++)
		ended &= job_finish(jobs, i, boottime_ns + GRACE_NS);
	jobs->nr = 0;
	return ended;
}
