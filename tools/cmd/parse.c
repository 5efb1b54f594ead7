// SPDX-License-Identifier: GPL-2.0-only
/* One table of options drives getopt, --help and what is taken. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/parse.h"
#include "lib/clock.h"
#include "lib/text.h"

#define MAX_SECONDS (366 * 24 * 3600)

/* What getopt_long() returns for the first option of the table. */
#define FIRST_VALUE 256

static const struct kms_option help_option = {
	.letter = 'h',
	.name = "help",
	.help = "print this help",
};

static const struct kms_option version_option = {
	.letter = 'V',
	.name = "version",
	.help = "print the version",
};

/* The options of a command line, in the order of --help. */
struct parser {
	const struct kms_option *row[KMS_MAX_OPTIONS];
	size_t nr;
	struct option longs[KMS_MAX_OPTIONS + 1];
	char letters[2 * KMS_MAX_OPTIONS + 1];
};

struct kms_option kms_option_flag(char letter, const char *name,
				  const char *help, bool *to)
{
	return (struct kms_option){
		.letter = letter,
		.name = name,
		.help = help,
		.type = KMS_OPTION_FLAG,
		.to.flag = to,
	};
}

struct kms_option kms_option_bytes(bool *to)
{
	return kms_option_flag('b', "bytes",
			       "print sizes in bytes and times in nanoseconds",
			       to);
}

struct kms_option kms_option_choice(char letter, const char *name,
				    const char *help, int *to, int choice)
{
	return (struct kms_option){
		.letter = letter,
		.name = name,
		.help = help,
		.type = KMS_OPTION_CHOICE,
		.to.choice = to,
		.choice = choice,
	};
}

struct kms_option kms_option_text(char letter, const char *name,
				  const char *argument, const char *help,
				  const char **to)
{
	return (struct kms_option){
		.letter = letter,
		.name = name,
		.argument = argument,
		.help = help,
		.type = KMS_OPTION_TEXT,
		.to.text = to,
	};
}

struct kms_option kms_option_number(const char *name, const char *argument,
				    const char *help, uint64_t *to,
				    const char *unit, uint64_t max)
{
	return (struct kms_option){
		.name = name,
		.argument = argument,
		.help = help,
		.type = KMS_OPTION_NUMBER,
		.to.number = to,
		.unit = unit,
		.max = max,
	};
}

struct kms_option kms_option_seconds(const char *name, const char *help,
				     uint64_t *to_ns, uint64_t min,
				     uint64_t max)
{
	return (struct kms_option){
		.name = name,
		.argument = "SECONDS",
		.help = help,
		.type = KMS_OPTION_SECONDS,
		.to.number = to_ns,
		.unit = "seconds",
		.min = min,
		.max = max,
	};
}

static bool seconds_parse(const char *text, uint64_t *ns)
{
	double seconds;
	char *end;

	if (!*text || text[strspn(text, "0123456789.")])
		return false;
	seconds = strtod(text, &end);
	if (*end || !(seconds > 0) || seconds > MAX_SECONDS)
		return false;
	*ns = (uint64_t)(seconds * NS_PER_SEC);
	return *ns > 0;
}

static void parser_add(struct parser *parser, const struct kms_option *option)
{
	char *letters = parser->letters + strlen(parser->letters);
	int value = FIRST_VALUE + (int)parser->nr;

	/* A table that does not fit is a mistake in the program. */
	if (parser->nr == KMS_MAX_OPTIONS)
		abort();
	if (option->letter) {
		value = option->letter;
		*letters++ = option->letter;
		if (option->argument)
			*letters = ':';
	}
	parser->longs[parser->nr] = (struct option){
		.name = option->name,
		.has_arg = option->argument ? required_argument : no_argument,
		.val = value,
	};
	parser->row[parser->nr++] = option;
}

static void parser_fill(struct parser *parser, const struct kms_usage *usage)
{
	size_t i;

	*parser = (struct parser){ 0 };
	for (i = 0; i < usage->nr_options; i++)
		parser_add(parser, &usage->options[i]);
	parser_add(parser, &help_option);
	parser_add(parser, &version_option);
}

