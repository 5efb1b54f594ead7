// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers that take the kernel longer than a dump may: start, poll, take.
 * Should this program end before, the kernel ends the job with its socket.
 */
#include <linux/kmemscope.h>
#include <string.h>
#include <time.h>

#include "client/job.h"
#include "table/kinds.h"

#define FIRST_PAUSE_NS	10000000L
#define LAST_PAUSE_NS	320000000L

static const struct kms_value *value_of(const struct kms_rows *rows,
					uint16_t attr)
{
	size_t column;

	kms_kind_find_attr(rows->kind, attr, &column);
	return &rows->row[0][column];
}

static bool is_state(const struct kms_rows *job, const char *state)
{
	const struct kms_value *value = value_of(job, KMEMSCOPE_A_JOB_STATE);

	return value->presence == KMS_TEXT && !strcmp(value->text, state);
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

enum kms_status kms_job_start(struct kms_nl *nl,
			      const struct kms_request *request, uint32_t *id,
			      struct kms_error *err)
{
	struct kms_rows job = { .kind = &kms_kind_job };
	enum kms_status status;

	status = kms_nl_do(nl, request, &job, err);
	if (!status &&
	    (job.nr != 1 || value_of(&job, KMEMSCOPE_A_JOB_ID)->presence !=
			    KMS_NUMBER))
		status =
			kms_fail(err, KMS_ERROR,
				 "the module did not say which job it started");
	if (!status)
		*id = value_of(&job, KMEMSCOPE_A_JOB_ID)->magnitude;
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
		return kms_fail(err, KMS_ERROR, "the module forgot its job");
	return status;
}

/* Have a command carried out that is about a job and answers nothing. */
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

enum kms_status kms_job_wait_until(struct kms_nl *nl, uint32_t id,
				   const atomic_bool *enough,
				   struct kms_error *err)
{
	struct timespec pause = { .tv_nsec = FIRST_PAUSE_NS };
	struct kms_rows job = { .kind = &kms_kind_job };
	enum kms_status status = job_poll(nl, id, &job, err);

	while (!status && is_state(&job, "running")) {
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
	kms_rows_free(&job);
	return status;
}

enum kms_status kms_job_wait(struct kms_nl *nl, uint32_t id,
			     struct kms_error *err)
{
	return kms_job_wait_until(nl, id, NULL, err);
}

static uint64_t boottime_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

enum kms_status kms_job_wait_bounded(struct kms_nl *nl, uint32_t id,
				     uint64_t until, bool *ended,
				     struct kms_error *err)
{
	struct timespec pause = { .tv_nsec = FIRST_PAUSE_NS };
	struct kms_rows job = { .kind = &kms_kind_job };
	enum kms_status status = job_poll(nl, id, &job, err);

	while (!status && is_state(&job, "running") && boottime_ns() < until) {
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < LAST_PAUSE_NS)
			pause.tv_nsec *= 2;
		status = job_poll(nl, id, &job, err);
	}
	*ended = !status && !is_state(&job, "running");
	kms_rows_free(&job);
	return status;
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
	if (!status)
		status = kms_job_wait(nl, *id, err);
	/* One that failed says why when its answer is asked for. */
	if (!status)
		status = kms_job_take(nl, *id, rows, err);
	return status;
}
