// SPDX-License-Identifier: GPL-2.0-only
/* Commands that list the records of a kind: ask, compare, sort, print. */
#include <errno.h>
#include <linux/kmemscope.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/job.h"
#include "client/nl.h"
#include "client/version.h"
#include "cmd/cmd.h"
#include "cmd/list.h"
#include "cmd/options.h"
#include "lib/text.h"
#include "table/answer.h"
#include "table/order.h"

struct list {
	struct kms_options options;
	const struct kms_list_own *own;
	const struct kms_kind *kind;
	struct kms_request request;	/* the filters that are options */
	size_t operand;			/* the column of the operands */
	struct kms_selection columns;
	struct kms_order order;
	bool sorted;
	struct kms_answer newer;
	struct kms_answer older;
	struct kms_error partial;	/* why the answer is */
};

static enum kms_status filter_prepare(struct list *list,
				      const struct kms_option_filter *given,
				      struct kms_error *err)
{
	struct kms_filter *filter;
	uint64_t number = 0;
	size_t column;

	/* One that the other kind of record has, but not this one */
	if (!kms_kind_find(list->kind, given->name, strlen(given->name),
			   &column) || !list->kind->columns[column].key)
		return kms_fail(err, KMS_ERROR, "--%s: %s have no column %s",
				given->name, list->options.view->root,
				given->column->title);
	if (list->kind->columns[column].type != KMS_TYPE_STRING &&
	    !kms_text_number(given->text,
			     list->kind->columns[column].type == KMS_TYPE_U32 ?
			     UINT32_MAX : UINT64_MAX, &number))
		return kms_fail(err, KMS_ERROR, "--%s: not a number: '%s'",
				given->name, given->text);
	filter = &list->request.filters[list->request.nr_filters++];
	filter->column = column;
	filter->text = given->text;
	filter->number = number;
	return KMS_OK;
}

/* The value that rows which match a filter have. */
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

static enum kms_status filters_prepare(struct list *list,
				       const struct kms_list_command *command,
				       struct kms_error *err)
{
	const struct kms_options *options = &list->options;
	enum kms_status status = KMS_OK;
	const struct kms_filter *filter;
	size_t i;

	list->request = kms_request_rows(list->kind);
	for (i = 0; !status && i < options->nr_filters; i++) {
		if (options->filters[i].text)
			status = filter_prepare(list, &options->filters[i],
						err);
	}
	for (i = 0; !status && i < list->request.nr_filters; i++) {
		filter = &list->request.filters[i];
		status = term_add(list, filter->column, filter->text,
				  filter->number, err);
	}
	if (list->own)
		return status;
	if (!status && options->nr_operands &&
	    (!kms_kind_find(list->kind, command->operand,
			    strlen(command->operand), &list->operand) ||
	     list->request.nr_filters == KMS_FILTERS_MAX))
		return kms_fail(err, KMS_ERROR, "unexpected argument: '%s'",
				options->operands[0]);
	for (i = 0; !status && i < options->nr_operands; i++)
		status = term_add(list, list->operand, options->operands[i], 0,
				  err);
	return status;
}

static bool compares(const struct kms_options *options)
{
	return options->diff || options->since_ns;
}

static enum kms_status columns_prepare(struct list *list, struct kms_error *err)
{
	const struct kms_options *options = &list->options;
	const char * const *standard = options->view->columns;
	const char *given = options->columns;
	enum kms_status status = KMS_OK;

	if (compares(options) && options->view->changes)
		standard = options->view->changes;
	else if (options->flag)
		standard = options->view->flag_columns;

	if (!given || *given == '+' || options->all_columns) {
		if (options->all_columns ||
		    options->output.form != KMS_FORM_TABLE)
			status =
				kms_select_all(&list->columns, list->kind, err);
		else
			status = kms_select_names(&list->columns, list->kind,
						  standard, err);
	}
	if (!status && given)
		status = kms_select_add(&list->columns, list->kind,
					given + (*given == '+'), err);
	if (!status && list->columns.nr < list->kind->nr_columns &&
	    options->output.form == KMS_FORM_JSON)
		status = kms_select_add(&list->newer.scope.columns, list->kind,
					given, err);
	return status;
}

