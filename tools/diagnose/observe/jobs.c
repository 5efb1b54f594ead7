// SPDX-License-Identifier: GPL-2.0-only
/* The walks and traces of an observation, side by side. */
#include <stdlib.h>
#include <string.h>

#include "client/job.h"
#include "diagnose/observe/allocators.h"
#include "diagnose/observe/jobs.h"
#include "lib/clock.h"

/* Long enough for the shares of any number of dentries. */
#define MAX_BUDGET_NS (3 * NS_PER_SEC)

/*
 * A busy host may let a job begin late, and a probe is gone only when all CPUs
 * have passed by: wait this much longer.
 */
#define GRACE_NS (2 * NS_PER_SEC)

uint64_t kms_walk_budget(uint64_t left_ns)
{
	uint64_t budget = left_ns / 2;

	return budget < MAX_BUDGET_NS ? budget : MAX_BUDGET_NS;
}

/* Growth that goes on is traced again: note a reason only once. */
static void missing_add(struct kms_observation *obs, const char *what,
			const char *why)
{
	const struct kms_strings *missing = &obs->missing;
	const char *text = kms_strings_add(&obs->notes, "%s: %s", what, why);
	size_t i;

	for (i = 0; i < missing->nr; i++)
		if (!strcmp(missing->text[i], text))
			return;
	kms_strings_add(&obs->missing, "%s", text);
}

/* Start a job; a refusal is noted, and false. */
static bool job_start(struct kms_jobs *jobs, const struct kms_request *request,
		      struct kms_observe_job *job)
{
	struct kms_error err = { 0 };

	if (!kms_job_start(jobs->nl, request, &job->id, &err))
		return true;
	missing_add(jobs->obs, job->what, err.text);
	return false;
}

void kms_jobs_walk(struct kms_jobs *jobs, size_t number, uint64_t budget_ns)
{
	const struct kms_request request = kms_job_request_walk(budget_ns);
	struct kms_walk *walk = &jobs->obs->walk[number];
	struct kms_observe_job *job = &jobs->job[jobs->nr];

	/* If the first walk was refused, so is this. */
	if (number == KMS_WALK_AFTER && !jobs->obs->walk[KMS_WALK_BEFORE].done)
		return;
	*job = (struct kms_observe_job){
		.what = "in which directories the dentries are",
		.walk = walk,
	};
	if (!job_start(jobs, &request, job))
		return;
	walk->boottime_ns = kms_now_ns();
	jobs->nr++;
}

void kms_jobs_trace(struct kms_jobs *jobs, const char *cache, bool stacks,
		    uint64_t duration_ns)
{
	const struct kms_request request =
		kms_job_request_trace(cache, duration_ns, stacks);
	struct kms_observation *obs = jobs->obs;
	struct kms_trace *trace = &obs->trace[obs->nr_traces];
	struct kms_observe_job *job = &jobs->job[jobs->nr];

	if (obs->nr_traces == KMS_MAX_TRACES || jobs->nr == KMS_MAX_JOBS)
		return;
	*job = (struct kms_observe_job){
		.what = kms_strings_add(&obs->notes, "who allocates from %s",
					cache),
		.trace = trace,
	};
	trace->began_ns = kms_now_ns();
	trace->cache = strdup(cache);
	if (!trace->cache)
		return;
	if (!job_start(jobs, &request, job)) {
		obs->nr_refused++;
		free(trace->cache);
		trace->cache = NULL;
		return;
	}
	jobs->nr++;
	obs->nr_traces++;
}

/* Take records of one kind.  Some of them are better than none. */
static enum kms_status rows_take(struct kms_jobs *jobs, uint32_t id,
				 struct kms_rows *rows, struct kms_error *err)
{
	enum kms_status status = kms_job_take(jobs->nl, id, rows, err);

	if (status != KMS_PARTIAL)
		return status;
	/* The last moment is yet to come. */
	jobs->obs->moment[KMS_MOMENT_FIRST].partial = true;
	return KMS_OK;
}

static enum kms_status records_take(struct kms_jobs *jobs, uint32_t id,
				    struct kms_records *records,
				    struct kms_error *err)
{
	struct kms_rows rows = { .kind = records->type->kind };
	enum kms_status status = rows_take(jobs, id, &rows, err);

	if (!status && !kms_records_fill(records, &rows))
		status = kms_fail_memory(err);
	kms_rows_free(&rows);
	return status;
}

/* Take the only record of a kind. */
static enum kms_status record_take(struct kms_jobs *jobs, uint32_t id,
				   const struct kms_record_type *type,
				   void *record, struct kms_error *err)
{
	struct kms_rows rows = { .kind = type->kind };
	enum kms_status status = rows_take(jobs, id, &rows, err);

	if (!status && rows.nr && !kms_record_fill(type, record, &rows, 0))
		status = kms_fail_memory(err);
	kms_rows_free(&rows);
	return status;
}

/* Growth that comes later is walked again: this replaces the walk before. */
static enum kms_status walk_take(struct kms_jobs *jobs, uint32_t id,
				 struct kms_walk *walk, struct kms_error *err)
{
	enum kms_status status;

	status = record_take(jobs, id, &kms_dentry_type, &walk->total, err);
	if (!status)
		status = records_take(jobs, id, &walk->directories.any, err);
	if (!status)
		status = records_take(jobs, id, &walk->names.any, err);
	walk->done = !status;
	/* Its counts are, on average, those of its middle. */
	if (!status && walk->total.walk_ns != KMS_UNKNOWN)
		walk->boottime_ns += walk->total.walk_ns / 2;
	return status;
}

static enum kms_status trace_take(struct kms_jobs *jobs, uint32_t id,
				  struct kms_trace *trace,
				  struct kms_error *err)
{
	enum kms_status status;

	status = record_take(jobs, id, &kms_trace_type, &trace->total, err);
	if (!status)
		status = records_take(jobs, id, &trace->allocators.any, err);
	if (!status)
		status = records_take(jobs, id, &trace->stacks.any, err);
	trace->done = !status;
	if (!status && !kms_allocators_begin(trace))
		status = kms_fail_memory(err);
	return status;
}

static bool job_finish(struct kms_jobs *jobs,
		       const struct kms_observe_job *job, uint64_t until)
{
	struct kms_error err = { 0 };
	enum kms_status status;
	bool ended = false;

	status = kms_job_wait_bounded(jobs->nl, job->id, until, &ended, &err);
	if (!status && !ended)
		status = kms_fail(&err, KMS_ERROR, "there was not enough time");
	if (!status && job->walk)
		status = walk_take(jobs, job->id, job->walk, &err);
	else if (!status)
		status = trace_take(jobs, job->id, job->trace, &err);
	if (status)
		missing_add(jobs->obs, job->what, err.text);
	/* Once all its records were taken it is gone: this does nothing. */
	kms_job_stop(jobs->nl, job->id, &err);
	return ended;
}

bool kms_jobs_finish(struct kms_jobs *jobs, uint64_t boottime_ns)
{
	bool ended = true;
	size_t i;

	for (i = 0; i < jobs->nr; i++)
		ended &= job_finish(jobs, &jobs->job[i],
				    boottime_ns + GRACE_NS);
	jobs->nr = 0;
	return ended;
}
