// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers that take the kernel longer than a dump may: start, poll, take. When
 * this program ends first, the kernel ends the job with its socket.
 */
#include <linux/kmemscope.h>
#include <string.h>
#include <time.h>

#include "client/job.h"
#include "lib/clock.h"
#include "table/kinds.h"

#define FIRST_PAUSE_NS	10000000L
#define LAST_PAUSE_NS	320000000L

static bool is_state(const struct kms_rows *job, const char *state)
{
	const char *text = kms_rows_text(job, 0, KMEMSCOPE_A_JOB_STATE);

	return text && !strcmp(text, state);
}

struct kms_request kms_job_request(const struct kms_kind *kind)
{
	struct kms_request request = {
		.kind = &kms_kind_job,
		.cmd = KMEMSCOPE_CMD_JOB_START,
		.needs = "CAP_NET_ADMIN and CAP_SYS_ADMIN",
	};

	kms_job_ask(&request, KMEMSCOPE_A_JOB_KIND, kind->name, 0);
	return request;
}

void kms_job_ask(struct kms_request *request, uint16_t attr, const char *text,
		 uint64_t number)
{
	struct kms_filter *filter = &request->filters[request->nr_filters++];

	kms_kind_find_attr(&kms_kind_job, attr, &filter->column);
	filter->text = text;
	filter->number = number;
}

struct kms_request kms_job_request_walk(uint64_t budget_ns)
{
	struct kms_request request = kms_job_request(&kms_kind_dentry);

	kms_job_ask(&request, KMEMSCOPE_A_JOB_BUDGET_NS, NULL, budget_ns);
	return request;
}

struct kms_request kms_job_request_trace(const char *cache,
					 uint64_t duration_ns, bool stacks)
{
	struct kms_request request = kms_job_request(&kms_kind_trace);

	kms_job_ask(&request, KMEMSCOPE_A_JOB_CACHE, cache, 0);
	kms_job_ask(&request, KMEMSCOPE_A_JOB_DURATION_NS, NULL, duration_ns);
	if (stacks)
		request.flag = kms_kind_job.flags;
	return request;
}

enum kms_status kms_job_start(struct kms_nl *nl,
			      const struct kms_request *request, uint32_t *id,
			      struct kms_error *err)
{
	struct kms_rows job = { .kind = &kms_kind_job };
	enum kms_status status;
	const struct kms_value *number;

	status = kms_nl_do(nl, request, &job, err);
	number = kms_rows_value(&job, 0, KMEMSCOPE_A_JOB_ID);
	if (!status && (job.nr != 1 || number->presence != KMS_NUMBER))
		status = kms_fail(err, KMS_ERROR,
				  "the module returned no job id");
	if (!status)
		*id = (uint32_t)number->magnitude;
	kms_rows_free(&job);
	return status;
}

static enum kms_status job_poll(struct kms_nl *nl, uint32_t id,
				struct kms_rows *job, struct kms_error *err)
{
	struct kms_request request = kms_request_rows(&kms_kind_job);
	enum kms_status status;

	kms_kind_find_attr(&kms_kind_job, KMEMSCOPE_A_JOB_ID,
			   &request.filters[0].column);
	request.filters[0].number = id;
	request.nr_filters = 1;
	kms_rows_cut(job, 0);
	status = kms_nl_dump(nl, &request, job, err);
	if (!status && job->nr != 1)
		return kms_fail(err, KMS_ERROR, "the module does not know its job");
	return status;
}

/* Carry out a command about a job that returns no record. */
static enum kms_status job_tell(struct kms_nl *nl, uint8_t cmd, uint32_t id,
				struct kms_error *err)
{
	struct kms_request request = {
		.kind = &kms_kind_job,
		.cmd = cmd,
		.needs = "CAP_NET_ADMIN and CAP_SYS_ADMIN",
	};
	struct kms_rows none = { .kind = &kms_kind_job };
	enum kms_status status;

	kms_job_ask(&request, KMEMSCOPE_A_JOB_ID, NULL, id);
	status = kms_nl_do(nl, &request, &none, err);
	kms_rows_free(&none);
	return status;
}

enum kms_status kms_job_finish(struct kms_nl *nl, uint32_t id,
			       struct kms_error *err)
{
	return job_tell(nl, KMEMSCOPE_CMD_JOB_FINISH, id, err);
}

/* How long to wait, and what ends it early. */
struct wait {
	uint64_t until_ns;		/* of kms_now_ns() */
	const atomic_bool *enough;	/* once set, finish the job; or NULL */
};

/* Poll until the job ended or it is too late; *ended says which. */
static enum kms_status job_wait(struct kms_nl *nl, uint32_t id,
				const struct wait *wait, bool *ended,
				struct kms_error *err)
{
	const atomic_bool *enough = wait->enough;
	struct timespec pause = { .tv_nsec = FIRST_PAUSE_NS };
	struct kms_rows job = { .kind = &kms_kind_job };
	enum kms_status status = job_poll(nl, id, &job, err);

	while (!status && is_state(&job, "running") &&
	       kms_now_ns() < wait->until_ns) {
		/* A signal ends this, too. */
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < LAST_PAUSE_NS)
			pause.tv_nsec *= 2;
		if (enough && *enough) {
			enough = NULL;
			pause.tv_nsec = FIRST_PAUSE_NS;
			status = kms_job_finish(nl, id, err);
		}
		if (!status)
			status = job_poll(nl, id, &job, err);
	}
	*ended = !status && !is_state(&job, "running");
	kms_rows_free(&job);
	return status;
}

enum kms_status kms_job_wait_until(struct kms_nl *nl, uint32_t id,
				   const atomic_bool *enough,
				   struct kms_error *err)
{
	const struct wait wait = { .until_ns = UINT64_MAX, .enough = enough };
	bool ended;

	return job_wait(nl, id, &wait, &ended, err);
}

enum kms_status kms_job_wait(struct kms_nl *nl, uint32_t id,
			     struct kms_error *err)
{
	return kms_job_wait_until(nl, id, NULL, err);
}

enum kms_status kms_job_wait_bounded(struct kms_nl *nl, uint32_t id,
				     uint64_t boottime_ns, bool *ended,
				     struct kms_error *err)
{
	const struct wait wait = { .until_ns = boottime_ns };

	return job_wait(nl, id, &wait, ended, err);
}

enum kms_status kms_job_stop(struct kms_nl *nl, uint32_t id,
			     struct kms_error *err)
{
	return job_tell(nl, KMEMSCOPE_CMD_JOB_STOP, id, err);
}

enum kms_status kms_job_take(struct kms_nl *nl, uint32_t id,
			     struct kms_rows *rows, struct kms_error *err)
{
	struct kms_request request = kms_request_rows(rows->kind);

	request.job = id;
	return kms_nl_dump(nl, &request, rows, err);
}

enum kms_status kms_job_rows(struct kms_nl *nl,
			     const struct kms_request *request, uint32_t *id,
			     struct kms_rows *rows, struct kms_error *err)
{
	enum kms_status status;

	status = kms_job_start(nl, request, id, err);
	if (status)
		return status;
	status = kms_job_wait(nl, *id, err);
	if (status)
		return status;
	/* For a job that failed, this returns the reason. */
	return kms_job_take(nl, *id, rows, err);
}
