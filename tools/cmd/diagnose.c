// SPDX-License-Identifier: GPL-2.0-only
/* kmemscope diagnose: what fills the kernel's memory, and what causes it. */
#include <stdio.h>
#include <stdlib.h>

#include "cmd/cmd.h"
#include "cmd/parse.h"
#include "diagnose/judge/verdict.h"
#include "diagnose/observe/observe.h"
#include "diagnose/tell/remedies.h"
#include "diagnose/tell/text.h"
#include "lib/array.h"
#include "lib/clock.h"
#include "lib/text.h"
#include "table/kinds.h"

#define DEFAULT_SECONDS 10
#define MAX_SECONDS 3600

/* Exit status, with --exit-code, beyond those of all commands. */
#define EXIT_WARNING 4
#define EXIT_CRITICAL 5

struct options {
	uint64_t ns;
	bool remedy;
	bool json;
	bool exit_code;
};

/* Print words, as the locale can show them. */
static enum kms_status words_print(const struct options *options,
				   const struct kms_verdict *verdict,
				   struct kms_error *err)
{
	char *text = NULL;
	FILE *stream;
	size_t len;

	stream = open_memstream(&text, &len);
	if (!stream)
		return kms_fail_memory(err);
	if (options->remedy)
		kms_verdict_print_remedies(stream, verdict);
	else
		kms_verdict_print(stream, verdict);
	if (fclose(stream)) {
		free(text);
		return kms_fail_memory(err);
	}
	kms_text_print(stdout, text);
	free(text);
	return KMS_OK;
}

static enum kms_status verdict_print(const struct options *options,
				     const struct kms_observation *obs,
				     const struct kms_verdict *verdict,
				     struct kms_error *err)
{
	const struct kms_answer answer = {
		.stamp = obs->stamp,
		.version = obs->version,
		.rows.kind = &kms_kind_status,
		.partial = verdict->partial,
	};

	if (options->json)
		return kms_verdict_print_json(stdout, &answer, verdict, err);
	return words_print(options, verdict, err);
}

static enum kms_status diagnose(const struct options *options,
				struct kms_observation *obs,
				struct kms_verdict *verdict,
				struct kms_error *err)
{
	enum kms_status status;

	status = kms_observe(obs, options->ns, err);
	if (!status)
		status = kms_verdict_make(verdict, obs, err);
	if (!status)
		status = kms_remedies_fill(verdict, obs, err);
	if (!status)
		status = verdict_print(options, obs, verdict, err);
	if (!status && verdict->partial)
		status = kms_fail(err, KMS_PARTIAL,
				  "some parts could not be examined, so the answer is partial");
	return status;
}

/* Worse than a partial answer is what it found. */
static int exit_code(const struct kms_verdict *verdict, enum kms_status status)
{
	if (status && status != KMS_PARTIAL)
		return status;
	if (verdict->severity == KMS_CRITICAL)
		return EXIT_CRITICAL;
	return verdict->severity == KMS_WARNING ? EXIT_WARNING : (int)status;
}

static int diagnose_run(char **argv, const struct options *options)
{
	struct kms_verdict *verdict = calloc(1, sizeof(*verdict));
	struct kms_error err = { 0 };
	enum kms_status status;
	struct kms_observation obs;
	int code;

	kms_observation_init(&obs);
	status = verdict ? diagnose(options, &obs, verdict, &err) :
			   kms_fail_memory(&err);
	if (status)
		kms_cmd_fail(argv, status, &err);
	code = verdict && options->exit_code ? exit_code(verdict, status) :
					       (int)status;
	if (verdict)
		kms_verdict_free(verdict);
	kms_observation_free(&obs);
	free(verdict);
	return code;
}

int kms_cmd_diagnose(int argc, char **argv)
{
	struct options options = { .ns = DEFAULT_SECONDS * NS_PER_SEC };
	const struct kms_option table[] = {
		kms_option_seconds("seconds",
				   "observe for this long, by default 10",
				   &options.ns, 1, MAX_SECONDS),
		kms_option_flag('\0', "remedy",
				"print only what to do, as commands; run none",
				&options.remedy),
		kms_option_flag('\0', "exit-code",
				"exit with 4 for a warning, and 5 if it is critical",
				&options.exit_code),
		kms_option_flag('J', "json", "print JSON", &options.json),
	};
	const struct kms_usage usage = {
		.summary = "Find what fills the kernel's memory, what causes it and what helps",
		.page = "kmemscope-diagnose",
		.options = table,
		.nr_options = ARRAY_SIZE(table),
	};
	int status;

	if (!kms_cmd_parse(&usage, argc, argv, &status))
		return status;
	return diagnose_run(argv, &options);
}
