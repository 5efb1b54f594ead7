// SPDX-License-Identifier: GPL-2.0-only
/* Commands that list the records of a kind: ask, compare, sort, print. */
#include <errno.h>
#include <linux/kmemscope.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/cmd.h"
#include "cmd/list.h"
#include "cmd/options.h"
#include "lib/answer.h"
#include "lib/job.h"
#include "lib/nl.h"
#include "lib/order.h"
#include "lib/text.h"

struct list {
	struct ks_options options;
	const struct ks_list_own *own;
	const struct ks_kind *kind;
	struct ks_request request;	/* the filters that are options */
	size_t operand;			/* the column of the operands */
	struct ks_selection columns;
	struct ks_order order;
	bool sorted;
	struct ks_answer newer;
	struct ks_answer older;
	struct ks_error partial;	/* why the answer is */
};

static enum ks_status filter_prepare(struct list *list,
				     const struct ks_option_filter *given,
				     struct ks_error *err)
{
	struct ks_filter *filter;
	uint64_t number = 0;
	size_t column;

	/* One that the other kind of record has, but not this one */
	if (!ks_kind_find(list->kind, given->name, strlen(given->name),
			  &column) || !list->kind->columns[column].key)
		return ks_fail(err, KS_ERROR, "--%s: %s have no column %s",
			       given->name, list->options.view->root,
			       given->column->title);
	if (list->kind->columns[column].type != KS_TYPE_STRING &&
	    !ks_text_number(given->text,
			    list->kind->columns[column].type == KS_TYPE_U32 ?
			    UINT32_MAX : UINT64_MAX, &number))
		return ks_fail(err, KS_ERROR, "--%s: not a number: '%s'",
			       given->name, given->text);
	filter = &list->request.filters[list->request.nr_filters++];
	filter->column = column;
	filter->text = given->text;
	filter->number = number;
	return KS_OK;
}

/* The value that rows which match a filter have. */
static enum ks_status term_add(struct list *list, size_t column,
			       const char *text, uint64_t number,
			       struct ks_error *err)
{
	struct ks_value value = ks_value_unsigned(number);
	enum ks_status status;

	if (list->kind->columns[column].type == KS_TYPE_STRING) {
		value.presence = KS_TEXT;
		value.text = ks_text_escape(text, strlen(text));
		if (!value.text)
			return ks_fail_memory(err);
	}
	status = ks_scope_add(&list->newer.scope, column, &value, err);
	ks_value_clear(&value);
	return status;
}

static enum ks_status filters_prepare(struct list *list,
				      const struct ks_list_command *command,
				      struct ks_error *err)
{
	const struct ks_options *options = &list->options;
	enum ks_status status = KS_OK;
	const struct ks_filter *filter;
	size_t i;

	list->request = ks_request_rows(list->kind);
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
	    (!ks_kind_find(list->kind, command->operand,
			   strlen(command->operand), &list->operand) ||
	     list->request.nr_filters == KS_FILTERS_MAX))
		return ks_fail(err, KS_ERROR, "unexpected argument: '%s'",
			       options->operands[0]);
	for (i = 0; !status && i < options->nr_operands; i++)
		status = term_add(list, list->operand, options->operands[i], 0,
				  err);
	return status;
}

static bool compares(const struct ks_options *options)
{
	return options->diff || options->since_ns;
}

static enum ks_status columns_prepare(struct list *list, struct ks_error *err)
{
	const struct ks_options *options = &list->options;
	const char * const *standard = options->view->columns;
	const char *given = options->columns;
	enum ks_status status = KS_OK;

	if (compares(options) && options->view->changes)
		standard = options->view->changes;
	else if (options->flag)
		standard = options->view->flag_columns;

	if (!given || *given == '+' || options->all_columns) {
		if (options->all_columns ||
		    options->output.form != KS_FORM_TABLE)
			status = ks_select_all(&list->columns, list->kind, err);
		else
			status = ks_select_names(&list->columns, list->kind,
						 standard, err);
	}
	if (!status && given)
		status = ks_select_add(&list->columns, list->kind,
				       given + (*given == '+'), err);
	if (!status && list->columns.nr < list->kind->nr_columns &&
	    options->output.form == KS_FORM_JSON)
		status = ks_select_add(&list->newer.scope.columns, list->kind,
				       given, err);
	return status;
}

static enum ks_status order_prepare(struct list *list, struct ks_error *err)
{
	const struct ks_options *options = &list->options;
	const char *sort = options->sort;

