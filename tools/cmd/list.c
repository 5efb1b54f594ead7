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
#include "cmd/options.h"
#include "lib/array.h"
#include "lib/clock.h"
#include "lib/text.h"
#include "table/answer.h"
#include "table/order.h"

struct list {
	const struct kms_list_command *command;
	struct kms_options options;
	const struct kms_kind *kind;
	struct kms_request request;	/* with the filters that are options */
	size_t operand;			/* the column that operands name */
	struct kms_selection columns;
	struct kms_order order;
	bool sorted;
	struct kms_answer newer;
	struct kms_answer older;
	struct kms_error partial;	/* why the answer is partial */
};

static enum kms_status filter_prepare(struct list *list,
				      const struct kms_option_filter *given,
				      struct kms_error *err)
{
	const struct kms_column *column;
	struct kms_filter *filter;
	uint64_t number = 0;
	size_t index;

	if (!kms_kind_find_key(list->kind, given->name, &index))
		return kms_fail(err, KMS_ERROR, "--%s: %s have no column %s",
				given->name, list->kind->listing.rows,
				given->column->title);
	column = &list->kind->columns[index];
	if (column->type != KMS_TYPE_STRING &&
	    !kms_text_number(given->text, column->type == KMS_TYPE_U32 ?
			     UINT32_MAX : UINT64_MAX, &number))
		return kms_fail(err, KMS_ERROR, "--%s: not a number: '%s'",
				given->name, given->text);
	filter = &list->request.filters[list->request.nr_filters++];
	filter->column = index;
	filter->text = given->text;
	filter->number = number;
	return KMS_OK;
}

/* Note the value that a filter asks for. */
static enum kms_status term_add(struct list *list, size_t column,
				const char *text, uint64_t number,
				struct kms_error *err)
{
	struct kms_value value = kms_value_unsigned(number);
	enum kms_status status;

	if (list->kind->columns[column].type == KMS_TYPE_STRING) {
		value.presence = KMS_TEXT;
		value.text = kms_text_escape(text, strlen(text));
		if (!value.text)
			return kms_fail_memory(err);
	}
	status = kms_scope_add(&list->newer.scope, column, &value, err);
	kms_value_clear(&value);
	return status;
}

static enum kms_status filters_prepare(struct list *list, struct kms_error *err)
{
	const struct kms_options *options = &list->options;
	const struct kms_filter *filter;
	enum kms_status status;
	size_t i;

	list->request = kms_request_rows(list->kind);
	for (i = 0; i < options->nr_filters; i++) {
		if (!options->filters[i].text)
			continue;
		status = filter_prepare(list, &options->filters[i], err);
		if (status)
			return status;
	}
	for (i = 0; i < list->request.nr_filters; i++) {
		filter = &list->request.filters[i];
		status = term_add(list, filter->column, filter->text,
				  filter->number, err);
		if (status)
			return status;
	}
	return KMS_OK;
}

static enum kms_status operands_prepare(struct list *list,
					struct kms_error *err)
{
	const struct kms_options *options = &list->options;
	enum kms_status status;
	size_t i;

	if (list->command->ops || !options->nr_operands)
		return KMS_OK;
	if (!kms_kind_find_key(list->kind, list->command->operand,
			       &list->operand) ||
	    list->request.nr_filters == KMS_MAX_FILTERS)
		return kms_fail(err, KMS_ERROR, "unexpected argument: '%s'",
				options->operands[0]);
	for (i = 0; i < options->nr_operands; i++) {
		status = term_add(list, list->operand, options->operands[i], 0,
				  err);
		if (status)
			return status;
	}
	return KMS_OK;
}

static bool compares(const struct kms_options *options)
{
	return options->diff || options->since_ns;
}

/* The columns that are printed unless others are named. */
static enum kms_status default_select(struct list *list, struct kms_error *err)
{
	const struct kms_options *options = &list->options;
	const struct kms_listing *listing = &list->kind->listing;
	const char * const *names = listing->columns;

	if (options->all_columns || options->output.form != KMS_FORM_TABLE)
		return kms_select_all(&list->columns, list->kind, err);
	if (options->flag)
		names = list->kind->flags->columns;
	if (compares(options) && listing->changes)
		names = listing->changes;
	return kms_select_names(&list->columns, list->kind, names, err);
}

static enum kms_status columns_prepare(struct list *list, struct kms_error *err)
{
	const char *given = list->options.columns;
	enum kms_status status;

	if (!given || *given == '+' || list->options.all_columns) {
		status = default_select(list, err);
		if (status)
			return status;
	}
	if (!given)
		return KMS_OK;
	status = kms_select_add(&list->columns, list->kind,
				given + (*given == '+'), err);
	if (status || list->options.output.form != KMS_FORM_JSON ||
	    list->columns.nr == list->kind->nr_columns)
		return status;
	return kms_select_add(&list->newer.scope.columns, list->kind, given,
			      err);
}

static enum kms_status order_prepare(struct list *list, struct kms_error *err)
{
	const struct kms_listing *listing = &list->kind->listing;
	const char *sort = list->options.sort;

