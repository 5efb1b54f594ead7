// SPDX-License-Identifier: GPL-2.0-only
/* The walks and traces of a look, side by side. */
#include <linux/kmemscope.h>
#include <stdlib.h>
#include <string.h>

#include "client/job.h"
#include "diagnose/observe/allocators.h"
#include "diagnose/observe/jobs.h"
#include "table/kinds.h"

#define SECOND_NS 1000000000ull

/* Enough to see the shares of any number of dentries. */
#define BUDGET_MOST_NS (3 * SECOND_NS)

/*
 * Jobs keep their time, but a busy host may let them begin late, and a probe is
 * gone only when all CPUs have passed by.  So much longer is waited.
 */
#define GRACE_NS (2 * SECOND_NS)

uint64_t kms_walk_budget(uint64_t left_ns)
{
	uint64_t budget = left_ns / 2;

	return budget < BUDGET_MOST_NS ? budget : BUDGET_MOST_NS;
}

/* What grows all the time is tried again, but told of once. */
static void missing_add(struct kms_look *look, const char *what,
			const char *why)
{
	const struct kms_strings *missing = &look->missing;
	const char *text = kms_strings_add(&look->notes, "%s: %s", what, why);
	size_t i;

	for (i = 0; i < missing->nr; i++)
		if (!strcmp(missing->text[i], text))
			return;
	kms_strings_add(&look->missing, "%s", text);
}

/* Start a job; false, and noted, when that is refused. */
static bool job_start(struct kms_jobs *jobs, const struct kms_request *request,
		      const char *what, uint32_t *id)
{
	struct kms_error err = { 0 };

	if (!kms_job_start(jobs->nl, request, id, &err))
		return true;
	missing_add(jobs->look, what, err.text);
	return false;
}

void kms_jobs_walk(struct kms_jobs *jobs, size_t walk, uint64_t budget_ns)
{
	struct kms_request request = kms_job_request(&kms_kind_dentry);
	const char *what = "in which directories the dentries are";

	/* Refused once, it would be again. */
	if (walk == KMS_WALK_AFTER && !jobs->look->walk[KMS_WALK_BEFORE].done)
		return;
	kms_job_ask(&request, KMEMSCOPE_A_JOB_BUDGET_NS, NULL, budget_ns);
	if (!job_start(jobs, &request, what, &jobs->job[jobs->nr].id))
		return;
	jobs->job[jobs->nr].what = what;
	jobs->look->walk[walk].boottime_ns = kms_now_ns();
	jobs->job[jobs->nr].walk = &jobs->look->walk[walk];
	jobs->job[jobs->nr].traced = NULL;
	jobs->nr++;
}

void kms_jobs_trace(struct kms_jobs *jobs, const char *cache, bool stacks,
		    uint64_t duration_ns)
{
	struct kms_traced *traced = &jobs->look->traced[jobs->look->nr_traced];
	struct kms_request request = kms_job_request(&kms_kind_trace);
	const char *what;

	if (jobs->look->nr_traced == KMS_TRACES_MAX || jobs->nr == KMS_JOBS_MAX)
		return;
	what = kms_strings_add(&jobs->look->notes, "who allocates from %s",
			       cache);
	traced->began_ns = kms_now_ns();
	traced->cache = strdup(cache);
	if (!traced->cache)
		return;
	kms_job_ask(&request, KMEMSCOPE_A_JOB_CACHE, cache, 0);
	kms_job_ask(&request, KMEMSCOPE_A_JOB_DURATION_NS, NULL, duration_ns);
	if (stacks)
		request.flag = kms_kind_job.flags;
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
static enum kms_status rows_take(struct kms_jobs *jobs, uint32_t id,
				 struct kms_rows *rows, struct kms_error *err)
{
	enum kms_status status = kms_job_take(jobs->nl, id, rows, err);

	if (status != KMS_PARTIAL)
		return status;
	/* The last look is yet to come. */
	jobs->look->at[KMS_LOOK_FIRST].partial = true;
	return KMS_OK;
}

static enum kms_status walk_take(struct kms_jobs *jobs, uint32_t id,
				 struct kms_walk *walk, struct kms_error *err)
{
	enum kms_status status;
	uint64_t took;

	/* What grows later is walked again: this replaces that walk. */
	kms_rows_cut(&walk->dentries, 0);
	kms_rows_cut(&walk->directories, 0);
	kms_rows_cut(&walk->names, 0);
	status = rows_take(jobs, id, &walk->dentries, err);
	if (!status)
		status = rows_take(jobs, id, &walk->directories, err);
	if (!status)
		status = rows_take(jobs, id, &walk->names, err);
	walk->done = !status;
	/* What it met is as of its middle. */
	took = kms_field(&walk->dentries, 0, KMEMSCOPE_A_DENTRY_WALK_NS);
	if (took != KMS_UNKNOWN)
		walk->boottime_ns += took / 2;
	return status;
}

static enum kms_status traced_take(struct kms_jobs *jobs, uint32_t id,
				   struct kms_traced *traced,
				   struct kms_error *err)
{
	enum kms_status status;

	status = rows_take(jobs, id, &traced->trace, err);
	if (!status)
		status = rows_take(jobs, id, &traced->allocators, err);
	if (!status)
		status = rows_take(jobs, id, &traced->stacks, err);
	traced->done = !status;
	if (!status && !kms_who_begin(traced))
		status = kms_fail_memory(err);
	return status;
}

static bool job_finish(struct kms_jobs *jobs, size_t number, uint64_t until)
{
	struct kms_error err = { 0 };
	enum kms_status status;
	bool ended = false;

	status = kms_job_wait_bounded(jobs->nl, jobs->job[number].id, until,
				      &ended, &err);
	if (!status && !ended)
		status = kms_fail(&err, KMS_ERROR, "there was not enough time");
	if (!status && jobs->job[number].walk)
		status = walk_take(jobs, jobs->job[number].id,
				   jobs->job[number].walk, &err);
	else if (!status)
		status = traced_take(jobs, jobs->job[number].id,
				     jobs->job[number].traced, &err);
	if (status)
		missing_add(jobs->look, jobs->job[number].what, err.text);
	/* It is gone when all its answers were taken: then this does nothing */
	kms_job_stop(jobs->nl, jobs->job[number].id, &err);
	return ended;
}

bool kms_jobs_finish(struct kms_jobs *jobs, uint64_t boottime_ns)
{
	bool ended = true;
	size_t i;

	for (i = 0; i < jobs->nr; i++)
		ended &= job_finish(jobs, i, boottime_ns + GRACE_NS);
	jobs->nr = 0;
	return ended;
}
