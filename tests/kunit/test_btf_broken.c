// SPDX-License-Identifier: GPL-2.0-only
/*
 * The BTF reader on blobs that are not sound. All memory is of its exact size,
 * so that KASAN sees a reader that goes too far.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "reader.h"

static void unknown_kinds_are_refused(struct kunit *test)
{
	u32 kind;

	for (kind = 0; kind < 0x80; kind++) {
		struct blob *blob;

		if (kind && kind < BLOB_NR_KINDS)
			continue;
		blob = reader_begin(test);
		blob_type(blob, BLOB_STRUCT, "wanted", 0, 0);
		blob_type(blob, kind, "", 0, 0);
		reader_refuses(blob, "kind", kind);
	}
}

static void truncated_types_are_refused(struct kunit *test)
{
	u32 kind, cut;

	for (kind = 1; kind < BLOB_NR_KINDS; kind++)
		for (cut = 4; cut <= reader_tails[kind]; cut += 4) {
			struct blob *blob = reader_begin(test);

			reader_add_kind(blob, kind, 2, 0, reader_tails[kind] - cut);
			reader_refuses(blob, "kind", kind);
		}
	for (kind = 1; kind < BLOB_NR_KINDS; kind++)
		if (reader_tails[kind] > 12) {
			struct blob *blob = reader_begin(test);

			reader_add_kind(blob, kind, 0xffffff, 0, reader_tails[kind]);
			reader_refuses(blob, "longest of kind", kind);
		}
}

/* A blob's header, words to change in it, and what is to come of it. */
struct change {
	const char *name;
	u32 word;
	u32 value;
	int error;
};

static const struct change changes[] = {
	{ "no change", BLOB_HDR_LEN, 24, 0 },
	{ "swapped magic", 0, 0x00019feb, -EINVAL },
	{ "no magic", 0, 0x00010000, -EINVAL },
	{ "version 0", 0, 0x0000eb9f, -EINVAL },
	{ "version 2", 0, 0x0002eb9f, -EINVAL },
	{ "flags", 0, 0xff01eb9f, 0 },
	{ "header not aligned", BLOB_HDR_LEN, 25, -EINVAL },
	{ "header too long", BLOB_HDR_LEN, 28, -EINVAL },
	{ "header without end", BLOB_HDR_LEN, U32_MAX - 3, -EINVAL },
	{ "types not aligned", BLOB_TYPE_OFF, 6, -EINVAL },
	{ "types too far", BLOB_TYPE_OFF, 1024, -EINVAL },
	{ "types that wrap around", BLOB_TYPE_OFF, U32_MAX - 23, -EINVAL },
	{ "types too long", BLOB_TYPE_LEN, 1024, -EINVAL },
	{ "types without end", BLOB_TYPE_LEN, U32_MAX, -EINVAL },
	{ "half a type", BLOB_TYPE_LEN, 8, -EINVAL },
	{ "no types", BLOB_TYPE_LEN, 0, 0 },
	{ "strings too far", BLOB_STR_OFF, 1024, -EINVAL },
	{ "strings that wrap around", BLOB_STR_OFF, U32_MAX - 23, -EINVAL },
	{ "strings without end", BLOB_STR_LEN, U32_MAX, -EINVAL },
	{ "no strings", BLOB_STR_LEN, 0, -EINVAL },
	{ "strings without a NUL", BLOB_STR_LEN, 4, -EINVAL },
	{ "the empty string alone", BLOB_STR_LEN, 1, 0 },
};

