// SPDX-License-Identifier: GPL-2.0-only
/* The command line of a command that lists records. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "lib/array.h"

#define MAX_BUDGET_MS (24 * 3600 * 1000)

/* The table of options of a command, as it is put together. */
struct table {
	struct kms_option option[KMS_MAX_OPTIONS];
	size_t nr;
	bool chosen[KMS_MAX_VIEWS];	/* by the option of a view */
	const char *by;
	char by_words[80];		/* "directory, superblock or total" */
	char by_help[100];
	int form;
};

static void option_add(struct table *table, struct kms_option option)
{
	/* A table that does not fit is a mistake in the program. */
	if (table->nr == KMS_MAX_OPTIONS)
		abort();
	table->option[table->nr++] = option;
}

static size_t nr_views(const struct kms_list_command *command)
{
	size_t nr = 0;

	while (nr < KMS_MAX_VIEWS && command->views[nr].kind)
		nr++;
	return nr;
}

/* Each key can be filtered by, unless operands name it. */
static void filters_offer(struct kms_options *options,
			  const struct kms_list_command *command,
			  const struct kms_kind *kind)
{
	struct kms_option_filter *filter;
	const struct kms_column *column;
	size_t i, j;
	char *dash;

	for (i = 0; i < kind->nr_columns; i++) {
		column = &kind->columns[i];
		if (!column->key || options->nr_filters == KMS_MAX_FILTERS)
			continue;
		if (command->operand && !strcmp(command->operand, column->name))
			continue;
		for (j = 0; j < options->nr_filters; j++) {
			if (!strcmp(options->filters[j].column->name,
				    column->name))
				break;
		}
		if (j < options->nr_filters)
			continue;
		filter = &options->filters[options->nr_filters++];
		filter->column = column;
		snprintf(filter->help, sizeof(filter->help),
			 "only rows with this %s", column->title);
		snprintf(filter->name, sizeof(filter->name), "%s",
			 column->name);
		while ((dash = strchr(filter->name, '_')))
			*dash = '-';
	}
}

static void filters_add(struct table *table, struct kms_options *options,
			const struct kms_list_command *command)
{
	struct kms_option_filter *filter;
	const char *argument;
	size_t i;

	for (i = 0; !command->ops && i < nr_views(command); i++)
		filters_offer(options, command, command->views[i].kind);
	for (i = 0; i < options->nr_filters; i++) {
		filter = &options->filters[i];
		argument = filter->column->type == KMS_TYPE_STRING ? "NAME" :
								     "NUMBER";
		option_add(table, kms_option_text('\0', filter->name, argument,
						  filter->help, &filter->text));
	}
}

/* The options that choose a view. */
static void views_add(struct table *table,
		      const struct kms_list_command *command)
{
	size_t i, last = nr_views(command) - 1, len = 0;
	const struct kms_list_view *view;

	for (i = 0; i <= last; i++) {
		view = &command->views[i];
		if (view->option)
			option_add(table,
				   kms_option_flag('\0', view->option,
						   view->option_help,
						   &table->chosen[i]));
		if (view->by)
			len += snprintf(table->by_words + len,
					sizeof(table->by_words) - len, "%s%s",
					!i ? "" : i < last ? ", " : " or ",
					view->by);
	}
	if (!len)
		return;
	snprintf(table->by_help, sizeof(table->by_help), "rows by %s",
		 table->by_words);
	option_add(table, kms_option_text('\0', "by", "WHAT", table->by_help,
					  &table->by));
}

/* The options that only some commands have. */
static void own_add(struct table *table, struct kms_options *options,
		    const struct kms_list_command *command)
{
	const struct kms_kind *kind = command->views[0].kind;
	size_t i;

	for (i = 0; i < command->nr_options; i++)
		option_add(table, command->options[i]);
	views_add(table, command);
	if (command->budget_help)
		option_add(table,
			   kms_option_number("budget", "MS",
					     command->budget_help,
					     &options->budget_ms,
					     "milliseconds", MAX_BUDGET_MS));
	if (kind->nr_flags)
		option_add(table, kms_option_flag('\0', kind->flags->name,
						  kind->flags->help,
						  &options->flag));
	filters_add(table, options, command);
}

/* The options that compare two answers. */
static void compare_add(struct table *table, struct kms_options *options)
{
	const char *diff =
		"print what changed since FILE, an earlier --json answer";
	const char *since = "print what changes in that many seconds from now";

	option_add(table, kms_option_text('\0', "diff", "FILE", diff,
					  &options->diff));
	option_add(table, kms_option_seconds("since", since, &options->since_ns,
					     0, 0));
}

