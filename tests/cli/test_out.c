// SPDX-License-Identifier: GPL-2.0-only
/* Rows in every form: exact in JSON, one value a word in raw lines. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <json-c/json.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "output/output.h"
#include "sample.h"
#include "table/select.h"

struct world {
	struct kms_answer answer;
	struct kms_selection columns;
	struct kms_output output;
	struct kms_error err;
};

static int world_make(void **state)
{
	static struct world world;
	struct kms_value *row;

	memset(&world, 0, sizeof(world));
	world.answer.rows.kind = &sample;
	world.answer.stamp = (struct kms_stamp){ "an-id", UINT64_MAX };
	world.answer.version = TEXT("1.2.3");
	world.output.root = "samples";
	row = sample_add(&world.answer.rows, TEXT("a b\"$`\\x5c"), NUMBER(0),
			 NUMBER(UINT64_MAX));
	row[SAMPLE_LEFT_PAGES] = SIGNED(INT64_MIN);
	row = sample_add(&world.answer.rows, TEXT("caf\xc3\xa9/x"), ABSENT,
			 NUMBER(1536));
	row[SAMPLE_LEFT_PAGES] = SIGNED(-1);
	row[SAMPLE_LAST_NS] = NUMBER(1500);
	kms_select_all(&world.columns, &sample, &world.err);
	*state = &world;
	return 0;
}

static int world_end(void **state)
{
	struct world *world = *state;

	kms_answer_free(&world->answer);
	kms_select_free(&world->columns);
	return 0;
}

static void print(FILE *stream, void *arg)
{
	struct world *world = arg;

	world->output.stream = stream;
	assert_int_equal(kms_out_answer(&world->output, &world->answer,
					&world->columns, &world->err), KMS_OK);
}

static void prints(struct world *world, enum kms_form form,
		   const char *expected)
{
	char *text;

	world->output.form = form;
	text = printed(print, world);
	assert_string_equal(text, expected);
	free(text);
}

/* Without headings: since 2.40 libsmartcols is as wide as the cells only. */
static void prints_cells(struct world *world, const char *expected)
{
	char *text, *to, *from;

	world->output.form = KMS_FORM_TABLE;
	text = printed(print, world);
	for (to = from = text; *from; from++)
		if (*from != ' ' || (to > text && to[-1] != ' ' &&
				     to[-1] != '\n'))
			*to++ = *from;
	*to = '\0';
	assert_string_equal(text, expected);
	free(text);
}

static json_object *parsed(struct world *world)
{
	json_tokener *tokener = json_tokener_new();
	json_object *json;
	char *text;

	world->output.form = KMS_FORM_JSON;
	text = printed(print, world);
	/* Not strict: json-c 0.18 refuses all but ASCII then. */
	json_tokener_set_flags(tokener, JSON_TOKENER_VALIDATE_UTF8);
	json = json_tokener_parse_ex(tokener, text, (int)strlen(text) + 1);
	assert_non_null(json);
	json_tokener_free(tokener);
	free(text);
	return json;
}

static void tables_are_human(void **state)
{
	struct world *world = *state;

	kms_select_free(&world->columns);
	kms_select_add(&world->columns, &sample, "node,size_bytes,last_ns,note",
		       &world->err);
	prints(world, KMS_FORM_TABLE,
	       "NODE SIZE_BYTES LAST_NS NOTE\n"
	       "   0        16E       - -\n"
	       "   -       1.5K   1.5us -\n");
	world->output.exact = true;
	world->output.no_headings = true;
	prints_cells(world,
		     "0 18446744073709551615 - -\n"
		     "- 1536 1500 -\n");
}

static void tables_of_differences_have_signs(void **state)
{
	struct world *world = *state;

	kms_select_free(&world->columns);
	kms_select_add(&world->columns, &sample, "node,size_bytes,left_pages",
		       &world->err);
	world->answer.rows.row[0][SAMPLE_LEFT_PAGES] = NUMBER(2);
	world->answer.difference = true;
	prints(world, KMS_FORM_TABLE,
	       "NODE SIZE_BYTES LEFT_PAGES\n"
	       "   0       +16E         +2\n"
	       "   -      +1.5K         -1\n");
}

static void raw_lines_have_all_columns(void **state)
{
	prints(*state, KMS_FORM_RAW,
	       "NAME NODE SIZE_BYTES LEFT_PAGES LAST_NS NOTE\n"
	       "a\\x20b\"$`\\x5c 0 18446744073709551615 -9223372036854775808 - -\n"
	       "caf\xc3\xa9/x - 1536 -1 1500 -\n");
}