static enum kms_status order_prepare(struct list *list, struct kms_error *err)
{
	const struct kms_options *options = &list->options;
	const char *sort = options->sort;

	if (!sort && compares(options))
		sort = options->view->change;
	else if (!sort)
		sort = options->view->sort;
	list->sorted = sort;
	if (!sort)
		return KMS_OK;
	return kms_order_parse(&list->order, list->kind, sort, err);
}

static bool flag_fills(const struct list *list, size_t column)
{
	const char * const *name = list->options.view->flag_fills;

	for (; name && *name; name++) {
		if (!strcmp(*name, list->kind->columns[column].name))
			return true;
	}
	return false;
}

/* To name a column that only the kind's flag fills is to ask for it. */
static enum kms_status flag_prepare(struct list *list, struct kms_error *err)
{
	const struct kms_options *options = &list->options;
	struct kms_selection named = { 0 };
	bool asked = options->flag;
	enum kms_status status = KMS_OK;
	size_t i;

	if (options->columns)
		status = kms_select_add(&named, list->kind, options->columns +
					(*options->columns == '+'), err);
	for (i = 0; i < named.nr; i++)
		asked |= flag_fills(list, named.column[i]);
	if (list->sorted)
		asked |= flag_fills(list, list->order.column);
	if (asked)
		list->request.flag = list->kind->flags;
	kms_select_free(&named);
	return status;
}

/* Check the command line against the kind of record. */
static enum kms_status list_prepare(struct list *list,
				    const struct kms_list_command *command,
				    struct kms_error *err)
{
	enum kms_status status;

	list->kind = list->options.view->kind;
	list->newer.rows.kind = list->kind;
	list->older.rows.kind = list->kind;
	status = filters_prepare(list, command, err);
	if (!status)
		status = columns_prepare(list, err);
	if (!status)
		status = order_prepare(list, err);
	if (!status)
		status = flag_prepare(list, err);
	list->newer.scope.top = list->options.top;
	return status;
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
 * Ask the kernel, once for each operand.  When two answers are compared, what
 * only one of them knows is no mistake: it came or went in between.
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

static bool is_in_doubt(const struct list *list, const struct kms_value *row)
{
	const char *doubt = list->options.view->flag_doubt;
	size_t column;

	return kms_kind_find(list->kind, doubt, strlen(doubt), &column) &&
	       row[column].presence == KMS_NUMBER && row[column].magnitude == 1;
}

static bool has_doubts(const struct list *list, const struct kms_answer *answer)
{
	size_t i;

	if (!list->request.flag || !list->options.view->flag_doubt)
		return false;
	for (i = 0; i < answer->rows.nr; i++) {
		if (is_in_doubt(list, answer->rows.row[i]))
			return true;
	}
	return false;
}

static bool same_keys(const struct kms_kind *kind, const struct kms_value *a,
		      const struct kms_value *b)
{
	size_t i;

	for (i = 0; i < kind->nr_columns; i++) {
		if (kind->columns[i].key && kms_value_compare(&a[i], &b[i]))
			return false;
	}
	return true;
}

/* Rows that lists could not tell exactly are replaced by what a job found. */
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
			if (!same_keys(list->kind, row[i], found.row[j]))
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

/* A job's answer cannot be asked for in part, so rows are left out here. */
static enum kms_status job_fetch(struct list *list, struct kms_nl *nl,
				 struct kms_answer *answer,
				 struct kms_error *err)
{
	struct kms_request request = kms_job_request(list->kind);
	const struct kms_list_view *view = list->options.view;
	struct kms_error more = { 0 };
	enum kms_status status;
	bool partial;
	uint32_t id;