/* The options that all commands have. */
static void common_add(struct table *table, struct kms_options *options)
{
	const struct kms_option common[] = {
		kms_option_text('\0', "sort", "[+|-]COL",
				"sort by a column, + rising, - falling",
				&options->sort),
		kms_option_number("top", "NUMBER", "print only the first rows",
				  &options->top, "rows", UINT32_MAX),
		kms_option_text('o', "output", "LIST",
				"columns to print; +LIST adds columns",
				&options->columns),
		kms_option_flag('\0', "output-all", "print all columns",
				&options->all_columns),
		kms_option_choice('J', "json",
				  "print JSON, by default all columns",
				  &table->form, KMS_FORM_JSON),
		kms_option_choice('r', "raw",
				  "print plain lines, by default all columns",
				  &table->form, KMS_FORM_RAW),
		kms_option_choice('P', "pairs",
				  "print KEY=\"value\", by default all columns",
				  &table->form, KMS_FORM_PAIRS),
		kms_option_flag('n', "noheadings", "leave out the headings",
				&options->output.no_headings),
		kms_option_bytes(&options->output.exact),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(common); i++)
		option_add(table, common[i]);
}

static void columns_print(const struct kms_kind *kind)
{
	size_t i;

	for (i = 0; i < kind->nr_columns; i++)
		printf(" %26s  %s\n", kind->columns[i].title,
		       kind->columns[i].help);
}

/* The columns of each view. */
static void details_print(const void *arg)
{
	const struct kms_list_command *command = arg;
	const struct kms_list_view *view;
	size_t i;

	for (i = 0; i < nr_views(command); i++) {
		view = &command->views[i];
		if (view->option)
			printf("\nColumns with --%s:\n", view->option);
		else if (i)
			printf("\nColumns with --by %s:\n", view->by);
		else
			printf("\nColumns:\n");
		columns_print(view->kind);
	}
}

/* Is there a filter by a key that the default view does not have? */
static bool filters_exceed(const struct kms_options *options,
			   const struct kms_list_view *view)
{
	size_t i, column;

	for (i = 0; i < options->nr_filters; i++) {
		if (options->filters[i].text &&
		    !kms_kind_find_key(view->kind, options->filters[i].name,
				       &column))
			return true;
	}
	return false;
}

/* NULL: --by names no view. */
static const struct kms_list_view *
view_choose(const struct kms_options *options, const struct table *table,
	    const struct kms_list_command *command)
{
	const struct kms_list_view *view;
	size_t i;

	for (i = 0; i < nr_views(command); i++) {
		view = &command->views[i];
		if (view->option && (table->chosen[i] ||
				     filters_exceed(options, command->views)))
			return view;
		if (view->by && table->by && !strcmp(table->by, view->by))
			return view;
	}
	return table->by ? NULL : command->views;
}

/* Do the options go together? */
static enum kms_status options_check(const struct kms_options *options,
				     const struct table *table,
				     const struct kms_list_command *command,
				     struct kms_error *err)
{
	if (command->ops && !command->ops->check(command->arg, options, err))
		return KMS_ERROR;
	if (!options->view)
		return kms_fail(err, KMS_ERROR,
				"--by: invalid argument '%s'; use %s",
				table->by, table->by_words);
	if (options->flag && !options->view->kind->nr_flags)
		return kms_fail(err, KMS_ERROR, "--%s: not with --%s",
				command->views[0].kind->flags->name,
				options->view->option);
	if (options->diff && options->since_ns)
		return kms_fail(err, KMS_ERROR,
				"--diff and --since exclude each other");
	return KMS_OK;
}

bool kms_options_parse(struct kms_options *options,
		       const struct kms_list_command *command, int argc,
		       char **argv, int *status)
{
	struct table table = { .form = KMS_FORM_TABLE };
	struct kms_usage usage = {
		.summary = command->summary,
		.page = command->page,
		.operands = command->operand ? "[NAME...]" : command->usage,
		.options = table.option,
		.details = details_print,
		.arg = command,
	};
	struct kms_error err;

	*options = (struct kms_options){
		.output.stream = stdout,
		.operand = command->operand,
	};
	own_add(&table, options, command);
	if (!command->ops)
		compare_add(&table, options);
	common_add(&table, options);
	usage.nr_options = table.nr;
	if (!kms_cmd_parse(&usage, argc, argv, status))
		return false;

	options->operands = argv + optind;
	options->nr_operands = argc - optind;
	options->output.form = table.form;
	options->view = view_choose(options, &table, command);
	if (options->view)
		options->output.root = options->view->kind->listing.rows;
	if (!options_check(options, &table, command, &err))
		return true;
	kms_cmd_fail(argv, KMS_ERROR, &err);
	*status = kms_cmd_refuse(argv);
	return false;
}