/* The option that getopt_long() found, or NULL. */
static const struct kms_option *parser_find(const struct parser *parser, int value)
{
	size_t i;

	for (i = 0; i < parser->nr; i++) {
		if (parser->longs[i].val == value)
			return parser->row[i];
	}
	return NULL;
}

/* "--name ARGUMENT" */
static int option_words(char *words, size_t size,
			const struct kms_option *option)
{
	return snprintf(words, size, "--%s%s%s", option->name,
			option->argument ? " " : "",
			option->argument ? option->argument : "");
}

static void help_print(const struct kms_usage *usage, const struct parser *parser,
		       const char *program)
{
	int width = 0, len;
	char words[64];
	size_t i;

	for (i = 0; i < parser->nr; i++) {
		len = option_words(words, sizeof(words), parser->row[i]);
		if (len > width)
			width = len;
	}
	printf("Usage:\n %s [options]%s%s\n\n%s.\n\nOptions:\n", program,
	       usage->operands ? " " : "",
	       usage->operands ? usage->operands : "", usage->summary);
	for (i = 0; i < parser->nr; i++) {
		const struct kms_option *option = parser->row[i];

		option_words(words, sizeof(words), option);
		if (option->letter)
			printf(" -%c, ", option->letter);
		else
			printf("     ");
		printf("%-*s  %s\n", width, words, option->help);
	}
	if (usage->details)
		usage->details(usage->arg);
	printf("\nFor more details see %s(8).\n",
	       usage->page ? usage->page : "kmemscope");
}

static bool number_take(const struct kms_option *option, const char *argument)
{
	uint64_t *to = option->to.number;

	return kms_text_number(argument, option->max, to) && *to;
}

static bool seconds_take(const struct kms_option *option, const char *argument)
{
	uint64_t *to = option->to.number;

	return seconds_parse(argument, to) &&
	       *to >= option->min * NS_PER_SEC &&
	       (!option->max || *to <= option->max * NS_PER_SEC);
}

/* False if the argument is not what the option takes. */
static bool option_take(const struct kms_option *option, const char *argument)
{
	switch (option->type) {
	case KMS_OPTION_FLAG:
		*option->to.flag = true;
		return true;
	case KMS_OPTION_CHOICE:
		*option->to.choice = option->choice;
		return true;
	case KMS_OPTION_TEXT:
		*option->to.text = argument;
		return true;
	case KMS_OPTION_NUMBER:
		return number_take(option, argument);
	case KMS_OPTION_SECONDS:
		return seconds_take(option, argument);
	}
	return false;
}

static int argument_refuse(char **argv, const struct kms_option *option,
			   const char *argument)
{
	char range[64] = "";

	if (option->min)
		snprintf(range, sizeof(range), " from %llu to %llu",
			 (unsigned long long)option->min,
			 (unsigned long long)option->max);
	fprintf(stderr, "%s: --%s: not a number of %s%s: '%s'\n", argv[0],
		option->name, option->unit, range, argument);
	return kms_cmd_refuse(argv);
}

bool kms_cmd_parse(const struct kms_usage *usage, int argc, char **argv,
		   int *status)
{
	const struct kms_option *option;
	struct parser parser;
	int value;

	*status = KMS_OK;
	parser_fill(&parser, usage);
	while ((value = getopt_long(argc, argv, parser.letters, parser.longs,
				    NULL)) != -1) {
		option = parser_find(&parser, value);
		if (option == &help_option) {
			help_print(usage, &parser, argv[0]);
			return false;
		}
		if (option == &version_option) {
			kms_cmd_version();
			return false;
		}
		/* For an unknown option getopt has printed the reason. */
		if (!option)
			*status = kms_cmd_refuse(argv);
		else if (!option_take(option, optarg))
			*status = argument_refuse(argv, option, optarg);
		if (*status)
			return false;
	}
	if (optind < argc && !usage->operands)
		*status = kms_cmd_refuse_operand(argv, argv[optind]);
	return !*status;
}