	if (!sort && compares(options))
		sort = options->view->change;
	else if (!sort)
		sort = options->view->sort;
	list->sorted = sort;
	if (!sort)
		return KS_OK;
	return ks_order_parse(&list->order, list->kind, sort, err);
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
static enum ks_status flag_prepare(struct list *list, struct ks_error *err)
{
	const struct ks_options *options = &list->options;
	struct ks_selection named = { 0 };
	bool asked = options->flag;
	enum ks_status status = KS_OK;
	size_t i;

	if (options->columns)
		status = ks_select_add(&named, list->kind, options->columns +
				       (*options->columns == '+'), err);
	for (i = 0; i < named.nr; i++)
		asked |= flag_fills(list, named.column[i]);
	if (list->sorted)
		asked |= flag_fills(list, list->order.column);
	if (asked)
		list->request.flag = list->kind->flags;
	ks_select_free(&named);
	return status;
}

/* Check the command line against the kind of record. */
static enum ks_status list_prepare(struct list *list,
				   const struct ks_list_command *command,
				   struct ks_error *err)
{
	enum ks_status status;

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
	const struct ks_value *value;
	size_t i;

	for (i = 0; i < list->older.rows.nr; i++) {
		value = &list->older.rows.row[i][list->operand];
		if (value->presence == KS_TEXT && !strcmp(value->text, name))
			return true;
	}
	return false;
}

static bool operand_repeats(const struct ks_options *options, size_t index)
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
static enum ks_status rows_fetch(struct list *list, struct ks_nl *nl,
				 struct ks_answer *answer, struct ks_error *err)
{
	const struct ks_options *options = &list->options;
	struct ks_request request = list->request;
	struct ks_filter *filter = &request.filters[request.nr_filters];
	enum ks_status status;
	size_t i;

	if (!options->nr_operands)
		return ks_nl_dump(nl, &request, &answer->rows, err);
	request.nr_filters++;
	filter->column = list->operand;
	for (i = 0; i < options->nr_operands; i++) {
		if (operand_repeats(options, i))
			continue;
		filter->text = options->operands[i];
		status = ks_nl_dump(nl, &request, &answer->rows, err);
		if (status == KS_ERROR && err->code == ENOENT &&
		    (answer == &list->older || older_has(list, filter->text)))
			continue;
		if (status == KS_PARTIAL)
			answer->partial = true;
		else if (status)
			return status;
	}
	return answer->partial ? KS_PARTIAL : KS_OK;
}

static bool is_in_doubt(const struct list *list, const struct ks_value *row)
{
	const char *doubt = list->options.view->flag_doubt;
	size_t column;

	return ks_kind_find(list->kind, doubt, strlen(doubt), &column) &&
	       row[column].presence == KS_NUMBER && row[column].magnitude == 1;
}

static bool has_doubts(const struct list *list, const struct ks_answer *answer)
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

static bool same_keys(const struct ks_kind *kind, const struct ks_value *a,
		      const struct ks_value *b)
{
	size_t i;

	for (i = 0; i < kind->nr_columns; i++) {
		if (kind->columns[i].key && ks_value_compare(&a[i], &b[i]))
			return false;
	}
	return true;
}

/* Rows that lists could not tell exactly are replaced by what a job found. */
static enum ks_status doubts_settle(struct list *list, struct ks_nl *nl,
				    struct ks_answer *answer,
				    struct ks_error *err)
{
	struct ks_request request = ks_job_request(list->kind);
	struct ks_rows found = { .kind = list->kind };
	struct ks_value **row = answer->rows.row, *doubtful;
	enum ks_status status;
	size_t i, j;
	uint32_t id;

	status = ks_job_rows(nl, &request, &id, &found, err);
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
	ks_rows_free(&found);
	return status;
}

/* A job's answer cannot be asked for in part, so rows are left out here. */
static enum ks_status job_fetch(struct list *list, struct ks_nl *nl,
				struct ks_answer *answer, struct ks_error *err)
{
	struct ks_request request = ks_job_request(list->kind);
	const struct ks_list_view *view = list->options.view;
	struct ks_error more = { 0 };
	enum ks_status status;
	bool partial;
	uint32_t id;

