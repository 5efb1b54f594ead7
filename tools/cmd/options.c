// SPDX-License-Identifier: GPL-2.0-only
/* The command line of a command that lists records. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "lib/array.h"
#include "lib/text.h"

#define NS_PER_SECOND 1000000000.0
#define NS_PER_MS 1000000
#define BUDGET_MS_MAX (24 * 3600 * 1000)
#define SINCE_SECONDS_MAX (366 * 24 * 3600.0)

#define OWN_MAX 8

/* Long options without a letter; those of filters follow. */
enum {
	OPT_OUTPUT_ALL = 256,
	OPT_SORT,
	OPT_TOP,
	OPT_DIFF,
	OPT_SINCE,
	OPT_OTHER,
	OPT_FLAG,
	OPT_BY,
	OPT_BUDGET,
	OPT_OWN,		/* and up to OWN_MAX more */
	OPT_FILTER = OPT_OWN + OWN_MAX,
};

static const struct {
	int value;
	const char *name;
	const char *argument;
	const char *help;
} options_all[] = {
	{ OPT_DIFF, "diff", "FILE",
	  "print what changed since FILE, an earlier --json answer" },
	{ OPT_SINCE, "since", "SECONDS",
	  "print what changes in that many seconds from now" },
	{ OPT_SORT, "sort", "[+|-]COL",
	  "sort by a column, + rising, - falling" },
	{ OPT_TOP, "top", "NUMBER", "print only the first rows" },
	{ 'o', "output", "LIST", "columns to print; +LIST adds columns" },
	{ OPT_OUTPUT_ALL, "output-all", NULL, "print all columns" },
	{ 'J', "json", NULL, "print JSON, by default all columns" },
	{ 'r', "raw", NULL, "print plain lines, by default all columns" },
	{ 'P', "pairs", NULL, "print KEY=\"value\", by default all columns" },
	{ 'n', "noheadings", NULL, "leave out the headings" },
	{ 'b', "bytes", NULL, "print sizes and times in all digits" },
	{ 'h', "help", NULL, "print this help" },
	{ 'V', "version", NULL, "print the version" },
};

#define NR_OPTIONS ARRAY_SIZE(options_all)
#define LETTERS "o:JrPnbhV"

/* A command with a way of its own compares nothing. */
static bool is_offered(const struct kms_list_command *command, int value)
{
	return !command->own || (value != OPT_DIFF && value != OPT_SINCE);
}

static size_t nr_own(const struct kms_list_command *command)
{
	return command->own ? command->own->nr_options : 0;
}

static void columns_print(const struct kms_kind *kind)
{
	size_t i;

	for (i = 0; i < kind->nr_columns; i++)
		printf(" %26s  %s\n", kind->columns[i].title,
		       kind->columns[i].help);
}

/* "directory, superblock or total" */
static const char *by_words(const struct kms_list_command *command, char *text,
			    size_t size)
{
	size_t i, len;

	len = snprintf(text, size, "%s", command->view.by);
	for (i = 0; i < command->nr_more && len < size; i++)
		len += snprintf(text + len, size - len, "%s%s",
				i + 1 < command->nr_more ? ", " : " or ",
				command->more[i].by);
	return text;
}

static void option_print(int letter, const char *name, const char *argument,
			 const char *help)
{
	char text[40];

	snprintf(text, sizeof(text), "--%s%s%s", name, argument ? " " : "",
		 argument ? argument : "");
	if (letter < 256)
		printf(" -%c, %-22s %s\n", letter, text, help);
	else
		printf("     %-22s %s\n", text, help);
}

