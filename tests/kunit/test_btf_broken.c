// SPDX-License-Identifier: GPL-2.0-only
/*
 * The BTF reader on invalid blobs. All memory has its exact size, so that KASAN
 * sees a read behind it.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "expect_btf.h"

static void unknown_kinds_are_refused(struct kunit *test)
{
	u32 kind;

	for (kind = 0; kind < 0x80; kind++) {
		struct fake_btf *blob;

		if (kind && kind < FAKE_NR_KINDS)
			continue;
		blob = fake_btf_small(test);
		fake_btf_type(blob, FAKE_STRUCT, "wanted", 0, 0);
		fake_btf_type(blob, kind, "", 0, 0);
		expect_btf_refused(blob, "kind", kind);
	}
}

static void truncated_types_are_refused(struct kunit *test)
{
	u32 kind, cut;

	for (kind = 1; kind < FAKE_NR_KINDS; kind++)
		for (cut = 4; cut <= fake_btf_tails[kind]; cut += 4) {
			struct fake_btf *blob = fake_btf_small(test);

			fake_btf_kind(blob, kind, 2, 0,
				      fake_btf_tails[kind] - cut);
			expect_btf_refused(blob, "kind", kind);
		}
	for (kind = 1; kind < FAKE_NR_KINDS; kind++)
		if (fake_btf_tails[kind] > 12) {
			struct fake_btf *blob = fake_btf_small(test);

			fake_btf_kind(blob, kind, 0xffffff, 0,
				      fake_btf_tails[kind]);
			expect_btf_refused(blob, "longest of kind", kind);
		}
}

/* Words to change in the header of a blob, and the expected result. */
struct change {
	const char *name;
	u32 word;
	u32 value;
	int error;
};

static const struct change changes[] = {
	{ "no change", FAKE_HDR_LEN, 24, 0 },
	{ "swapped magic", 0, 0x00019feb, -EINVAL },
	{ "no magic", 0, 0x00010000, -EINVAL },
	{ "version 0", 0, 0x0000eb9f, -EINVAL },
	{ "version 2", 0, 0x0002eb9f, -EINVAL },
	{ "flags", 0, 0xff01eb9f, 0 },
	{ "header not aligned", FAKE_HDR_LEN, 25, -EINVAL },
	{ "header too long", FAKE_HDR_LEN, 28, -EINVAL },
	{ "header without end", FAKE_HDR_LEN, U32_MAX - 3, -EINVAL },
	{ "types not aligned", FAKE_TYPE_OFF, 6, -EINVAL },
	{ "types too far", FAKE_TYPE_OFF, 1024, -EINVAL },
	{ "types that wrap around", FAKE_TYPE_OFF, U32_MAX - 23, -EINVAL },
	{ "types too long", FAKE_TYPE_LEN, 1024, -EINVAL },
	{ "types without end", FAKE_TYPE_LEN, U32_MAX, -EINVAL },
	{ "half a type", FAKE_TYPE_LEN, 8, -EINVAL },
	{ "no types", FAKE_TYPE_LEN, 0, 0 },
	{ "strings too far", FAKE_STR_OFF, 1024, -EINVAL },
	{ "strings that wrap around", FAKE_STR_OFF, U32_MAX - 23, -EINVAL },
	{ "strings without end", FAKE_STR_LEN, U32_MAX, -EINVAL },
	{ "no strings", FAKE_STR_LEN, 0, -EINVAL },
	{ "strings without a NUL", FAKE_STR_LEN, 4, -EINVAL },
	{ "the empty string alone", FAKE_STR_LEN, 1, 0 },
};