	if (list->options.budget_ns)
		kms_job_ask(&request, KMEMSCOPE_A_JOB_BUDGET_NS, NULL,
			    list->options.budget_ns);
	status = kms_job_rows(nl, &request, &id, &answer->rows, err);
	partial = status == KMS_PARTIAL;
	/* The rows that there are can be filled all the same. */
	if ((!status || partial) && view->fill)
		status = view->fill(nl, id, &answer->rows,
				    partial ? &more : err);
	kms_scope_apply(&list->newer.scope, &answer->rows);
	if (!partial || !status || status == KMS_PARTIAL)
		return partial ? KMS_PARTIAL : status;
	*err = more;
	return status;
}

static enum kms_status answer_fetch(struct list *list, struct kms_nl *nl,
				    struct kms_answer *answer,
				    struct kms_error *err)
{
	enum kms_status status;

	answer->stamp = kms_stamp_now();
	if (list->own)
		status = list->own->fetch(list->own->arg, nl, answer, err);
	else
		status = list->options.view->job ?
			 job_fetch(list, nl, answer, err) :
			 rows_fetch(list, nl, answer, err);
	if (!status && has_doubts(list, answer))
		status = doubts_settle(list, nl, answer, err);
	if (status == KMS_PARTIAL) {
		answer->partial = true;
		list->partial = *err;
		status = KMS_OK;
	}
	return status;
}

static void wait_ns(uint64_t ns)
{
	struct timespec left = {
		.tv_sec = ns / 1000000000,
		.tv_nsec = ns % 1000000000,
	};

	while (nanosleep(&left, &left) && errno == EINTR)
		;
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

static enum kms_status list_fetch(struct list *list, struct kms_error *err)
{
	const struct kms_options *options = &list->options;
	struct kms_nl *nl = NULL;
	enum kms_status status;

	status = kms_nl_open(&nl, err);
	if (!status && options->output.form == KMS_FORM_JSON)
		status = kms_version_get(&list->newer, nl, err);
	if (!status && options->since_ns) {
		status = answer_fetch(list, nl, &list->older, err);
		if (!status)
			wait_ns(options->since_ns);
	}
	if (!status)
		status = answer_fetch(list, nl, &list->newer, err);
	kms_nl_close(nl);
	if (!status && compares(options))
		status = difference_make(list, err);
	return status;
}

static enum kms_status list_print(struct list *list, struct kms_error *err)
{
	enum kms_status status = KMS_OK;

	if (list->sorted)
		status = kms_order_rows(&list->order, &list->newer.rows,
					list->newer.difference, err);
	if (list->options.top && list->newer.rows.nr > list->options.top)
		kms_rows_cut(&list->newer.rows, list->options.top);
	if (!status && list->own)
		return list->own->print(list->own->arg, &list->options.output,
					&list->newer, &list->columns, err);
	if (!status)
		status = kms_out_answer(&list->options.output, &list->newer,
					&list->columns, err);
	return status;
}

static int list_finish(struct list *list, char **argv, enum kms_status status,
		       const struct kms_error *err)
{
	if (!status && list->newer.partial)
		status = kms_cmd_fail(argv, KMS_PARTIAL, &list->partial);
	else if (status)
		kms_cmd_fail(argv, status, err);
	kms_answer_free(&list->newer);
	kms_answer_free(&list->older);
	kms_select_free(&list->columns);
	return status;
}

int kms_list_run(const struct kms_list_command *command, int argc, char **argv)
{
	struct list list = { .own = command->own };
	struct kms_error err = { 0 };
	enum kms_status status;

	switch (kms_options_parse(&list.options, command, argc, argv)) {
	case KMS_PARSED_DONE:
		return KMS_OK;
	case KMS_PARSED_WRONG:
		return kms_cmd_refuse(argv);
	default:
		break;
	}
	status = list_prepare(&list, command, &err);
	if (status) {
		list_finish(&list, argv, status, &err);
		return kms_cmd_refuse(argv);
	}
	if (list.options.diff)
		status = kms_answer_read(&list.older, list.options.diff,
					 list.options.view->root, &err);
	if (!status)
		status = list_fetch(&list, &err);
	if (!status)
		status = list_print(&list, &err);
	return list_finish(&list, argv, status, &err);
}