static void help_print(const struct kms_options *options,
		       const struct kms_list_command *command,
		       const char *program)
{
	const struct kms_column *column;
	size_t i;

	printf("Usage:\n %s [options]%s\n\n%s.\n\nOptions:\n", program,
	       command->own ? command->own->usage :
	       command->operand ? " [NAME...]" : "", command->summary);
	for (i = 0; i < nr_own(command); i++)
		option_print(OPT_OWN, command->own->options[i].name,
			     command->own->options[i].argument,
			     command->own->options[i].help);
	if (command->option)
		option_print(OPT_OTHER, command->option, NULL,
			     command->option_help);
	if (command->more) {
		char words[80], help[100];

		snprintf(help, sizeof(help), "rows by %s",
			 by_words(command, words, sizeof(words)));
		option_print(OPT_BY, "by", "WHAT", help);
	}
	if (command->budget_help)
		option_print(OPT_BUDGET, "budget", "MS", command->budget_help);
	if (command->view.flag_fills)
		option_print(OPT_FLAG, command->view.kind->flags->name, NULL,
			     command->view.flag_help);
	for (i = 0; i < options->nr_filters; i++) {
		char help[80];

		column = options->filters[i].column;
		snprintf(help, sizeof(help), "only rows with this %s",
			 column->title);
		option_print(OPT_FILTER, options->filters[i].name,
			     column->type == KMS_TYPE_STRING ? "NAME"
							     : "NUMBER",
			     help);
	}
	for (i = 0; i < NR_OPTIONS; i++) {
		if (is_offered(command, options_all[i].value))
			option_print(options_all[i].value, options_all[i].name,
				     options_all[i].argument,
				     options_all[i].help);
	}
	printf("\nColumns:\n");
	columns_print(command->view.kind);
	if (command->option) {
		printf("\nColumns with --%s:\n", command->option);
		columns_print(command->other.kind);
	}
	for (i = 0; i < command->nr_more; i++) {
		printf("\nColumns with --by %s:\n", command->more[i].by);
		columns_print(command->more[i].kind);
	}
	printf("\nFor more details see kmemscope(8).\n");
}

/* Each key of the kinds that is not given by operands can be filtered by. */
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
		if (!column->key || options->nr_filters == KMS_FILTERS_MAX)
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
		snprintf(filter->name, sizeof(filter->name), "%s",
			 column->name);
		while ((dash = strchr(filter->name, '_')))
			*dash = '-';
	}
}

static void long_options_fill(struct option *all,
			      const struct kms_options *options,
			      const struct kms_list_command *command)
{
	size_t i;

	for (i = 0; i < NR_OPTIONS; i++) {
		if (!is_offered(command, options_all[i].value))
			continue;
		*all++ = (struct option){
			.name = options_all[i].name,
			.has_arg = options_all[i].argument ? 1 : 0,
			.val = options_all[i].value,
		};
	}
	for (i = 0; i < nr_own(command); i++)
		*all++ = (struct option){
			.name = command->own->options[i].name,
			.has_arg = command->own->options[i].argument ? 1 : 0,
			.val = OPT_OWN + (int)i,
		};
	if (command->option)
		*all++ = (struct option){
			.name = command->option,
			.val = OPT_OTHER,
		};
	if (command->more)
		*all++ = (struct option){
			.name = "by",
			.has_arg = 1,
			.val = OPT_BY,
		};
	if (command->budget_help)
		*all++ = (struct option){
			.name = "budget",
			.has_arg = 1,
			.val = OPT_BUDGET,
		};
	if (command->view.flag_fills)
		*all++ = (struct option){
			.name = command->view.kind->flags->name,
			.val = OPT_FLAG,
		};
	for (i = 0; i < options->nr_filters; i++) {
		*all++ = (struct option){
			.name = options->filters[i].name,
			.has_arg = 1,
			.val = OPT_FILTER + (int)i,
		};
	}
	*all = (struct option){ 0 };
}

bool kms_options_seconds(const char *text, uint64_t *ns)
{
	double seconds;
	char *end;

	if (!*text || text[strspn(text, "0123456789.")])
		return false;
	seconds = strtod(text, &end);
	if (*end || !(seconds > 0) || seconds > SINCE_SECONDS_MAX)
		return false;
	*ns = (uint64_t)(seconds * NS_PER_SECOND);
	return *ns > 0;
}

