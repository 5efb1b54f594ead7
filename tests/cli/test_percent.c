// SPDX-License-Identifier: GPL-2.0-only
/* Permille on the wire is percent for users: printed, sorted and read back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/array.h"
#include "output/output.h"
#include "sample.h"
#include "table/kinds.h"
#include "table/order.h"

enum { NAME, SHARE };

static const struct kms_column columns[] = {
	[NAME] = {
		.attr = 1,
		.name = "name",
		.title = "NAME",
		.type = KMS_TYPE_STRING,
		.key = true,
	},
	[SHARE] = {
		.attr = 2,
		.name = "share_percent",
		.title = "SHARE_PERCENT",
		.type = KMS_TYPE_U32,
		.unit = KMS_UNIT_PERMILLE,
	},
};

static const struct kms_kind parts = {
	.name = "part",
	.columns = columns,
	.nr_columns = ARRAY_SIZE(columns),
};

static size_t both[] = { NAME, SHARE };
static const struct kms_selection all = { both, ARRAY_SIZE(both) };

static const struct {
	const char *name;
	struct kms_value share;
} made[] = {
	{ "none", { .presence = KMS_NUMBER, .magnitude = 0 } },
	{ "little", { .presence = KMS_NUMBER, .magnitude = 1 } },
	{ "most", { .presence = KMS_NUMBER, .magnitude = 999 } },
	{ "whole", { .presence = KMS_NUMBER, .magnitude = 1000 } },
	{ "unknown", { .presence = KMS_ABSENT } },
};

static void answer_make(struct kms_answer *answer)
{
	struct kms_value *row;
	size_t i;

	*answer = (struct kms_answer){
		.stamp = { "an-id", 1000 },
		.rows.kind = &parts,
	};
	for (i = 0; i < ARRAY_SIZE(made); i++) {
		row = kms_rows_add(&answer->rows);
		row[NAME] = TEXT(made[i].name);
		row[SHARE] = made[i].share;
	}
}

struct print {
	struct kms_output output;
	const struct kms_answer *answer;
};

static void print(FILE *stream, void *arg)
{
	struct print *print = arg;
	struct kms_error err;

	print->output.stream = stream;
	assert_int_equal(kms_out_answer(&print->output, print->answer, &all,
					&err), KMS_OK);
}

static void prints(const struct kms_answer *answer, enum kms_form form,
		   const char *expected)
{
	struct print what = {
		.output = { .form = form, .root = "parts" },
		.answer = answer,
	};
	char *text = printed(print, &what);

	assert_string_equal(text, expected);
	free(text);
}

static void every_form_has_one_decimal(void **state)
{
	struct kms_answer answer;

	(void)state;
	answer_make(&answer);
	prints(&answer, KMS_FORM_TABLE,
	       "NAME    SHARE_PERCENT\n"
	       "none              0.0\n"
	       "little            0.1\n"
	       "most             99.9\n"
	       "whole           100.0\n"
	       "unknown             -\n");
	prints(&answer, KMS_FORM_RAW,
	       "NAME SHARE_PERCENT\n"
	       "none 0.0\nlittle 0.1\nmost 99.9\nwhole 100.0\nunknown -\n");
	prints(&answer, KMS_FORM_JSON,
	       "{\"boot_id\":\"an-id\",\"boottime_ns\":1000,\n"
	       " \"parts\":[\n"
	       "  {\"name\":\"none\",\"share_percent\":0.0},\n"
	       "  {\"name\":\"little\",\"share_percent\":0.1},\n"
	       "  {\"name\":\"most\",\"share_percent\":99.9},\n"
	       "  {\"name\":\"whole\",\"share_percent\":100.0},\n"
	       "  {\"name\":\"unknown\"}\n ]\n}\n");
	kms_answer_free(&answer);
}

static void differences_have_signs(void **state)
{
	struct kms_answer answer;

	(void)state;
	answer_make(&answer);
	answer.difference = true;
	answer.rows.row[0][SHARE] = SIGNED(-1000);
	kms_rows_cut(&answer.rows, 3);
	prints(&answer, KMS_FORM_TABLE,
	       "NAME   SHARE_PERCENT\n"
	       "none          -100.0\n"
	       "little          +0.1\n"
	       "most           +99.9\n");
	kms_answer_free(&answer);
}

static void sorts_by_number(void **state)
{
	struct kms_answer answer;
	struct kms_order order;
	struct kms_error err;

	(void)state;
	answer_make(&answer);
	assert_int_equal(kms_order_parse(&order, &parts, "share-percent", &err),
			 KMS_OK);
	assert_int_equal(kms_order_rows(&order, &answer.rows, false, &err),
			 KMS_OK);
	prints(&answer, KMS_FORM_RAW,
	       "NAME SHARE_PERCENT\n"
	       "whole 100.0\nmost 99.9\nlittle 0.1\nnone 0.0\nunknown -\n");
	kms_answer_free(&answer);
}

/* Read the text back, as a file that --json printed. */
static enum kms_status answer_read(struct kms_answer *answer, const char *text,
				   struct kms_error *err)
{
	char path[] = "/tmp/kms-percent-XXXXXX";
	enum kms_status status;
	FILE *file = fdopen(mkstemp(path), "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	*answer = (struct kms_answer){ .rows.kind = &parts };
	status = kms_answer_read(answer, path, "parts", err);
	unlink(path);
	return status;
}

static void reads_back_what_it_printed(void **state)
{
	struct kms_answer answer, back;
	struct print what = {
		.output = { .form = KMS_FORM_JSON, .root = "parts" },
		.answer = &answer,
	};
	struct kms_error err;
	uint32_t permille;
	char *text;

	(void)state;
	/* Each share that there is, and the largest number of the wire. */
	for (permille = 0; permille <= 1001; permille++) {
		answer_make(&answer);
		answer.rows.row[0][SHARE] =
			NUMBER(permille <= 1000 ? permille : UINT32_MAX);
		text = printed(print, &what);
		assert_int_equal(answer_read(&back, text, &err), KMS_OK);
		free(text);
		assert_int_equal(back.rows.nr, ARRAY_SIZE(made));
		assert_int_equal(back.rows.row[0][SHARE].magnitude,
				 answer.rows.row[0][SHARE].magnitude);
		assert_int_equal(back.rows.row[3][SHARE].magnitude, 1000);
		assert_int_equal(back.rows.row[4][SHARE].presence, KMS_ABSENT);
		kms_answer_free(&answer);
		kms_answer_free(&back);
	}
}

#define ROW(share) "{\"boot_id\":\"an-id\",\"boottime_ns\":1,\"parts\":[" \
	"{\"name\":\"a\"," share "}]}"

static void whole_numbers_are_percent_too(void **state)
{
	struct kms_answer answer;
	struct kms_error err;

	(void)state;
	assert_int_equal(answer_read(&answer, ROW("\"share_percent\":100"),
				     &err), KMS_OK);
	assert_int_equal(answer.rows.row[0][SHARE].magnitude, 1000);
	kms_answer_free(&answer);
}

static void odd_numbers_are_refused(void **state)
{
	static const char * const odd[] = {
		"99.85", "-0.1", "\"99.8\"", "1e300", "-1e300", "429496729.6",
		"true",
	};
	struct kms_answer answer;
	struct kms_error err;
	char text[200];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(odd); i++) {
		snprintf(text, sizeof(text), ROW("\"share_percent\":%s"),
			 odd[i]);
		assert_int_equal(answer_read(&answer, text, &err), KMS_ERROR);
		assert_non_null(strstr(err.text, "share_percent"));
		kms_answer_free(&answer);
	}
}

