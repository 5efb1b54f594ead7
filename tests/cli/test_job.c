// SPDX-License-Identifier: GPL-2.0-only
/* Jobs: start, poll, take; against a module that is played here. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <linux/kmemscope.h>
#include <string.h>

#include "client/job.h"
#include "table/kinds.h"

#define JOB 5

/* What the module does, and what it was asked. */
static struct {
	const char * const *states;	/* of the job, poll after poll */
	bool no_record;		/* job-start says nothing */
	bool forgets;		/* it is not among the jobs */
	enum kms_status start;	/* how job-start ends */
	enum kms_status take;	/* how the dump of its answer ends */
	int polls;
	int takes;
	char kind[32];
	const char *needs;
} played;

static void value_set(struct kms_rows *rows, uint16_t attr,
		      struct kms_value value)
{
	size_t column;

	assert_true(kms_kind_find_attr(rows->kind, attr, &column));
	rows->row[rows->nr - 1][column] = value;
}

static void job_add(struct kms_rows *rows, const char *state)
{
	assert_non_null(kms_rows_add(rows));
	value_set(rows, KMEMSCOPE_A_JOB_ID, kms_value_unsigned(JOB));
	value_set(rows, KMEMSCOPE_A_JOB_STATE, kms_value_text(state));
}

enum kms_status kms_nl_do(struct kms_nl *nl, const struct kms_request *request,
			  struct kms_rows *rows, struct kms_error *err)
{
	(void)nl;
	assert_int_equal(request->cmd, KMEMSCOPE_CMD_JOB_START);
	assert_int_equal(request->nr_filters, 1);
	strncpy(played.kind, request->filters[0].text,
		sizeof(played.kind) - 1);
	played.needs = request->needs;
	if (played.start)
		return kms_fail(err, played.start, "too many jobs are running");
	if (!played.no_record)
		job_add(rows, "running");
	return KMS_OK;
}

static enum kms_status job_dump(const struct kms_request *request,
				struct kms_rows *rows)
{
	assert_int_equal(request->nr_filters, 1);
	assert_int_equal(request->filters[0].number, JOB);
	if (!played.forgets)
		job_add(rows, played.states[played.polls]);
	played.polls++;
	return KMS_OK;
}

enum kms_status kms_nl_dump(struct kms_nl *nl,
			    const struct kms_request *request,
			    struct kms_rows *rows, struct kms_error *err)
{
	(void)nl;
	if (request->kind == &kms_kind_job)
		return job_dump(request, rows);
	assert_ptr_equal(request->kind, &kms_kind_slab);
	assert_int_equal(request->job, JOB);
	assert_int_equal(request->nr_filters, 0);
	assert_null(request->flag);
	played.takes++;
	if (played.take == KMS_ERROR)
		return kms_fail(err, played.take, "it would take longer");
	assert_non_null(kms_rows_add(rows));
	return played.take ? kms_fail(err, played.take, "partial") : KMS_OK;
}

static enum kms_status job_run(struct kms_rows *rows, struct kms_error *err)
{
	struct kms_request request = kms_job_request(&kms_kind_slab);
	uint32_t id;

	*rows = (struct kms_rows){ .kind = &kms_kind_slab };
	*err = (struct kms_error){ 0 };
	return kms_job_rows(NULL, &request, &id, rows, err);
}

static int forget(void **state)
{
	static const char * const states[] = { "running", "running", "done" };

	(void)state;
	memset(&played, 0, sizeof(played));
	played.states = states;
	return 0;
}

static void is_polled_until_done(void **state)
{
	struct kms_error err;
	struct kms_rows rows;

	(void)state;
	assert_int_equal(job_run(&rows, &err), KMS_OK);
	assert_string_equal(played.kind, "slab");
	assert_non_null(strstr(played.needs, "CAP_SYS_ADMIN"));
	assert_int_equal(played.polls, 3);
	assert_int_equal(played.takes, 1);
	assert_int_equal(rows.nr, 1);
	kms_rows_free(&rows);
}

static void a_start_that_is_refused(void **state)
{
	struct kms_error err;
	struct kms_rows rows;

	(void)state;
	played.start = KMS_ERROR;
	assert_int_equal(job_run(&rows, &err), KMS_ERROR);
	assert_string_equal(err.text, "too many jobs are running");
	assert_int_equal(played.polls + played.takes, 0);
	kms_rows_free(&rows);
}

static void a_start_without_an_answer(void **state)
{
	struct kms_error err;
	struct kms_rows rows;

	(void)state;
	played.no_record = true;
	assert_int_equal(job_run(&rows, &err), KMS_ERROR);
	assert_non_null(strstr(err.text, "no job id"));
	assert_int_equal(played.polls + played.takes, 0);
	kms_rows_free(&rows);
}

static void a_job_that_the_module_does_not_know(void **state)
{
	struct kms_error err;
	struct kms_rows rows;

	(void)state;
	played.forgets = true;
	assert_int_equal(job_run(&rows, &err), KMS_ERROR);
	assert_non_null(strstr(err.text, "does not know"));
	assert_int_equal(played.takes, 0);
	kms_rows_free(&rows);
}

/* It says why when its answer is asked for. */
static void a_job_that_fails(void **state)
{
	static const char * const states[] = { "failed" };
	struct kms_error err;
	struct kms_rows rows;

	(void)state;
	played.states = states;
	played.take = KMS_ERROR;
	assert_int_equal(job_run(&rows, &err), KMS_ERROR);
	assert_string_equal(err.text, "it would take longer");
	assert_int_equal(played.takes, 1);
	assert_int_equal(rows.nr, 0);
	kms_rows_free(&rows);
}

static void a_partial_answer_keeps_its_rows(void **state)
{
	struct kms_error err;
	struct kms_rows rows;

	(void)state;
	played.take = KMS_PARTIAL;
	assert_int_equal(job_run(&rows, &err), KMS_PARTIAL);
	assert_int_equal(rows.nr, 1);
	kms_rows_free(&rows);
}

static void a_wait_that_is_bounded(void **state)
{
	struct kms_error err = { 0 };
	bool ended = true;

	(void)state;
	/* The time is over already: one look is all */
	assert_int_equal(kms_job_wait_bounded(NULL, JOB, 0, &ended, &err),
			 KMS_OK);
	assert_false(ended);
	assert_int_equal(played.polls, 1);
	assert_int_equal(kms_job_wait_bounded(NULL, JOB, UINT64_MAX, &ended,
					      &err), KMS_OK);
	assert_true(ended);
	assert_int_equal(played.polls, 3);
	played.forgets = true;
	assert_int_equal(kms_job_wait_bounded(NULL, JOB, UINT64_MAX, &ended,
					      &err), KMS_ERROR);
	assert_false(ended);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(is_polled_until_done, forget),
		cmocka_unit_test_setup(a_start_that_is_refused, forget),
		cmocka_unit_test_setup(a_start_without_an_answer, forget),
		cmocka_unit_test_setup(a_job_that_the_module_does_not_know, forget),
		cmocka_unit_test_setup(a_job_that_fails, forget),
		cmocka_unit_test_setup(a_partial_answer_keeps_its_rows, forget),
		cmocka_unit_test_setup(a_wait_that_is_bounded, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
