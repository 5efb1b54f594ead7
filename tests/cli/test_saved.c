// SPDX-License-Identifier: GPL-2.0-only
/* Reading answers back, whole, strange and hostile; comparing with them. */
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
#include "table/answer.h"

struct world {
	struct kms_answer answer;
	struct kms_answer newer;
	struct kms_error err;
	char path[32];
};

static int world_make(void **state)
{
	static struct world world;

	memset(&world, 0, sizeof(world));
	world.answer.rows.kind = &sample;
	world.newer.rows.kind = &sample;
	world.newer.stamp = (struct kms_stamp){ "an-id", 2000000000 };
	strcat(world.path, "/tmp/ks-saved-XXXXXX");
	*state = &world;
	return close(mkstemp(world.path));
}

static int world_end(void **state)
{
	struct world *world = *state;

	kms_answer_free(&world->answer);
	kms_answer_free(&world->newer);
	return unlink(world->path);
}

static enum kms_status read_text(struct world *world, const char *text)
{
	FILE *file = fopen(world->path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	kms_answer_free(&world->answer);
	memset(&world->answer, 0, sizeof(world->answer));
	world->answer.rows.kind = &sample;
	return kms_answer_read(&world->answer, world->path, "samples",
			       &world->err);
}

static enum kms_status subtract(struct world *world)
{
	const bool watched[] = { true, true, true, true, true, true };

	return kms_answer_subtract(&world->newer, &world->answer, "FILE",
				   watched, &world->err);
}

static void reads_what_was_printed(void **state)
{
	struct kms_selection all = { 0 };
	struct world *world = *state;
	struct kms_output output = { .form = KMS_FORM_JSON, .root = "samples" };
	struct kms_value node = NUMBER(3);
	struct kms_value *row;

	row = sample_add(&world->newer.rows, TEXT("odd\\x01 \"name\""),
			 NUMBER(3), NUMBER(UINT64_MAX));
	row[SAMPLE_LEFT_PAGES] = SIGNED(INT64_MIN);
	kms_scope_add(&world->newer.scope, SAMPLE_NODE, &node, &world->err);
	world->newer.partial = true;
	kms_select_all(&all, &sample, &world->err);
	output.stream = fopen(world->path, "w");
	assert_int_equal(kms_out_answer(&output, &world->newer, &all,
					&world->err), KMS_OK);
	fclose(output.stream);
	kms_select_free(&all);

	assert_int_equal(kms_answer_read(&world->answer, world->path, "samples",
					 &world->err), KMS_OK);
	assert_string_equal(world->answer.stamp.boot_id, "an-id");
	assert_int_equal(world->answer.stamp.boottime_ns, 2000000000);
	assert_true(world->answer.partial);
	assert_true(kms_scope_within(&world->newer.scope,
				     &world->answer.scope));
	assert_int_equal(world->answer.scope.nr, 1);
	assert_int_equal(world->answer.rows.nr, 1);
	row = world->answer.rows.row[0];
	assert_string_equal(row[SAMPLE_NAME].text, "odd\\x01 \"name\"");
	assert_int_equal(row[SAMPLE_SIZE_BYTES].magnitude, UINT64_MAX);
	assert_true(row[SAMPLE_LEFT_PAGES].negative);
	assert_int_equal(row[SAMPLE_LEFT_PAGES].magnitude, 1ULL << 63);
	assert_int_equal(row[SAMPLE_NOTE].presence, KMS_ABSENT);
}

#define HEAD "{\"boot_id\":\"an-id\",\"boottime_ns\":1000000000,"
#define ROWS(rows) HEAD "\"samples\":[" rows "]}"
#define SIZED(name) "{\"name\":\"" name "\",\"size_bytes\":1}"
#define EMPTY(members) "{" members ",\"samples\":[]}"
#define ASKED(request) HEAD "\"request\":{" request "},\"samples\":[]}"
#define BOOT(id) "\"boot_id\":\"" id "\""
#define TIME(ns) "\"boottime_ns\":" ns

static void newer_files_may_have_more(void **state)
{
	struct world *world = *state;

	assert_int_equal(read_text(world, ASKED("\"novel\":{\"x\":[1.5]}")),
			 KMS_OK);
	assert_int_equal(read_text(world,
				   ROWS("{\"name\":\"a\",\"new\":null}")
				   "\n"), KMS_OK);
	assert_int_equal(world->answer.rows.nr, 1);
}

static void strange_files_are_refused(void **state)
{
	static const struct {
		const char *text;
		const char *reason;
	} cases[] = {
		{ "", "is truncated" },
		{ HEAD, "is truncated" },
		{ ROWS("") "x", "is not JSON" },
		{ "NAME TOTAL_BYTES\n", "is not JSON" },
		{ "\xff\xfe", "is not JSON" },
		{ "[]", "is not a JSON object" },
		{ "7 ", "is not a JSON object" },
		{ "null ", "is not a JSON object" },
		{ HEAD "\"others\":[]}", "no array \"samples\"" },
		{ HEAD "\"samples\":{}}", "no array \"samples\"" },
		{ ROWS("7"), "row 1 is not an object" },
		{ ROWS("{},null"), "row 2 is not an object" },
		{ ROWS("{\"name\":7}"), "an invalid name" },
		{ ROWS("{\"name\":null}"), "an invalid name" },
		{ ROWS("{\"name\":\"a\\u0000b\"}"), "an invalid name" },
		{ ROWS("{\"name\":\"\\u001b[2J\"}"), "an invalid name" },
		{ ROWS("{\"node\":\"1\"}"), "an invalid node" },
		{ ROWS("{\"node\":1.0}"), "an invalid node" },
		{ ROWS("{\"node\":-1}"), "an invalid node" },
		{ ROWS("{\"node\":4294967296}"), "an invalid node" },
		{ ROWS("{\"size_bytes\":-1}"), "an invalid size_bytes" },
		{ ROWS("{\"left_pages\":9223372036854775808}"),
		  "an invalid left_pages" },
		{ EMPTY(TIME("1")), "no text \"boot_id\"" },
		{ EMPTY("\"boot_id\":7," TIME("1")), "no text \"boot_id\"" },
		{ EMPTY(BOOT("a")), "no number \"boottime_ns\"" },
		{ EMPTY(BOOT("a") "," TIME("-1")), "no number \"boottime_ns\"" },
		{ EMPTY(BOOT("0123456789012345678901234567890123456789") ","
			TIME("1")), "invalid \"boot_id\"" },
		{ HEAD "\"since\":{},\"samples\":[]}", "is a difference, not" },
		{ ASKED("\"filters\":7"), "invalid filters" },
		{ ASKED("\"filters\":{\"node\":[\"x\"]}"),
		  "invalid filters" },
		{ ASKED("\"filters\":{\"color\":[1]}"),
		  "invalid filters" },
	};
	struct world *world = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		if (read_text(world, cases[i].text) != KMS_ERROR)
			fail_msg("%s: was read", cases[i].text);
		if (!strstr(world->err.text, cases[i].reason))
			fail_msg("%s: %s", cases[i].text, world->err.text);
		assert_non_null(strstr(world->err.text, world->path));
	}
}