static void permille_of_older_programs_is_refused(void **state)
{
	struct kms_answer answer;
	struct kms_error err;

	(void)state;
	assert_int_equal(answer_read(&answer, ROW("\"share_permille\":998"),
				     &err), KMS_ERROR);
	assert_non_null(strstr(err.text, "has no share_percent but permille"));
	kms_answer_free(&answer);
}

/* The names and the help of the spec's columns agree with what is printed. */
static void no_column_is_in_permille(void **state)
{
	static const struct kms_kind * const kinds[] = {
		&kms_kind_job, &kms_kind_slab, &kms_kind_slab_node,
		&kms_kind_dentry, &kms_kind_dentry_superblock,
		&kms_kind_dentry_directory, &kms_kind_trace,
		&kms_kind_trace_allocator,
	};
	const struct kms_column *column;
	size_t i, j, nr = 0;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		for (j = 0; j < kinds[i]->nr_columns; j++) {
			column = &kinds[i]->columns[j];
			assert_null(strstr(column->name, "permille"));
			if (column->unit != KMS_UNIT_PERMILLE)
				continue;
			assert_non_null(strstr(column->name, "_percent"));
			assert_non_null(strstr(column->title, "_PERCENT"));
			assert_null(strstr(column->help, "1000"));
			nr++;
		}
	}
	assert_true(nr >= ARRAY_SIZE(kinds));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_has_one_decimal),
		cmocka_unit_test(differences_have_signs),
		cmocka_unit_test(sorts_by_number),
		cmocka_unit_test(reads_back_what_it_printed),
		cmocka_unit_test(whole_numbers_are_percent_too),
		cmocka_unit_test(odd_numbers_are_refused),
		cmocka_unit_test(permille_of_older_programs_is_refused),
		cmocka_unit_test(no_column_is_in_permille),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
