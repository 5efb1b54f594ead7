// SPDX-License-Identifier: GPL-2.0-only
/* A table of options: what is taken, and what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/parse.h"
#include "lib/array.h"

static bool flag;
static int form;
static const char *text;
static uint64_t rows;
static uint64_t any_ns;
static uint64_t bounded_ns;

/* Parse the words of a command line, which takes one operand if it may. */
static bool parses(const char *line, const char *operands, int *status)
{
	const struct kms_option options[] = {
		kms_option_flag('f', "flag", "a flag", &flag),
		kms_option_choice('A', "first", "a form", &form, 1),
		kms_option_choice('B', "second", "a form", &form, 2),
		kms_option_text('t', "text", "TEXT", "a text", &text),
		kms_option_number("rows", "NUMBER", "a number", &rows, "rows",
				  100),
		kms_option_seconds("any", "a time", &any_ns, 0, 0),
		kms_option_seconds("bounded", "a time", &bounded_ns, 1, 60),
	};
	const struct kms_usage usage = {
		.summary = "Test",
		.operands = operands,
		.options = options,
		.nr_options = ARRAY_SIZE(options),
	};
	static char copy[200];
	char *argv[10], *rest = copy;
	int argc = 0;

	flag = false;
	form = 0;
	text = NULL;
	rows = any_ns = bounded_ns = 0;
	/* Begin anew, also with what getopt remembers. */
	optind = 0;
	snprintf(copy, sizeof(copy), "test %s", line);
	while (rest && argc < 9) {
		argv[argc] = strsep(&rest, " ");
		argc += *argv[argc] != '\0';
	}
	argv[argc] = NULL;
	return kms_cmd_parse(&usage, argc, argv, status);
}

static void every_option_is_taken(void **state)
{
	int status;

	(void)state;
	assert_true(parses("-f --text=a --rows 100 --any 0.5 --bounded 1", NULL,
			   &status));
	assert_int_equal(status, KMS_OK);
	assert_true(flag);
	assert_string_equal(text, "a");
	assert_int_equal(rows, 100);
	assert_int_equal(any_ns, 500000000);
	assert_int_equal(bounded_ns, 1000000000);
	assert_int_equal(form, 0);
}

static void letters_are_the_same(void **state)
{
	int status;

	(void)state;
	assert_true(parses("-ft -x --second", NULL, &status));
	assert_true(flag);
	assert_string_equal(text, "-x");
	assert_int_equal(form, 2);
}

static void the_last_choice_counts(void **state)
{
	int status;

	(void)state;
	assert_true(parses("-A -B --first", NULL, &status));
	assert_int_equal(form, 1);
	assert_true(parses("--first -B", NULL, &status));
	assert_int_equal(form, 2);
}

static void operands_are_left(void **state)
{
	int status;

	(void)state;
	assert_true(parses("one -f two", "NAME...", &status));
	assert_true(flag);
	assert_int_equal(optind, 2);
	assert_false(parses("one", NULL, &status));
	assert_int_equal(status, KMS_ERROR);
}

static void wrong_arguments_are_refused(void **state)
{
	static const char * const lines[] = {
		"--rows 0", "--rows 101", "--rows x", "--rows -1", "--rows 1.5",
		"--any 0", "--any -1", "--any 1e3", "--any 1s",
		"--any 31622401", "--bounded 0.9", "--bounded 60.1",
		"--text", "--unknown", "-x", "--flag=1",
	};
	size_t i;
	int status;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		if (parses(lines[i], NULL, &status))
			fail_msg("%s: was taken", lines[i]);
		assert_int_equal(status, KMS_ERROR);
	}
}

static void help_and_version_end_the_program(void **state)
{
	static const char * const lines[] = {
		"-h", "--help", "-V", "--version", "-f --help --rows 0",
	};
	size_t i;
	int status;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		assert_false(parses(lines[i], NULL, &status));
		assert_int_equal(status, KMS_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_option_is_taken),
		cmocka_unit_test(letters_are_the_same),
		cmocka_unit_test(the_last_choice_counts),
		cmocka_unit_test(operands_are_left),
		cmocka_unit_test(wrong_arguments_are_refused),
		cmocka_unit_test(help_and_version_end_the_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
