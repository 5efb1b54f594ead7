// SPDX-License-Identifier: GPL-2.0-only
/* kmemscope diagnose: what is wrong with the kernel's memory, and whose it is. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/cmd.h"
#include "cmd/options.h"
#include "diagnose/verdict.h"
#include "lib/kinds.h"
#include "lib/text.h"
#include "out/verdict.h"

#define NS_PER_SECOND 1000000000ull
#define SECONDS_DEFAULT 10
#define SECONDS_MAX 3600

enum { OPT_SECONDS = 256, OPT_REMEDY };

static const struct option options_all[] = {
	{ "seconds", required_argument, NULL, OPT_SECONDS },
	{ "remedy", no_argument, NULL, OPT_REMEDY },
	{ "json", no_argument, NULL, 'J' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 }
};

struct options {
	uint64_t ns;
	bool remedy;
	bool json;
};

static void help_print(const char *program)
{
	printf("Usage:\n %s [options]\n\n"
	       "Say what is wrong with the kernel's memory, who does it and what helps.\n\n"
	       "Options:\n"
	       "     --seconds SECONDS  look for so long, 10 unless asked\n"
	       "     --remedy           print only what to do, as commands; runs none\n"
	       " -J, --json             print JSON\n"
	       " -h, --help             print this help\n"
	       " -V, --version          print the version\n\n"
	       "For more details see kmemscope(8).\n", program);
}

/* In words, as the locale can take them. */
static enum ks_status words_print(const struct options *options,
				  const struct ks_verdict *verdict,
				  struct ks_error *err)
{
	char *text = NULL;
	FILE *stream;
	size_t len;

	stream = open_memstream(&text, &len);
	if (!stream)
		return ks_fail_memory(err);
	if (options->remedy)
		ks_verdict_print_remedies(stream, verdict);
	else
		ks_verdict_print(stream, verdict);
	if (fclose(stream)) {
		free(text);
		return ks_fail_memory(err);
	}
	ks_text_print(stdout, text);
	free(text);
	return KS_OK;
}

static enum ks_status verdict_print(const struct options *options,
				    const struct ks_look *look,
				    const struct ks_verdict *verdict,
				    struct ks_error *err)
{
	const struct ks_answer answer = {
		.stamp = look->stamp,
		.version = look->version,
		.rows.kind = &ks_kind_status,
		.partial = verdict->partial,
	};

	if (options->json)
		return ks_verdict_print_json(stdout, &answer, verdict, err);
	return words_print(options, verdict, err);
}

static enum ks_status diagnose(const struct options *options,
			       struct ks_look *look,
			       struct ks_verdict *verdict,
			       struct ks_error *err)
{
	enum ks_status status;

	status = ks_look_take(look, options->ns, err);
	if (!status)
		status = ks_verdict_make(verdict, look, err);
	if (!status)
		status = verdict_print(options, look, verdict, err);
	if (!status && verdict->partial)
		status = ks_fail(err, KS_PARTIAL,
				 "not all could be looked at, so the answer is partial");
	return status;
}

static int diagnose_run(char **argv, const struct options *options)
{
	struct ks_verdict *verdict = calloc(1, sizeof(*verdict));
	struct ks_error err = { 0 };
	enum ks_status status;
	struct ks_look look;

	ks_look_init(&look);
	status = verdict ? diagnose(options, &look, verdict, &err) :
			   ks_fail_memory(&err);
	if (status)
		ks_cmd_fail(argv, status, &err);
	if (verdict)
		ks_verdict_free(verdict);
	ks_look_free(&look);
	free(verdict);
	return status;
}

int ks_cmd_diagnose(int argc, char **argv)
{
	struct options options = { .ns = SECONDS_DEFAULT * NS_PER_SECOND };
	int letter;

	while ((letter = getopt_long(argc, argv, "JhV", options_all, NULL)) !=
	       -1) {
		switch (letter) {
		case OPT_SECONDS:
			if (ks_options_seconds(optarg, &options.ns) &&
			    options.ns >= NS_PER_SECOND &&
			    options.ns <= SECONDS_MAX * NS_PER_SECOND)
				break;
			fprintf(stderr,
				"%s: --seconds: not a number of seconds from 1 to %d: '%s'\n",
				argv[0], SECONDS_MAX, optarg);
			return ks_cmd_refuse(argv);
		case OPT_REMEDY:
			options.remedy = true;
			break;
		case 'J':
			options.json = true;
			break;
		case 'h':
			help_print(argv[0]);
			return KS_OK;
		case 'V':
			ks_cmd_version();
			return KS_OK;
		default:
			return ks_cmd_refuse(argv);
		}
	}
	if (optind < argc)
		return ks_cmd_refuse_operand(argv, argv[optind]);
	return diagnose_run(argv, &options);
}