static void change_name(const struct change *change, char *name)
{
	strscpy(name, change->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(change, changes, change_name);

/* A struct "wanted" without members. */
static u32 *small_blob(struct kunit *test, size_t *len)
{
	struct fake_btf *blob = fake_btf_small(test);

	fake_btf_type(blob, FAKE_STRUCT, "wanted", 0, 0);
	return fake_btf_finish(blob, len);
}

static void headers(struct kunit *test)
{
	const struct change *change = test->param_value;
	struct ks_btf btf;
	size_t len;
	u32 *whole = small_blob(test, &len);
	int error;

	whole[change->word] = change->value;
	error = ks_btf_open(&btf, whole, len);
	KUNIT_EXPECT_EQ(test, change->error, error);
	if (!error)
		ks_btf_close(&btf);
}

/* The sections stay where they are; the offsets start elsewhere. */
static void short_headers_are_refused(struct kunit *test)
{
	struct ks_btf btf;
	size_t len;
	u32 *whole = small_blob(test, &len), cut;

	for (cut = 4; cut <= 24; cut += 4) {
		whole[FAKE_HDR_LEN] -= 4;
		whole[FAKE_TYPE_OFF] += 4;
		whole[FAKE_STR_OFF] += 4;
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    ks_btf_open(&btf, whole, len),
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
				    ks_btf_open(&btf, part, cut),
				    "%zu of %zu bytes", cut, len);
		kunit_kfree(test, part);
	}
}

static void circles_end(struct kunit *test)
{
	struct fake_btf *blob = fake_btf_small(test);
	struct ks_btf btf;
	u32 i, size, itself;

	/* Type 1 refers to itself, 2 and 3 to each other. */
	fake_btf_type(blob, FAKE_TYPEDEF, "a", 0, 1);
	fake_btf_type(blob, FAKE_CONST, "", 0, 3);
	fake_btf_type(blob, FAKE_TYPEDEF, "b", 0, 2);
	fake_btf_array(blob, 4, 1);
	fake_btf_array(blob, 5, 2);
	itself = blob->nr_types + 1;
	fake_btf_type(blob, FAKE_STRUCT, "wanted", 2, 8);
	fake_btf_member(blob, "", itself, 0);
	fake_btf_member(blob, "circle", 2, 64);
	expect_btf_opens(blob, &btf);
	for (i = 1; i < itself; i++)
		KUNIT_EXPECT_NE_MSG(test, 0, ks_btf_size(&btf, i, &size),
				    "type %u", i);
	expect_no_member(test, &btf, "circle", -EINVAL);
	expect_no_member(test, &btf, "other", -ENOENT);
	ks_btf_close(&btf);
}

/* To follow both at each step would never end. */
static void structs_twice_in_themselves(struct kunit *test)
{
	struct fake_btf *blob = fake_btf_small(test);
	struct ks_btf btf;
	u32 i;

	fake_btf_type(blob, FAKE_STRUCT, "wanted", 3, 8);
	for (i = 0; i < 3; i++)
		fake_btf_member(blob, "", 1, 0);
	expect_btf_opens(blob, &btf);
	expect_no_member(test, &btf, "other", -EINVAL);
	ks_btf_close(&btf);
}

static void ids_that_are_not_there(struct kunit *test)
{
	static const u32 ids[] = { 0, 4, 5, 0x10000, 0x7fffffff, U32_MAX };
	struct ks_btf btf;
	u32 i, size;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		struct fake_btf *blob = fake_btf_small(test);

		fake_btf_type(blob, FAKE_TYPEDEF, "alias_t", 0, ids[i]);
		fake_btf_array(blob, ids[i], 1);
		fake_btf_type(blob, FAKE_STRUCT, "wanted", 2, 8);
		fake_btf_member(blob, "", ids[i], 0);
		fake_btf_member(blob, "member", ids[i], 0);
		expect_btf_opens(blob, &btf);
		KUNIT_EXPECT_EQ(test, -EINVAL,
				ks_btf_size(&btf, ids[i], &size));
		KUNIT_EXPECT_EQ(test, -EINVAL, ks_btf_size(&btf, 1, &size));
		KUNIT_EXPECT_EQ(test, -EINVAL, ks_btf_size(&btf, 2, &size));
		expect_no_member(test, &btf, "member", -EINVAL);
		expect_no_member(test, &btf, "other", -ENOENT);
		ks_btf_close(&btf);
	}
}

static void names_that_are_not_there(struct kunit *test)
{
	static const u32 offsets[] = { 8, 9, 0x10000, 0x7fffffff, U32_MAX };
	struct ks_btf btf;
	size_t len;
	u32 i, id, *whole = small_blob(test, &len);
	/* The name of the only type. */
	u32 *name = whole + (len - 12) / sizeof(u32);

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		KUNIT_ASSERT_EQ(test, 0, ks_btf_open(&btf, whole, len));
		KUNIT_EXPECT_EQ(test, 0,
				ks_btf_find_struct(&btf, "wanted", &id));
		*name = offsets[i];
		KUNIT_EXPECT_EQ(test, -ENOENT,
				ks_btf_find_struct(&btf, "wanted", &id));
		*name = 1;
		ks_btf_close(&btf);
	}
}

static void offsets_that_wrap_around(struct kunit *test)
{
	struct fake_btf *blob = fake_btf_small(test);
	u32 word = fake_btf_int(blob, 8), inner;
	struct ks_btf btf;

	inner = fake_btf_type(blob, FAKE_STRUCT, "", 2, 16);
	fake_btf_member(blob, "fits", word, 0x3f);
	fake_btf_member(blob, "wraps", word, 0x40);
	fake_btf_type(blob, FAKE_STRUCT, "wanted", 1, 0x20000008);
	fake_btf_member(blob, "", inner, 0xffffffc0);
	expect_btf_opens(blob, &btf);
	expect_member(test, &btf, "fits", 0xffffffff, 64);
	expect_no_member(test, &btf, "wraps", -EINVAL);
	ks_btf_close(&btf);
}

/* Nothing is read, or locked, where the struct is not. */
static void members_beyond_their_struct(struct kunit *test)
{
	struct fake_btf *blob = fake_btf_small(test);
	u32 word = fake_btf_int(blob, 8), half = fake_btf_int(blob, 4), inner;
	struct ks_btf btf;

	inner = fake_btf_type(blob, FAKE_STRUCT | FAKE_BITFIELDS, "", 2, 16);
	fake_btf_member(blob, "last_bits", half, FAKE_BITS(61, 3));
	fake_btf_member(blob, "one_more", half, FAKE_BITS(61, 4));
	fake_btf_type(blob, FAKE_STRUCT, "wanted", 5, 24);
	fake_btf_member(blob, "last", word, 128);
	fake_btf_member(blob, "reaches_out", word, 129);
	fake_btf_member(blob, "behind", word, 192);
	fake_btf_member(blob, "far", word, U32_MAX);
	fake_btf_member(blob, "", inner, 128);
	expect_btf_opens(blob, &btf);
	expect_member(test, &btf, "last", 128, 64);
	expect_member(test, &btf, "last_bits", 189, 3);
	expect_no_member(test, &btf, "reaches_out", -EINVAL);
	expect_no_member(test, &btf, "behind", -EINVAL);
	expect_no_member(test, &btf, "far", -EINVAL);
	expect_no_member(test, &btf, "one_more", -EINVAL);
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