	if (list->options.budget_ns)
		ks_job_ask(&request, KMEMSCOPE_A_JOB_BUDGET_NS, NULL,
			   list->options.budget_ns);
	status = ks_job_rows(nl, &request, &id, &answer->rows, err);
	partial = status == KS_PARTIAL;
	/* The rows that there are can be filled all the same. */
	if ((!status || partial) && view->fill)
		status = view->fill(nl, id, &answer->rows,
				    partial ? &more : err);
	ks_scope_apply(&list->newer.scope, &answer->rows);
	if (!partial || !status || status == KS_PARTIAL)
		return partial ? KS_PARTIAL : status;
	*err = more;
	return status;
}

static enum ks_status answer_fetch(struct list *list, struct ks_nl *nl,
				   struct ks_answer *answer,
				   struct ks_error *err)
{
	enum ks_status status;

	answer->stamp = ks_stamp_now();
	if (list->own)
		status = list->own->fetch(list->own->arg, nl, answer, err);
	else
		status = list->options.view->job ?
			 job_fetch(list, nl, answer, err) :
			 rows_fetch(list, nl, answer, err);
	if (!status && has_doubts(list, answer))
		status = doubts_settle(list, nl, answer, err);
	if (status == KS_PARTIAL) {
		answer->partial = true;
		list->partial = *err;
		status = KS_OK;
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

static enum ks_status difference_make(struct list *list, struct ks_error *err)
{
	enum ks_status status;
	bool *watched;
	size_t i;

	if (list->older.partial && !*list->partial.text)
		ks_fail(&list->partial, KS_PARTIAL,
			"the difference is partial: %s is", list->options.diff);
	watched = calloc(list->kind->nr_columns, sizeof(*watched));
	if (!watched)
		return ks_fail_memory(err);
	for (i = 0; i < list->columns.nr; i++)
		watched[list->columns.column[i]] = true;
	watched[list->order.column] = true;
	status = ks_answer_subtract(&list->newer, &list->older,
				    list->options.diff ? list->options.diff :
							 "the first answer",
				    watched, err);
	free(watched);
	if (status == KS_PARTIAL) {
		list->partial = *err;
		status = KS_OK;
	}
	return status;
}

static enum ks_status list_fetch(struct list *list, struct ks_error *err)
{
	const struct ks_options *options = &list->options;
	struct ks_nl *nl = NULL;
	enum ks_status status;

	status = ks_nl_open(&nl, err);
	if (!status && options->output.form == KS_FORM_JSON)
		status = ks_answer_version(&list->newer, nl, err);
	if (!status && options->since_ns) {
		status = answer_fetch(list, nl, &list->older, err);
		if (!status)
			wait_ns(options->since_ns);
	}
	if (!status)
		status = answer_fetch(list, nl, &list->newer, err);
	ks_nl_close(nl);
	if (!status && compares(options))
		status = difference_make(list, err);
	return status;
}

static enum ks_status list_print(struct list *list, struct ks_error *err)
{
	enum ks_status status = KS_OK;

	if (list->sorted)
		status = ks_order_rows(&list->order, &list->newer.rows,
				       list->newer.difference, err);
	if (list->options.top && list->newer.rows.nr > list->options.top)
		ks_rows_cut(&list->newer.rows, list->options.top);
	if (!status && list->own)
		return list->own->print(list->own->arg, &list->options.output,
					&list->newer, &list->columns, err);
	if (!status)
		status = ks_out_answer(&list->options.output, &list->newer,
				       &list->columns, err);
	return status;
}

static int list_finish(struct list *list, char **argv, enum ks_status status,
		       const struct ks_error *err)
{
	if (!status && list->newer.partial)
		status = ks_cmd_fail(argv, KS_PARTIAL, &list->partial);
	else if (status)
		ks_cmd_fail(argv, status, err);
	ks_answer_free(&list->newer);
	ks_answer_free(&list->older);
	ks_select_free(&list->columns);
	return status;
}

int ks_list_run(const struct ks_list_command *command, int argc, char **argv)
{
	struct list list = { .own = command->own };
	struct ks_error err = { 0 };
	enum ks_status status;

	switch (ks_options_parse(&list.options, command, argc, argv)) {
	case KS_PARSED_DONE:
		return KS_OK;
	case KS_PARSED_WRONG:
		return ks_cmd_refuse(argv);
	default:
		break;
	}
	status = list_prepare(&list, command, &err);
	if (status) {
		list_finish(&list, argv, status, &err);
		return ks_cmd_refuse(argv);
	}
	if (list.options.diff)
		status = ks_answer_read(&list.older, list.options.diff,
					list.options.view->root, &err);
	if (!status)
		status = list_fetch(&list, &err);
	if (!status)
		status = list_print(&list, &err);
	return list_finish(&list, argv, status, &err);
}