/* Cron, systemd and env -i give no other locale. */
static void ascii_is_all_that_other_locales_get(void **state)
{
	struct world *world = *state;

	setlocale(LC_CTYPE, "C");
	kms_select_free(&world->columns);
	kms_select_add(&world->columns, &sample, "name,last_ns", &world->err);
	kms_rows_cut(&world->answer.rows, 2);
	prints(world, KMS_FORM_PAIRS,
	       "NAME=\"a b\\x22\\x24\\x60\\x5c\" LAST_NS=\"\"\n"
	       "NAME=\"caf\\xc3\\xa9/x\" LAST_NS=\"1500\"\n");
	prints(world, KMS_FORM_TABLE,
	       "NAME          LAST_NS\n"
	       "a b\"$`\\x5c          -\n"
	       "caf\\xc3\\xa9/x   1.5us\n");
	json_object_put(parsed(world));
	setlocale(LC_CTYPE, "C.UTF-8");
}

/* A value of one dash is none that is absent. */
static void a_dash_is_told_from_an_absent_value(void **state)
{
	struct world *world = *state;

	kms_select_free(&world->columns);
	kms_select_add(&world->columns, &sample, "name,note", &world->err);
	kms_rows_cut(&world->answer.rows, 1);
	kms_value_clear(&world->answer.rows.row[0][SAMPLE_NAME]);
	world->answer.rows.row[0][SAMPLE_NAME] = TEXT("-");
	prints(world, KMS_FORM_RAW, "NAME NOTE\n\\x2d -\n");
}

static void pairs_are_safe_in_a_shell(void **state)
{
	prints(*state, KMS_FORM_PAIRS,
	       "NAME=\"a b\\x22\\x24\\x60\\x5c\" NODE=\"0\" SIZE_BYTES=\"18446744073709551615\" LEFT_PAGES=\"-9223372036854775808\" LAST_NS=\"\" NOTE=\"\"\n"
	       "NAME=\"caf\xc3\xa9/x\" NODE=\"\" SIZE_BYTES=\"1536\" LEFT_PAGES=\"-1\" LAST_NS=\"1500\" NOTE=\"\"\n");
}

static void no_rows_are_valid(void **state)
{
	struct world *world = *state;
	json_object *json, *rows;

	kms_rows_cut(&world->answer.rows, 0);
	prints(world, KMS_FORM_TABLE, "");
	prints(world, KMS_FORM_PAIRS, "");
	json = parsed(world);
	assert_true(json_object_object_get_ex(json, "samples", &rows));
	assert_int_equal(json_object_array_length(rows), 0);
	json_object_put(json);
}

static void json_is_exact(void **state)
{
	json_object *json = parsed(*state), *rows, *row, *value;

	assert_true(json_object_object_get_ex(json, "boottime_ns", &value));
	assert_true(json_object_get_uint64(value) == UINT64_MAX);
	assert_true(json_object_object_get_ex(json, "version", &value));
	assert_string_equal(json_object_get_string(value), "1.2.3");
	assert_true(json_object_object_get_ex(json, "samples", &rows));
	assert_int_equal(json_object_array_length(rows), 2);
	row = json_object_array_get_idx(rows, 0);
	assert_int_equal(json_object_object_length(row), 4);
	assert_true(json_object_object_get_ex(row, "name", &value));
	assert_string_equal(json_object_get_string(value), "a b\"$`\\x5c");
	assert_true(json_object_object_get_ex(row, "size_bytes", &value));
	assert_true(json_object_is_type(value, json_type_int));
	assert_true(json_object_get_uint64(value) == UINT64_MAX);
	assert_true(json_object_object_get_ex(row, "left_pages", &value));
	assert_true(json_object_get_int64(value) == INT64_MIN);
	row = json_object_array_get_idx(rows, 1);
	assert_false(json_object_object_get_ex(row, "node", &value));
	assert_false(json_object_object_get_ex(json, "request", &value));
	assert_false(json_object_object_get_ex(json, "partial", &value));
	json_object_put(json);
}

static void json_differences_are_exact(void **state)
{
	struct world *world = *state;
	char *text;

	world->answer.difference = true;
	world->answer.partial = true;
	world->answer.stamp.boottime_ns = 3002000000;
	world->answer.since = (struct kms_stamp){ "an-id", 1000000000 };
	world->answer.rows.row[0][SAMPLE_SIZE_BYTES].negative = true;
	json_object_put(parsed(world));
	text = printed(print, world);
	assert_non_null(strstr(text, "\"size_bytes\":-18446744073709551615,"));
	assert_non_null(strstr(text, "\"left_pages\":-9223372036854775808}"));
	assert_non_null(strstr(text, "\"since\":{\"boot_id\":\"an-id\""));
	assert_non_null(strstr(text, "\"boottime_ns\":1000000000}"));
	assert_non_null(strstr(text, "\"seconds\":2.002,"));
	assert_non_null(strstr(text, "\"partial\":true"));
	free(text);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_make, world_end)
	static const struct CMUnitTest tests[] = {
		TEST(tables_are_human),
		TEST(tables_of_differences_have_signs),
		TEST(raw_lines_have_all_columns),
		TEST(ascii_is_all_that_other_locales_get),
		TEST(a_dash_is_told_from_an_absent_value),
		TEST(pairs_are_safe_in_a_shell),
		TEST(no_rows_are_valid),
		TEST(json_is_exact),
		TEST(json_differences_are_exact),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("out", tests, NULL, NULL);
}
