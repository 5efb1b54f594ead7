// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers that take the kernel longer than a dump may: start, poll, take.
 * Should this program end before, the kernel ends the job with its socket.
 */
#include <linux/kmemscope.h>
#include <string.h>
#include <time.h>

#include "lib/job.h"
#include "lib/kinds.h"

#define FIRST_PAUSE_NS	10000000L
#define LAST_PAUSE_NS	320000000L

static const struct ks_value *value_of(const struct ks_rows *rows,
				       uint16_t attr)
{
	size_t column;

	ks_kind_find_attr(rows->kind, attr, &column);
	return &rows->row[0][column];
}

static bool is_state(const struct ks_rows *job, const char *state)
{
	const struct ks_value *value = value_of(job, KMEMSCOPE_A_JOB_STATE);

	return value->presence == KS_TEXT && !strcmp(value->text, state);
}

struct ks_request ks_job_request(const struct ks_kind *kind)
{
	struct ks_request request = {
		.kind = &ks_kind_job,
		.cmd = KMEMSCOPE_CMD_JOB_START,
		.needs = "CAP_NET_ADMIN and CAP_SYS_ADMIN",
	};

	ks_job_ask(&request, KMEMSCOPE_A_JOB_KIND, kind->name, 0);
	return request;
}

void ks_job_ask(struct ks_request *request, uint16_t attr, const char *text,
		uint64_t number)
{
	struct ks_filter *filter = &request->filters[request->nr_filters++];

	ks_kind_find_attr(&ks_kind_job, attr, &filter->column);
	filter->text = text;
	filter->number = number;
}

enum ks_status ks_job_start(struct ks_nl *nl, const struct ks_request *request,
			    uint32_t *id, struct ks_error *err)
{
	struct ks_rows job = { .kind = &ks_kind_job };
	enum ks_status status;

	status = ks_nl_do(nl, request, &job, err);
	if (!status &&
	    (job.nr != 1 || value_of(&job, KMEMSCOPE_A_JOB_ID)->presence !=
			    KS_NUMBER))
		status = ks_fail(err, KS_ERROR,
				 "the module did not say which job it started");
	if (!status)
		*id = value_of(&job, KMEMSCOPE_A_JOB_ID)->magnitude;
	ks_rows_free(&job);
	return status;
}

static enum ks_status job_poll(struct ks_nl *nl, uint32_t id,
			       struct ks_rows *job, struct ks_error *err)
{
	struct ks_request request = ks_request_rows(&ks_kind_job);
	enum ks_status status;

	ks_kind_find_attr(&ks_kind_job, KMEMSCOPE_A_JOB_ID,
			  &request.filters[0].column);
	request.filters[0].number = id;
	request.nr_filters = 1;
	ks_rows_cut(job, 0);
	status = ks_nl_dump(nl, &request, job, err);
	if (!status && job->nr != 1)
		return ks_fail(err, KS_ERROR, "the module forgot its job");
	return status;
}

/* Have a command carried out that is about a job and answers nothing. */
static enum ks_status job_tell(struct ks_nl *nl, uint8_t cmd, uint32_t id,
			       struct ks_error *err)
{
	struct ks_request request = {
		.kind = &ks_kind_job,
		.cmd = cmd,
		.needs = "CAP_NET_ADMIN and CAP_SYS_ADMIN",
	};
	struct ks_rows none = { .kind = &ks_kind_job };
	enum ks_status status;

	ks_job_ask(&request, KMEMSCOPE_A_JOB_ID, NULL, id);
	status = ks_nl_do(nl, &request, &none, err);
	ks_rows_free(&none);
	return status;
}

enum ks_status ks_job_finish(struct ks_nl *nl, uint32_t id,
			     struct ks_error *err)
{
	return job_tell(nl, KMEMSCOPE_CMD_JOB_FINISH, id, err);
}

enum ks_status ks_job_wait_until(struct ks_nl *nl, uint32_t id,
				 const atomic_bool *enough,
				 struct ks_error *err)
{
	struct timespec pause = { .tv_nsec = FIRST_PAUSE_NS };
	struct ks_rows job = { .kind = &ks_kind_job };
	enum ks_status status = job_poll(nl, id, &job, err);

	while (!status && is_state(&job, "running")) {
		/* A signal ends this, too. */
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < LAST_PAUSE_NS)
			pause.tv_nsec *= 2;
		if (enough && *enough) {
			enough = NULL;
			pause.tv_nsec = FIRST_PAUSE_NS;
			status = ks_job_finish(nl, id, err);
		}
		if (!status)
			status = job_poll(nl, id, &job, err);
	}
	ks_rows_free(&job);
	return status;
}

enum ks_status ks_job_wait(struct ks_nl *nl, uint32_t id, struct ks_error *err)
{
	return ks_job_wait_until(nl, id, NULL, err);
}

static uint64_t boottime_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

enum ks_status ks_job_wait_bounded(struct ks_nl *nl, uint32_t id,
				   uint64_t until, bool *ended,
				   struct ks_error *err)
{
	struct timespec pause = { .tv_nsec = FIRST_PAUSE_NS };
	struct ks_rows job = { .kind = &ks_kind_job };
	enum ks_status status = job_poll(nl, id, &job, err);

	while (!status && is_state(&job, "running") && boottime_ns() < until) {
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < LAST_PAUSE_NS)
			pause.tv_nsec *= 2;
		status = job_poll(nl, id, &job, err);
	}
	*ended = !status && !is_state(&job, "running");
	ks_rows_free(&job);
	return status;
}

enum ks_status ks_job_stop(struct ks_nl *nl, uint32_t id, struct ks_error *err)
{
	return job_tell(nl, KMEMSCOPE_CMD_JOB_STOP, id, err);
}

enum ks_status ks_job_take(struct ks_nl *nl, uint32_t id, struct ks_rows *rows,
			   struct ks_error *err)
{
	struct ks_request request = ks_request_rows(rows->kind);

	request.job = id;
	return ks_nl_dump(nl, &request, rows, err);
}

enum ks_status ks_job_rows(struct ks_nl *nl, const struct ks_request *request,
			   uint32_t *id, struct ks_rows *rows,
			   struct ks_error *err)
{
	enum ks_status status;

	status = ks_job_start(nl, request, id, err);
	if (!status)
		status = ks_job_wait(nl, *id, err);
	/* One that failed says why when its answer is asked for. */
	if (!status)
		status = ks_job_take(nl, *id, rows, err);
	return status;
}