static void change_name(const struct change *change, char *name)
{
	strscpy(name, change->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(change, changes, change_name);

/* A struct with no members, and its name. */
static u32 *small_blob(struct kunit *test, size_t *len)
{
	struct blob *blob = reader_begin(test);

	blob_type(blob, BLOB_STRUCT, "wanted", 0, 0);
	return blob_finish(blob, len);
}

static void headers(struct kunit *test)
{
	const struct change *change = test->param_value;
	struct ks_btf btf;
	size_t len;
	u32 *whole = small_blob(test, &len);
	int error;

	whole[change->word] = change->value;
	error = reader_try_open(&btf, whole, len);
	KUNIT_EXPECT_EQ(test, change->error, error);
	if (!error)
		ks_btf_close(&btf);
}

/* The sections are where they were: that is only said in another way. */
static void short_headers_are_refused(struct kunit *test)
{
	struct ks_btf btf;
	size_t len;
	u32 *whole = small_blob(test, &len), cut;

	for (cut = 4; cut <= 24; cut += 4) {
		whole[BLOB_HDR_LEN] -= 4;
		whole[BLOB_TYPE_OFF] += 4;
		whole[BLOB_STR_OFF] += 4;
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    reader_try_open(&btf, whole, len),
				    "%u bytes short", cut);
	}
}

static void truncated_blobs_are_refused(struct kunit *test)
{
	struct ks_btf btf;
	size_t len, cut;
	u32 *whole = small_blob(test, &len);
	void *part;

	for (cut = 0; cut < len; cut++) {
		part = kunit_kmalloc(test, cut + !cut, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, part);
		memcpy(part, whole, cut);
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    reader_try_open(&btf, part, cut),
				    "%zu of %zu bytes", cut, len);
		kunit_kfree(test, part);
	}
}

static void circles_end(struct kunit *test)
{
	struct blob *blob = reader_begin(test);
	struct ks_btf btf;
	u32 i, size, itself;

	/* 1 is itself; 2 and 3 are each other. */
	blob_type(blob, BLOB_TYPEDEF, "a", 0, 1);
	blob_type(blob, BLOB_CONST, "", 0, 3);
	blob_type(blob, BLOB_TYPEDEF, "b", 0, 2);
	blob_array(blob, 4, 1);
	blob_array(blob, 5, 2);
	itself = blob->nr_types + 1;
	blob_type(blob, BLOB_STRUCT, "wanted", 2, 8);
	blob_member(blob, "", itself, 0);
	blob_member(blob, "circle", 2, 64);
	reader_open(blob, &btf);
	for (i = 1; i < itself; i++)
		KUNIT_EXPECT_NE_MSG(test, 0, ks_btf_size(&btf, i, &size),
				    "type %u", i);
	reader_finds_none(test, &btf, "circle", -EINVAL);
	reader_finds_none(test, &btf, "other", -ENOENT);
	ks_btf_close(&btf);
}

/* Following two at each step would never end. */
static void structs_twice_in_themselves(struct kunit *test)
{
	struct blob *blob = reader_begin(test);
	struct ks_btf btf;
	u32 i;

	blob_type(blob, BLOB_STRUCT, "wanted", 3, 8);
	for (i = 0; i < 3; i++)
		blob_member(blob, "", 1, 0);
	reader_open(blob, &btf);
	reader_finds_none(test, &btf, "other", -EINVAL);
	ks_btf_close(&btf);
}

static void ids_that_are_not_there(struct kunit *test)
{
	static const u32 ids[] = { 0, 4, 5, 0x10000, 0x7fffffff, U32_MAX };
	struct ks_btf btf;
	u32 i, size;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		struct blob *blob = reader_begin(test);

		blob_type(blob, BLOB_TYPEDEF, "alias_t", 0, ids[i]);
		blob_array(blob, ids[i], 1);
		blob_type(blob, BLOB_STRUCT, "wanted", 2, 8);
		blob_member(blob, "", ids[i], 0);
		blob_member(blob, "member", ids[i], 0);
		reader_open(blob, &btf);
		KUNIT_EXPECT_EQ(test, -EINVAL,
				ks_btf_size(&btf, ids[i], &size));
		KUNIT_EXPECT_EQ(test, -EINVAL, ks_btf_size(&btf, 1, &size));
		KUNIT_EXPECT_EQ(test, -EINVAL, ks_btf_size(&btf, 2, &size));
		reader_finds_none(test, &btf, "member", -EINVAL);
		reader_finds_none(test, &btf, "other", -ENOENT);
		ks_btf_close(&btf);
	}
}

