// SPDX-License-Identifier: GPL-2.0-only
/* Differences of two answers, up to the ends of u64 and s64. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/array.h"
#include "sample.h"
#include "table/diff.h"

struct world {
	struct kms_rows older;
	struct kms_rows newer;
	struct kms_rows rows;
	bool watched[8];
	struct kms_diff diff;
	struct kms_error err;
};

static int world_make(void **state)
{
	static struct world world;

	memset(&world, 0, sizeof(world));
	world.older.kind = &sample;
	world.newer.kind = &sample;
	world.rows.kind = &sample;
	memset(world.watched, true, sizeof(world.watched));
	world.diff.newer = &world.newer;
	world.diff.older = &world.older;
	world.diff.watched = world.watched;
	*state = &world;
	return 0;
}

static int world_end(void **state)
{
	struct world *world = *state;

	kms_rows_free(&world->older);
	kms_rows_free(&world->newer);
	kms_rows_free(&world->rows);
	return 0;
}

static enum kms_status diff(struct world *world)
{
	return kms_diff_rows(&world->diff, &world->rows, &world->err);
}

static const struct kms_value *value(const struct world *world, size_t row,
				     size_t column)
{
	return &world->rows.row[row][column];
}

static void number_is(const struct kms_value *value, bool negative,
		      uint64_t magnitude)
{
	assert_int_equal(value->presence, KMS_NUMBER);
	assert_int_equal(value->negative, negative);
	assert_int_equal(value->magnitude, magnitude);
}

static void subtracts_up_to_the_ends(void **state)
{
	static const struct {
		struct kms_value newer;
		struct kms_value older;
		bool negative;
		uint64_t magnitude;
	} cases[] = {
#define N(sign, number) { KMS_NUMBER, sign, number, NULL }
		{ N(0, 7), N(0, 5), false, 2 },
		{ N(0, 5), N(0, 7), true, 2 },
		{ N(0, 5), N(0, 5), false, 0 },
		{ N(0, UINT64_MAX), N(0, 0), false, UINT64_MAX },
		{ N(0, 0), N(0, UINT64_MAX), true, UINT64_MAX },
		{ N(1, 5), N(1, 5), false, 0 },
		{ N(1, 5), N(1, 7), false, 2 },
		{ N(1, 7), N(1, 5), true, 2 },
		{ N(0, INT64_MAX), N(1, 1ULL << 63), false, UINT64_MAX },
		{ N(1, 1ULL << 63), N(0, INT64_MAX), true, UINT64_MAX },
	};
	struct kms_value result;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		result = kms_value_subtract(&cases[i].newer, &cases[i].older);
		number_is(&result, cases[i].negative, cases[i].magnitude);
	}
}

static void only_changed_rows(void **state)
{
	struct world *world = *state;

	sample_add(&world->older, TEXT("a"), NUMBER(0), NUMBER(10));
	sample_add(&world->older, TEXT("b"), NUMBER(0), NUMBER(10));
	sample_add(&world->newer, TEXT("b"), NUMBER(0), NUMBER(4));
	sample_add(&world->newer, TEXT("a"), NUMBER(0), NUMBER(10));
	assert_int_equal(diff(world), KMS_OK);
	assert_int_equal(world->rows.nr, 1);
	assert_string_equal(value(world, 0, SAMPLE_NAME)->text, "b");
	number_is(value(world, 0, SAMPLE_NODE), false, 0);
	number_is(value(world, 0, SAMPLE_SIZE_BYTES), true, 6);
}

static void keys_are_matched_whole(void **state)
{
	struct world *world = *state;

	sample_add(&world->older, TEXT("a"), NUMBER(1), NUMBER(10));
	sample_add(&world->older, TEXT("a"), ABSENT, NUMBER(100));
	sample_add(&world->newer, TEXT("a"), ABSENT, NUMBER(101));
	sample_add(&world->newer, TEXT("a"), NUMBER(1), NUMBER(12));
	assert_int_equal(diff(world), KMS_OK);
	assert_int_equal(world->rows.nr, 2);
	assert_int_equal(value(world, 0, SAMPLE_NODE)->presence, KMS_ABSENT);
	number_is(value(world, 0, SAMPLE_SIZE_BYTES), false, 1);
	number_is(value(world, 1, SAMPLE_NODE), false, 1);
	number_is(value(world, 1, SAMPLE_SIZE_BYTES), false, 2);
}

static void rows_come_and_go(void **state)
{
	struct world *world = *state;

	sample_add(&world->older, TEXT("gone"), NUMBER(0), NUMBER(10));
	world->older.row[0][SAMPLE_NOTE] = TEXT("was here");
	sample_add(&world->newer, TEXT("new"), NUMBER(0), NUMBER(UINT64_MAX));
	assert_int_equal(diff(world), KMS_OK);
	assert_int_equal(world->rows.nr, 2);
	number_is(value(world, 0, SAMPLE_SIZE_BYTES), true, 10);
	assert_string_equal(value(world, 0, SAMPLE_NOTE)->text, "was here");
	number_is(value(world, 1, SAMPLE_SIZE_BYTES), false, UINT64_MAX);
	assert_int_equal(value(world, 1, SAMPLE_LEFT_PAGES)->presence,
			 KMS_ABSENT);
}

static void absent_has_no_difference(void **state)
{
	struct world *world = *state;

	sample_add(&world->older, TEXT("a"), NUMBER(0), ABSENT);
	world->older.row[0][SAMPLE_LEFT_PAGES] = SIGNED(-3);
	sample_add(&world->newer, TEXT("a"), NUMBER(0), NUMBER(5));
	world->newer.row[0][SAMPLE_LEFT_PAGES] = SIGNED(INT64_MIN);
	sample_add(&world->older, TEXT("b"), NUMBER(0), ABSENT);
	sample_add(&world->newer, TEXT("b"), NUMBER(0), NUMBER(5));
	assert_int_equal(diff(world), KMS_OK);
	assert_int_equal(world->rows.nr, 1);
	assert_int_equal(value(world, 0, SAMPLE_SIZE_BYTES)->presence,
			 KMS_ABSENT);
	number_is(value(world, 0, SAMPLE_LEFT_PAGES), true, (1ULL << 63) - 3);
}

static void text_is_the_newer(void **state)
{
	struct world *world = *state;

	sample_add(&world->older, TEXT("a"), NUMBER(0), NUMBER(1));
	world->older.row[0][SAMPLE_NOTE] = TEXT("old");
	sample_add(&world->newer, TEXT("a"), NUMBER(0), NUMBER(1));
	world->newer.row[0][SAMPLE_NOTE] = TEXT("new");
	assert_int_equal(diff(world), KMS_OK);
	assert_int_equal(world->rows.nr, 1);
	assert_string_equal(value(world, 0, SAMPLE_NOTE)->text, "new");
	number_is(value(world, 0, SAMPLE_SIZE_BYTES), false, 0);
}

static void only_watched_columns_count(void **state)
{
	struct world *world = *state;

	sample_add(&world->older, TEXT("a"), NUMBER(0), NUMBER(1));
	sample_add(&world->newer, TEXT("a"), NUMBER(0), NUMBER(2));
	world->watched[SAMPLE_SIZE_BYTES] = false;
	assert_int_equal(diff(world), KMS_OK);
	assert_int_equal(world->rows.nr, 0);
}

static void same_keys_pair_in_order(void **state)
{
	struct world *world = *state;

	sample_add(&world->older, TEXT("a"), NUMBER(0), NUMBER(10));
	sample_add(&world->older, TEXT("a"), NUMBER(0), NUMBER(20));
	sample_add(&world->newer, TEXT("a"), NUMBER(0), NUMBER(11));
	sample_add(&world->newer, TEXT("a"), NUMBER(0), NUMBER(22));
	assert_int_equal(diff(world), KMS_OK);
	assert_int_equal(world->rows.nr, 2);
	number_is(value(world, 0, SAMPLE_SIZE_BYTES), false, 1);
	number_is(value(world, 1, SAMPLE_SIZE_BYTES), false, 2);
}

static void same_keys_of_other_number_do_not(void **state)
{
	struct world *world = *state;

	sample_add(&world->older, TEXT("a"), NUMBER(0), NUMBER(10));
	sample_add(&world->newer, TEXT("a"), NUMBER(0), NUMBER(11));
	sample_add(&world->newer, TEXT("a"), NUMBER(0), NUMBER(22));
	sample_add(&world->newer, TEXT("b"), NUMBER(0), NUMBER(1));
	assert_int_equal(diff(world), KMS_PARTIAL);
	assert_int_equal(world->rows.nr, 1);
	assert_string_equal(value(world, 0, SAMPLE_NAME)->text, "b");
	assert_non_null(strstr(world->err.text, "3 rows"));
}

static void partial_answers_prove_no_absence(void **state)
{
	struct world *world = *state;

	sample_add(&world->older, TEXT("a"), NUMBER(0), NUMBER(10));
	sample_add(&world->newer, TEXT("a"), NUMBER(0), NUMBER(11));
	sample_add(&world->newer, TEXT("new?"), NUMBER(0), NUMBER(11));
	world->diff.partial = true;
	assert_int_equal(diff(world), KMS_PARTIAL);
	assert_int_equal(world->rows.nr, 1);
	assert_string_equal(value(world, 0, SAMPLE_NAME)->text, "a");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_make, world_end)
	static const struct CMUnitTest tests[] = {
		TEST(subtracts_up_to_the_ends),
		TEST(only_changed_rows),
		TEST(keys_are_matched_whole),
		TEST(rows_come_and_go),
		TEST(absent_has_no_difference),
		TEST(text_is_the_newer),
		TEST(only_watched_columns_count),
		TEST(same_keys_pair_in_order),
		TEST(same_keys_of_other_number_do_not),
		TEST(partial_answers_prove_no_absence),
	};

	return cmocka_run_group_tests_name("diff", tests, NULL, NULL);
}
