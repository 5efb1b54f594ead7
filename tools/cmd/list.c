// SPDX-License-Identifier: GPL-2.0-only
/* Commands that list records: request, compare, sort, print. */
#include <errno.h>
#include <linux/kmemscope.h>
#include <stdlib.h>
#include <string.h>

#include "client/job.h"
#include "client/nl.h"
#include "client/version.h"
#include "cmd/cmd.h"
#include "cmd/list.h"
#include "cmd/list_plan.h"
#include "cmd/options.h"
#include "lib/clock.h"
#include "table/answer.h"

struct list {
	const struct kms_list_command *command;
	struct kms_options options;
	struct kms_list_plan plan;
	struct kms_answer newer;
	struct kms_answer older;
	struct kms_error partial;	/* why the answer is partial */
};

/* Did the older answer have a row of that name? */
static bool older_has(const struct list *list, const char *name)
{
	const struct kms_value *value;
	size_t i;

	for (i = 0; i < list->older.rows.nr; i++) {
		value = &list->older.rows.row[i][list->plan.operand];
		if (value->presence == KMS_TEXT && !strcmp(value->text, name))
			return true;
	}
	return false;
}

static bool operand_repeats(const struct kms_options *options, size_t index)
{
	size_t i;

	for (i = 0; i < index; i++) {
		if (!strcmp(options->operands[i], options->operands[index]))
			return true;
	}
	return false;
}

/*
 * Ask the kernel, once for each operand. When two answers are compared, a name
 * that only one of them has is no mistake: it came or went in between.
 */
static enum kms_status rows_fetch(struct list *list, struct kms_nl *nl,
				  struct kms_answer *answer,
				  struct kms_error *err)
{
	const struct kms_options *options = &list->options;
	struct kms_request request = list->plan.request;
	struct kms_filter *filter = &request.filters[request.nr_filters];
	enum kms_status status;
	size_t i;

	if (!options->nr_operands)
		return kms_nl_dump(nl, &request, &answer->rows, err);
	request.nr_filters++;
	filter->column = list->plan.operand;
	for (i = 0; i < options->nr_operands; i++) {
		if (operand_repeats(options, i))
			continue;
		filter->text = options->operands[i];
		status = kms_nl_dump(nl, &request, &answer->rows, err);
		if (status == KMS_ERROR && err->code == ENOENT &&
		    (answer == &list->older || older_has(list, filter->text)))
			continue;
		if (status == KMS_PARTIAL)
			answer->partial = true;
		else if (status)
			return status;
	}
	return answer->partial ? KMS_PARTIAL : KMS_OK;
}

/* Can only a job fill this row? */
static bool is_in_doubt(const struct list *list, const struct kms_value *row)
{
	const struct kms_flag *flag = list->plan.request.flag;
	size_t column;

	return flag && flag->doubt &&
	       kms_kind_find(list->plan.kind, flag->doubt, strlen(flag->doubt),
			     &column) &&
	       row[column].presence == KMS_NUMBER && row[column].magnitude == 1;
}

static bool has_doubts(const struct list *list, const struct kms_answer *answer)
{
	size_t i;

	for (i = 0; i < answer->rows.nr; i++) {
		if (is_in_doubt(list, answer->rows.row[i]))
			return true;
	}
	return false;
}

/* Replace the rows in doubt by those that a job finds. */
static enum kms_status doubts_settle(struct list *list, struct kms_nl *nl,
				     struct kms_answer *answer,
				     struct kms_error *err)
{
	struct kms_request request = kms_job_request(list->plan.kind);
	struct kms_rows found = { .kind = list->plan.kind };
	struct kms_value **row = answer->rows.row, *doubtful;
	enum kms_status status;
	size_t i, j;
	uint32_t id;

	status = kms_job_rows(nl, &request, &id, &found, err);
	for (i = 0; i < answer->rows.nr; i++) {
		for (j = 0; is_in_doubt(list, row[i]) && j < found.nr; j++) {
			if (kms_rows_compare_keys(list->plan.kind, row[i],
						  found.row[j]))
				continue;
			doubtful = row[i];
			row[i] = found.row[j];
			found.row[j] = doubtful;
			break;
		}
	}
	kms_rows_free(&found);
	return status;
}

/* The kernel gives a job's whole answer, so rows are left out here. */
static enum kms_status job_fetch(struct list *list, struct kms_nl *nl,
				 struct kms_answer *answer,
				 struct kms_error *err)
{
	struct kms_request request = kms_job_request(list->plan.kind);
	const struct kms_list_view *view = list->options.view;
	enum kms_status status, filled = KMS_OK;
	struct kms_error more = { 0 };
	uint32_t id;

	if (list->options.budget_ms)
		kms_job_ask(&request, KMEMSCOPE_A_JOB_BUDGET_NS, NULL,
			    list->options.budget_ms * NS_PER_MS);
	status = kms_job_rows(nl, &request, &id, &answer->rows, err);
	/* A partial answer is filled all the same. */
	if ((!status || status == KMS_PARTIAL) && view->fill)
		filled = view->fill(nl, id, &answer->rows, &more);
	kms_scope_apply(&list->newer.scope, &answer->rows);
	if (filled && (!status || filled != KMS_PARTIAL)) {
		*err = more;
		return filled;
	}
	return status;
}