static void names_that_are_not_there(struct kunit *test)
{
	static const u32 offsets[] = { 8, 9, 0x10000, 0x7fffffff, U32_MAX };
	struct ks_btf btf;
	size_t len;
	u32 i, id, *whole = small_blob(test, &len);
	/* The first word of the only type. */
	u32 *name = whole + (len - 12) / sizeof(u32);

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		KUNIT_ASSERT_EQ(test, 0, reader_try_open(&btf, whole, len));
		KUNIT_EXPECT_EQ(test, 0,
				reader_find_struct(&btf, "wanted", &id));
		*name = offsets[i];
		KUNIT_EXPECT_EQ(test, -ENOENT,
				reader_find_struct(&btf, "wanted", &id));
		*name = 1;
		ks_btf_close(&btf);
	}
}

static void offsets_that_wrap_around(struct kunit *test)
{
	struct blob *blob = reader_begin(test);
	u32 word = blob_int(blob, 8), inner;
	struct ks_btf btf;

	inner = blob_type(blob, BLOB_STRUCT, "", 2, 16);
	blob_member(blob, "fits", word, 0x3f);
	blob_member(blob, "wraps", word, 0x40);
	blob_type(blob, BLOB_STRUCT, "wanted", 1, 0x20000008);
	blob_member(blob, "", inner, 0xffffffc0);
	reader_open(blob, &btf);
	reader_finds(test, &btf, "fits", 0xffffffff, 64);
	reader_finds_none(test, &btf, "wraps", -EINVAL);
	ks_btf_close(&btf);
}

/* Nothing is read, or locked, where the struct is not. */
static void members_beyond_their_struct(struct kunit *test)
{
	struct blob *blob = reader_begin(test);
	u32 word = blob_int(blob, 8), half = blob_int(blob, 4), inner;
	struct ks_btf btf;

	inner = blob_type(blob, BLOB_STRUCT | BLOB_BITFIELDS, "", 2, 16);
	blob_member(blob, "last_bits", half, BLOB_BITS(61, 3));
	blob_member(blob, "one_more", half, BLOB_BITS(61, 4));
	blob_type(blob, BLOB_STRUCT, "wanted", 5, 24);
	blob_member(blob, "last", word, 128);
	blob_member(blob, "reaches_out", word, 129);
	blob_member(blob, "behind", word, 192);
	blob_member(blob, "far", word, U32_MAX);
	blob_member(blob, "", inner, 128);
	reader_open(blob, &btf);
	reader_finds(test, &btf, "last", 128, 64);
	reader_finds(test, &btf, "last_bits", 189, 3);
	reader_finds_none(test, &btf, "reaches_out", -EINVAL);
	reader_finds_none(test, &btf, "behind", -EINVAL);
	reader_finds_none(test, &btf, "far", -EINVAL);
	reader_finds_none(test, &btf, "one_more", -EINVAL);
	ks_btf_close(&btf);
}

static struct kunit_case broken_cases[] = {
	KUNIT_CASE(unknown_kinds_are_refused),
	KUNIT_CASE(truncated_types_are_refused),
	KUNIT_CASE_PARAM(headers, change_gen_params),
	KUNIT_CASE(short_headers_are_refused),
	KUNIT_CASE(truncated_blobs_are_refused),
	KUNIT_CASE(circles_end),
	KUNIT_CASE(structs_twice_in_themselves),
	KUNIT_CASE(ids_that_are_not_there),
	KUNIT_CASE(names_that_are_not_there),
	KUNIT_CASE(offsets_that_wrap_around),
	KUNIT_CASE(members_beyond_their_struct),
	{}
};

static struct kunit_suite broken_suite = {
	.name = "kmemscope_btf_broken",
	.test_cases = broken_cases,
};

kunit_test_suite(broken_suite);