/* Take one option; false, with a message, when its argument is wrong. */
static bool option_take(struct kms_options *options,
			const struct kms_list_command *command, int value,
			const char *program)
{
	switch (value) {
	case OPT_OUTPUT_ALL:
		options->all_columns = true;
		return true;
	case OPT_FLAG:
		options->flag = true;
		return true;
	case OPT_SORT:
		options->sort = optarg;
		return true;
	case OPT_BY:
		options->by = optarg;
		return true;
	case OPT_BUDGET:
		if (kms_text_number(optarg, BUDGET_MS_MAX,
				    &options->budget_ns) &&
		    options->budget_ns) {
			options->budget_ns *= NS_PER_MS;
			return true;
		}
		fprintf(stderr, "%s: --budget: not a number of milliseconds: '%s'\n",
			program, optarg);
		return false;
	case OPT_DIFF:
		options->diff = optarg;
		return true;
	case 'o':
		options->columns = optarg;
		return true;
	case 'J':
		options->output.form = KMS_FORM_JSON;
		return true;
	case 'r':
		options->output.form = KMS_FORM_RAW;
		return true;
	case 'P':
		options->output.form = KMS_FORM_PAIRS;
		return true;
	case 'n':
		options->output.no_headings = true;
		return true;
	case 'b':
		options->output.exact = true;
		return true;
	case OPT_TOP:
		if (kms_text_number(optarg, UINT32_MAX, &options->top) &&
		    options->top)
			return true;
		fprintf(stderr, "%s: --top: not a number of rows: '%s'\n",
			program, optarg);
		return false;
	case OPT_SINCE:
		if (kms_options_seconds(optarg, &options->since_ns))
			return true;
		fprintf(stderr, "%s: --since: not a number of seconds: '%s'\n",
			program, optarg);
		return false;
	}
	if (value < OPT_OWN)
		return false;	/* getopt has said what is wrong */
	if (value < OPT_FILTER)
		return command->own->take(command->own->arg, value - OPT_OWN,
					  optarg, program);
	options->filters[value - OPT_FILTER].text = optarg;
	return true;
}

/* A filter by a key that only the other kind of record has asks for that. */
static const struct kms_list_view *
view_choose(const struct kms_options *options,
	    const struct kms_list_command *command, bool other)
{
	size_t i, column;

	for (i = 0; command->option && i < options->nr_filters; i++) {
		if (!options->filters[i].text)
			continue;
		if (!kms_kind_find(command->view.kind, options->filters[i].name,
				   strlen(options->filters[i].name), &column) ||
		    !command->view.kind->columns[column].key)
			other = true;
	}
	if (other)
		return &command->other;
	if (!options->by || !strcmp(options->by, command->view.by))
		return &command->view;
	for (i = 0; i < command->nr_more; i++) {
		if (!strcmp(options->by, command->more[i].by))
			return &command->more[i];
	}
	return NULL;
}

static bool combination_check(const struct kms_options *options,
			      const struct kms_list_command *command,
			      const char *program)
{
	char words[80];

	if (command->own)
		return command->own->check(command->own->arg, options, program);
	if (!options->view) {
		fprintf(stderr, "%s: --by: '%s' is none of %s\n", program,
			options->by, by_words(command, words, sizeof(words)));
		return false;
	}
	if (options->nr_operands && !command->operand) {
		fprintf(stderr, "%s: unexpected argument: '%s'\n", program,
			options->operands[0]);
		return false;
	}
	if (options->flag && !options->view->flag_fills) {
		fprintf(stderr, "%s: --%s: not with --%s\n", program,
			command->view.kind->flags->name, command->option);
		return false;
	}
	if (options->diff && options->since_ns) {
		fprintf(stderr, "%s: --diff and --since exclude each other\n",
			program);
		return false;
	}
	return true;
}

enum kms_parsed kms_options_parse(struct kms_options *options,
				  const struct kms_list_command *command,
				  int argc, char **argv)
{
	struct option all[NR_OPTIONS + OWN_MAX + 4 + KMS_FILTERS_MAX + 1];
	bool other = false;
	size_t i;
	int value;

	*options = (struct kms_options){ .output.stream = stdout };
	if (!command->own)
		filters_offer(options, command, command->view.kind);
	if (command->option)
		filters_offer(options, command, command->other.kind);
	for (i = 0; i < command->nr_more; i++)
		filters_offer(options, command, command->more[i].kind);
	long_options_fill(all, options, command);

	while ((value = getopt_long(argc, argv, LETTERS, all, NULL)) != -1) {
		switch (value) {
		case 'h':
			help_print(options, command, argv[0]);
			return KMS_PARSED_DONE;
		case 'V':
			kms_cmd_version();
			return KMS_PARSED_DONE;
		case OPT_OTHER:
			other = true;
			break;
		default:
			if (!option_take(options, command, value, argv[0]))
				return KMS_PARSED_WRONG;
		}
	}
	options->operands = argv + optind;
	options->nr_operands = argc - optind;
	options->view = view_choose(options, command, other);
	if (options->view)
		options->output.root = options->view->root;
	return combination_check(options, command, argv[0]) ? KMS_PARSED_RUN :
							      KMS_PARSED_WRONG;
}
