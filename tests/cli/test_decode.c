// SPDX-License-Identifier: GPL-2.0-only
/* From messages to rows: whole, cut, of wrong sizes, newer than we are. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "client/decode.h"
#include "message.h"
#include "sample.h"

#define ATTR(column) (SAMPLE_ATTR + (column))

struct world {
	char buffer[4096];
	struct nlmsghdr *message;
	struct kms_rows rows;
	struct kms_error err;
};

static int world_make(void **state)
{
	static struct world world;

	memset(&world, 0, sizeof(world));
	world.message = message_begin(world.buffer, 100, 1, 1);
	world.rows.kind = &sample;
	*state = &world;
	return 0;
}

static int world_end(void **state)
{
	struct world *world = *state;

	kms_rows_free(&world->rows);
	return 0;
}

static enum kms_status decode(struct world *world)
{
	return kms_decode_row(world->message, &world->rows, &world->err);
}

static void decodes_all_types(void **state)
{
	struct world *world = *state;
	struct kms_value *row;

	mnl_attr_put_strz(world->message, ATTR(SAMPLE_NAME), "dentry");
	mnl_attr_put_u32(world->message, ATTR(SAMPLE_NODE), UINT32_MAX);
	mnl_attr_put_u64(world->message, ATTR(SAMPLE_SIZE_BYTES), UINT64_MAX);
	mnl_attr_put_u64(world->message, ATTR(SAMPLE_LEFT_PAGES),
			 (uint64_t)INT64_MIN);
	assert_int_equal(decode(world), KMS_OK);
	assert_int_equal(world->rows.nr, 1);
	row = world->rows.row[0];
	assert_string_equal(row[SAMPLE_NAME].text, "dentry");
	assert_int_equal(row[SAMPLE_NODE].magnitude, UINT32_MAX);
	assert_int_equal(row[SAMPLE_SIZE_BYTES].magnitude, UINT64_MAX);
	assert_true(row[SAMPLE_LEFT_PAGES].negative);
	assert_int_equal(row[SAMPLE_LEFT_PAGES].magnitude, 1ULL << 63);
}

static void missing_is_absent(void **state)
{
	struct world *world = *state;
	size_t i;

	assert_int_equal(decode(world), KMS_OK);
	for (i = 0; i < sample.nr_columns; i++)
		assert_int_equal(world->rows.row[0][i].presence, KMS_ABSENT);
}

static void empty_text_is_absent(void **state)
{
	struct world *world = *state;

	mnl_attr_put_strz(world->message, ATTR(SAMPLE_NAME), "");
	mnl_attr_put(world->message, ATTR(SAMPLE_NOTE), 0, "");
	assert_int_equal(decode(world), KMS_OK);
	assert_int_equal(world->rows.row[0][SAMPLE_NAME].presence, KMS_ABSENT);
	assert_int_equal(world->rows.row[0][SAMPLE_NOTE].presence, KMS_ABSENT);
}

static void unknown_is_ignored(void **state)
{
	struct world *world = *state;

	mnl_attr_put(world->message, 1, 0, "");
	mnl_attr_put_u32(world->message, ATTR(sample.nr_columns), 7);
	mnl_attr_put_strz(world->message, 4711, "from the future");
	mnl_attr_put_u32(world->message, ATTR(SAMPLE_NODE), 3);
	assert_int_equal(decode(world), KMS_OK);
	assert_int_equal(world->rows.row[0][SAMPLE_NODE].magnitude, 3);
}

static void text_without_end_is_bounded(void **state)
{
	struct world *world = *state;

	mnl_attr_put(world->message, ATTR(SAMPLE_NAME), 3, "abc");
	mnl_attr_put(world->message, ATTR(SAMPLE_NOTE), 4, "a\0bc");
	assert_int_equal(decode(world), KMS_OK);
	assert_string_equal(world->rows.row[0][SAMPLE_NAME].text, "abc");
	assert_string_equal(world->rows.row[0][SAMPLE_NOTE].text, "a");
}

static void later_value_replaces(void **state)
{
	struct world *world = *state;

	mnl_attr_put_strz(world->message, ATTR(SAMPLE_NAME), "first");
	mnl_attr_put_strz(world->message, ATTR(SAMPLE_NAME), "second");
	assert_int_equal(decode(world), KMS_OK);
	assert_string_equal(world->rows.row[0][SAMPLE_NAME].text, "second");
}

static void wrong_size_names_the_field(void **state)
{
	static const size_t sizes[] = { 0, 1, 4, 7, 9, 16 };
	struct world *world = *state;
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(size_t); i++) {
		world->message = message_begin(world->buffer, 100, 1, 1);
		mnl_attr_put(world->message, ATTR(SAMPLE_SIZE_BYTES), sizes[i],
			     "0123456789abcdef");
		assert_int_equal(decode(world), KMS_ERROR);
		assert_non_null(strstr(world->err.text, "size_bytes"));
	}
	world->message = message_begin(world->buffer, 100, 1, 1);
	mnl_attr_put_u64(world->message, ATTR(SAMPLE_NODE), 1);
	assert_int_equal(decode(world), KMS_ERROR);
	assert_non_null(strstr(world->err.text, "node of sample"));
}

static void cut_anywhere_is_an_error(void **state)
{
	struct world *world = *state;
	uint32_t whole, len;

	mnl_attr_put_strz(world->message, ATTR(SAMPLE_NAME), "dentry");
	mnl_attr_put_u64(world->message, ATTR(SAMPLE_SIZE_BYTES), 1);
	whole = world->message->nlmsg_len;
	for (len = NLMSG_HDRLEN; len < whole; len++) {
		/* What ends with an attribute, or in its padding, is whole */
		if (len == NLMSG_HDRLEN + GENL_HDRLEN || len == whole - 12 ||
		    len == whole - 13)
			continue;
		world->message->nlmsg_len = len;
		if (decode(world) != KMS_ERROR)
			fail_msg("%u of %u bytes were taken", len, whole);
		assert_non_null(strstr(world->err.text, "truncated"));
	}
}

static void attribute_longer_than_message(void **state)
{
	struct world *world = *state;
	struct nlattr *attr = mnl_nlmsg_get_payload_tail(world->message);

	mnl_attr_put_u32(world->message, ATTR(SAMPLE_NODE), 1);
	attr->nla_len = 60000;
	assert_int_equal(decode(world), KMS_ERROR);
	attr->nla_len = 0;
	assert_int_equal(decode(world), KMS_ERROR);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_make, world_end)
	static const struct CMUnitTest tests[] = {
		TEST(decodes_all_types),
		TEST(missing_is_absent),
		TEST(empty_text_is_absent),
		TEST(unknown_is_ignored),
		TEST(text_without_end_is_bounded),
		TEST(later_value_replaces),
		TEST(wrong_size_names_the_field),
		TEST(cut_anywhere_is_an_error),
		TEST(attribute_longer_than_message),
	};

	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