static void no_file_is_named(void **state)
{
	struct world *world = *state;

	assert_int_equal(kms_answer_read(&world->answer, "/nonesuch", "samples",
					 &world->err), KMS_ERROR);
	assert_non_null(strstr(world->err.text, "/nonesuch"));
	assert_int_equal(kms_answer_read(&world->answer, "/", "samples",
					 &world->err), KMS_ERROR);
	assert_non_null(strstr(world->err.text, "/"));
}

static void incomparable_answers_are_refused(void **state)
{
	static const struct {
		const char *text;
		const char *reason;
	} cases[] = {
		{ EMPTY(BOOT("other") "," TIME("1")), "another boot" },
		{ EMPTY(BOOT("an-id") "," TIME("2000000001")),
		  "from the future" },
		{ ASKED("\"top\":2"), "--top" },
		{ ASKED("\"columns\":[\"name\",\"size_bytes\"]"),
		  "without the column NODE" },
		{ ASKED("\"filters\":{\"node\":[3]}"), "same filters" },
	};
	struct world *world = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(read_text(world, cases[i].text), KMS_OK);
		assert_int_equal(subtract(world), KMS_ERROR);
		if (!strstr(world->err.text, cases[i].reason))
			fail_msg("%s: %s", cases[i].text, world->err.text);
	}
}

static void rows_out_of_scope_are_dropped(void **state)
{
	struct world *world = *state;
	struct kms_value name = TEXT("a");

	assert_int_equal(read_text(world,
				   ROWS(SIZED("a") "," SIZED("b"))), KMS_OK);
	sample_add(&world->newer.rows, TEXT("a"), ABSENT, NUMBER(4));
	kms_scope_add(&world->newer.scope, SAMPLE_NAME, &name, &world->err);
	kms_value_clear(&name);
	assert_int_equal(subtract(world), KMS_OK);
	assert_int_equal(world->newer.rows.nr, 1);
	assert_int_equal(world->newer.rows.row[0][SAMPLE_SIZE_BYTES].magnitude,
			 3);
	assert_int_equal(world->newer.since.boottime_ns, 1000000000);
	assert_true(world->newer.difference);
	assert_false(world->newer.partial);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_make, world_end)
	static const struct CMUnitTest tests[] = {
		TEST(reads_what_was_printed),
		TEST(newer_files_may_have_more),
		TEST(strange_files_are_refused),
		TEST(no_file_is_named),
		TEST(incomparable_answers_are_refused),
		TEST(rows_out_of_scope_are_dropped),
	};

	return cmocka_run_group_tests_name("saved", tests, NULL, NULL);
}