static enum kms_status answer_fetch(struct list *list, struct kms_nl *nl,
				    struct kms_answer *answer,
				    struct kms_error *err)
{
	const struct kms_list_ops *ops = list->command->ops;
	enum kms_status status;

	answer->stamp = kms_stamp_now();
	if (ops)
		status = ops->fetch(list->command->arg, nl, answer, err);
	else if (list->plan.kind->listing.by_job)
		status = job_fetch(list, nl, answer, err);
	else
		status = rows_fetch(list, nl, answer, err);
	if (!status && has_doubts(list, answer))
		status = doubts_settle(list, nl, answer, err);
	if (status != KMS_PARTIAL)
		return status;
	answer->partial = true;
	list->partial = *err;
	return KMS_OK;
}

static enum kms_status difference_make(struct list *list, struct kms_error *err)
{
	enum kms_status status;
	bool *watched;
	size_t i;

	if (list->older.partial && !*list->partial.text)
		kms_fail(&list->partial, KMS_PARTIAL,
			 "the difference is partial: %s is",
			 list->options.diff);
	watched = calloc(list->plan.kind->nr_columns, sizeof(*watched));
	if (!watched)
		return kms_fail_memory(err);
	for (i = 0; i < list->plan.columns.nr; i++)
		watched[list->plan.columns.column[i]] = true;
	watched[list->plan.order.column] = true;
	status = kms_answer_subtract(&list->newer, &list->older,
				     list->options.diff ? list->options.diff :
							 "the first answer",
				     watched, err);
	free(watched);
	if (status == KMS_PARTIAL) {
		list->partial = *err;
		status = KMS_OK;
	}
	return status;
}

static enum kms_status answers_fetch(struct list *list, struct kms_nl *nl,
				     struct kms_error *err)
{
	const struct kms_options *options = &list->options;
	enum kms_status status;

	if (options->output.form == KMS_FORM_JSON) {
		status = kms_version_get(&list->newer, nl, err);
		if (status)
			return status;
	}
	if (options->since_ns) {
		status = answer_fetch(list, nl, &list->older, err);
		if (status)
			return status;
		kms_sleep_until(kms_now_ns() + options->since_ns);
	}
	return answer_fetch(list, nl, &list->newer, err);
}

static enum kms_status list_fetch(struct list *list, struct kms_error *err)
{
	const struct kms_options *options = &list->options;
	enum kms_status status;
	struct kms_nl *nl;

	if (options->diff) {
		status = kms_answer_read(&list->older, options->diff,
					 list->plan.kind->listing.rows, err);
		if (status)
			return status;
	}
	status = kms_nl_open(&nl, err);
	if (status)
		return status;
	status = answers_fetch(list, nl, err);
	kms_nl_close(nl);
	if (status || !kms_options_compare(options))
		return status;
	return difference_make(list, err);
}

static enum kms_status list_print(struct list *list, struct kms_error *err)
{
	const struct kms_list_ops *ops = list->command->ops;
	const struct kms_options *options = &list->options;
	enum kms_status status;

	if (list->plan.sorted) {
		status = kms_order_rows(&list->plan.order, &list->newer.rows,
					list->newer.difference, err);
		if (status)
			return status;
	}
	if (options->top && list->newer.rows.nr > options->top)
		kms_rows_cut(&list->newer.rows, options->top);
	if (ops)
		return ops->print(list->command->arg, &options->output,
				  &list->newer, &list->plan.columns, err);
	return kms_out_answer(&options->output, &list->newer, &list->plan.columns,
			      err);
}

static void list_free(struct list *list)
{
	kms_answer_free(&list->newer);
	kms_answer_free(&list->older);
	kms_list_plan_free(&list->plan);
}

static int list_show(struct list *list, char **argv)
{
	struct kms_error err = { 0 };
	enum kms_status status;

	status = kms_list_plan(&list->plan, &list->options, &err);
	if (status) {
		kms_cmd_fail(argv, status, &err);
		return kms_cmd_refuse(argv);
	}
	list->newer.rows.kind = list->plan.kind;
	list->older.rows.kind = list->plan.kind;
	list->newer.scope = list->plan.scope;
	list->plan.scope = (struct kms_scope){ 0 };
	status = list_fetch(list, &err);
	if (!status)
		status = list_print(list, &err);
	if (status)
		return kms_cmd_fail(argv, status, &err);
	if (list->newer.partial)
		return kms_cmd_fail(argv, KMS_PARTIAL, &list->partial);
	return KMS_OK;
}

int kms_list_run(const struct kms_list_command *command, int argc, char **argv)
{
	struct list list = { .command = command };
	int status;

	if (!kms_options_parse(&list.options, command, argc, argv, &status))
		return status;
	status = list_show(&list, argv);
	list_free(&list);
	return status;
}