	if (!sort)
		sort = compares(&list->options) ? listing->sort_changes :
						  listing->sort;
	list->sorted = sort;
	if (!sort)
		return KMS_OK;
	return kms_order_parse(&list->order, list->kind, sort, err);
}

/* Does the column have values only with the flag of the kind? */
static bool flag_fills(const struct kms_kind *kind, size_t column)
{
	const char * const *name = kind->nr_flags ? kind->flags->fills : NULL;

	for (; name && *name; name++) {
		if (!strcmp(*name, kind->columns[column].name))
			return true;
	}
	return false;
}

/* Naming a column that only the flag fills sets the flag. */
static enum kms_status flag_prepare(struct list *list, struct kms_error *err)
{
	const char *given = list->options.columns;
	struct kms_selection named = { 0 };
	bool flag = list->options.flag;
	enum kms_status status;
	size_t i;

	if (given) {
		status = kms_select_add(&named, list->kind,
					given + (*given == '+'), err);
		if (status) {
			kms_select_free(&named);
			return status;
		}
	}
	for (i = 0; i < named.nr; i++)
		flag |= flag_fills(list->kind, named.column[i]);
	kms_select_free(&named);
	if (list->sorted)
		flag |= flag_fills(list->kind, list->order.column);
	if (flag)
		list->request.flag = list->kind->flags;
	return KMS_OK;
}

/* Check the command line against the kind of record. */
static enum kms_status list_prepare(struct list *list, struct kms_error *err)
{
	static enum kms_status (*const steps[])(struct list *list,
						struct kms_error *err) = {
		filters_prepare, operands_prepare, columns_prepare,
		order_prepare, flag_prepare,
	};
	enum kms_status status;
	size_t i;

	list->kind = list->options.view->kind;
	list->newer.rows.kind = list->kind;
	list->older.rows.kind = list->kind;
	list->newer.scope.top = list->options.top;
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		status = steps[i](list, err);
		if (status)
			return status;
	}
	return KMS_OK;
}

/* Did the older answer have a row of that name? */
static bool older_has(const struct list *list, const char *name)
{
	const struct kms_value *value;
	size_t i;

	for (i = 0; i < list->older.rows.nr; i++) {
		value = &list->older.rows.row[i][list->operand];
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
	struct kms_request request = list->request;
	struct kms_filter *filter = &request.filters[request.nr_filters];
	enum kms_status status;
	size_t i;

	if (!options->nr_operands)
		return kms_nl_dump(nl, &request, &answer->rows, err);
	request.nr_filters++;
	filter->column = list->operand;
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
	const struct kms_flag *flag = list->request.flag;
	size_t column;

	return flag && flag->doubt &&
	       kms_kind_find(list->kind, flag->doubt, strlen(flag->doubt),
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
	struct kms_request request = kms_job_request(list->kind);
	struct kms_rows found = { .kind = list->kind };
	struct kms_value **row = answer->rows.row, *doubtful;
	enum kms_status status;
	size_t i, j;
	uint32_t id;

	status = kms_job_rows(nl, &request, &id, &found, err);
	for (i = 0; i < answer->rows.nr; i++) {
		for (j = 0; is_in_doubt(list, row[i]) && j < found.nr; j++) {
			if (kms_rows_compare_keys(list->kind, row[i],
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
	struct kms_request request = kms_job_request(list->kind);
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
	else if (list->kind->listing.by_job)
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
	watched = calloc(list->kind->nr_columns, sizeof(*watched));
	if (!watched)
		return kms_fail_memory(err);
	for (i = 0; i < list->columns.nr; i++)
		watched[list->columns.column[i]] = true;
	watched[list->order.column] = true;
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
					 list->kind->listing.rows, err);
		if (status)
			return status;
	}
	status = kms_nl_open(&nl, err);
	if (status)
		return status;
	status = answers_fetch(list, nl, err);
	kms_nl_close(nl);
	if (status || !compares(options))
		return status;
	return difference_make(list, err);
}

static enum kms_status list_print(struct list *list, struct kms_error *err)
{
	const struct kms_list_ops *ops = list->command->ops;
	const struct kms_options *options = &list->options;
	enum kms_status status;

	if (list->sorted) {
		status = kms_order_rows(&list->order, &list->newer.rows,
					list->newer.difference, err);
		if (status)
			return status;
	}
	if (options->top && list->newer.rows.nr > options->top)
		kms_rows_cut(&list->newer.rows, options->top);
	if (ops)
		return ops->print(list->command->arg, &options->output,
				  &list->newer, &list->columns, err);
	return kms_out_answer(&options->output, &list->newer, &list->columns,
			      err);
}

static void list_free(struct list *list)
{
	kms_answer_free(&list->newer);
	kms_answer_free(&list->older);
	kms_select_free(&list->columns);
}

static int list_show(struct list *list, char **argv)
{
	struct kms_error err = { 0 };
	enum kms_status status;

	status = list_prepare(list, &err);
	if (status) {
		kms_cmd_fail(argv, status, &err);
		return kms_cmd_refuse(argv);
	}
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
