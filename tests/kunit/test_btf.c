// SPDX-License-Identifier: GPL-2.0-only
/*
 * The BTF reader on valid blobs.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "expect_btf.h"

static void finds_members(struct kunit *test)
{
	struct fake_btf *blob = fake_btf_small(test);
	u32 word = fake_btf_int(blob, 8), half = fake_btf_int(blob, 4);
	struct ks_btf btf;

	fake_btf_type(blob, FAKE_STRUCT, "other", 1, 8);
	fake_btf_member(blob, "b", word, 0);
	fake_btf_type(blob, FAKE_STRUCT, "wanted", 3, 24);
	fake_btf_member(blob, "a", word, 0);
	fake_btf_member(blob, "b", half, 64);
	fake_btf_member(blob, "c", word, 128);
	expect_btf_opens(blob, &btf);
	expect_member(test, &btf, "a", 0, 64);
	expect_member(test, &btf, "b", 64, 32);
	expect_member(test, &btf, "c", 128, 64);
	expect_no_member(test, &btf, "d", -ENOENT);
	expect_no_member(test, &btf, "", -ENOENT);
	ks_btf_close(&btf);
}

/* Unions, and types that only refer to a struct, are not found. */
static void finds_structs_only(struct kunit *test)
{
	struct fake_btf *blob = fake_btf_small(test);
	struct ks_btf btf;
	u32 id, wanted;

	fake_btf_type(blob, FAKE_FWD, "wanted", 0, 0);
	fake_btf_type(blob, FAKE_UNION, "wanted", 0, 0);
	fake_btf_type(blob, FAKE_TYPEDEF, "wanted", 0, 2);
	fake_btf_type(blob, FAKE_STRUCT, "wante", 0, 0);
	fake_btf_type(blob, FAKE_STRUCT, "wanted_too", 0, 0);
	wanted = fake_btf_type(blob, FAKE_STRUCT, "wanted", 0, 0);
	expect_btf_opens(blob, &btf);
	KUNIT_EXPECT_EQ(test, 0, ks_btf_find_struct(&btf, "wanted", &id));
	KUNIT_EXPECT_EQ(test, wanted, id);
	KUNIT_EXPECT_EQ(test, -ENOENT, ks_btf_find_struct(&btf, "want", &id));
	ks_btf_close(&btf);
}

static void bit_fields(struct kunit *test)
{
	struct fake_btf *blob = fake_btf_small(test);
	u32 half = fake_btf_int(blob, 4);
	struct ks_btf btf;

	fake_btf_type(blob, FAKE_STRUCT | FAKE_BITFIELDS, "wanted", 4, 48);
	fake_btf_member(blob, "inuse", half, FAKE_BITS(320, 16));
	fake_btf_member(blob, "objects", half, FAKE_BITS(336, 15));
	fake_btf_member(blob, "frozen", half, FAKE_BITS(351, 1));
	/* A member that is no bit field has no size in its offset. */
	fake_btf_member(blob, "plain", half, FAKE_BITS(352, 0));
	expect_btf_opens(blob, &btf);
	expect_member(test, &btf, "inuse", 320, 16);
	expect_member(test, &btf, "objects", 336, 15);
	expect_member(test, &btf, "frozen", 351, 1);
	expect_member(test, &btf, "plain", 352, 32);
	ks_btf_close(&btf);
}

/* Without the flag the whole word is the offset. */
static void large_offsets(struct kunit *test)
{
	struct fake_btf *blob = fake_btf_small(test);
	u32 half = fake_btf_int(blob, 4);
	struct ks_btf btf;

	fake_btf_type(blob, FAKE_STRUCT, "wanted", 1, 0x300004);
	fake_btf_member(blob, "far", half, 0x1800000);
	expect_btf_opens(blob, &btf);
	expect_member(test, &btf, "far", 0x1800000, 32);
	ks_btf_close(&btf);
}

/* struct slab of v6.12: structs in unions in structs, all without a name. */
static void unnamed_members(struct kunit *test)
{
	struct fake_btf *blob = fake_btf_small(test);
	u32 word = fake_btf_int(blob, 8), half = fake_btf_int(blob, 4);
	u32 bits, counters, both;
	struct ks_btf btf;

	bits = fake_btf_type(blob, FAKE_STRUCT | FAKE_BITFIELDS, "", 2, 4);
	fake_btf_member(blob, "inuse", half, FAKE_BITS(0, 16));
	fake_btf_member(blob, "objects", half, FAKE_BITS(16, 15));
	counters = fake_btf_type(blob, FAKE_UNION, "", 2, 8);
	fake_btf_member(blob, "counters", word, 0);
	fake_btf_member(blob, "", bits, 0);
	both = fake_btf_type(blob, FAKE_STRUCT, "", 2, 16);
	fake_btf_member(blob, "freelist", word, 0);
	fake_btf_member(blob, "", counters, 64);
	fake_btf_type(blob, FAKE_STRUCT, "wanted", 3, 40);
	fake_btf_member(blob, "flags", word, 0);
	fake_btf_member(blob, "", both, 128);
	fake_btf_member(blob, "last", word, 256);
	expect_btf_opens(blob, &btf);
	expect_member(test, &btf, "freelist", 128, 64);
	expect_member(test, &btf, "counters", 192, 64);
	expect_member(test, &btf, "inuse", 192, 16);
	expect_member(test, &btf, "objects", 208, 15);
	expect_member(test, &btf, "last", 256, 64);
	ks_btf_close(&btf);
}

/*
 * Since v7.0 struct slab has an unnamed member whose type has a name. The
 * members of a named member do not belong to the struct.
 */
static void unnamed_member_of_named_type(struct kunit *test)
{
	struct fake_btf *blob = fake_btf_small(test);
	u32 word = fake_btf_int(blob, 8), counters, more, of_const, secret;
	struct ks_btf btf;

	counters = fake_btf_type(blob, FAKE_STRUCT, "freelist_counters", 2, 16);
	fake_btf_member(blob, "freelist", word, 0);
	fake_btf_member(blob, "counters", word, 64);
	more = fake_btf_type(blob, FAKE_STRUCT, "more", 1, 8);
	fake_btf_member(blob, "qualified", word, 0);
	of_const = fake_btf_type(blob, FAKE_CONST, "", 0, more);
	secret = fake_btf_type(blob, FAKE_STRUCT, "secret", 1, 16);
	fake_btf_member(blob, "inside", word, 64);
	fake_btf_type(blob, FAKE_STRUCT, "wanted", 3, 48);
	fake_btf_member(blob, "", counters, 64);
	fake_btf_member(blob, "", of_const, 192);
	fake_btf_member(blob, "secret", secret, 256);
	expect_btf_opens(blob, &btf);
	expect_member(test, &btf, "freelist", 64, 64);
	expect_member(test, &btf, "counters", 128, 64);
	expect_member(test, &btf, "qualified", 192, 64);
	expect_member(test, &btf, "secret", 256, 128);
	expect_no_member(test, &btf, "inside", -ENOENT);
	ks_btf_close(&btf);
}

static void typedefs_and_qualifiers(struct kunit *test)
{
	static const enum fake_btf_kind kinds[] = {
		FAKE_TYPEDEF, FAKE_VOLATILE, FAKE_CONST, FAKE_RESTRICT,
		FAKE_TYPE_TAG,
	};
	struct fake_btf *blob = fake_btf_small(test);
	u32 id = fake_btf_int(blob, 2), i, first, deep, deeper;
	struct ks_btf btf;

	first = id;
	for (i = 0; i < 31; i++)
		id = fake_btf_type(blob, kinds[i % ARRAY_SIZE(kinds)],
				   i % ARRAY_SIZE(kinds) ? "" : "alias_t", 0,
				   id);
	deep = id;
	deeper = fake_btf_type(blob, FAKE_CONST, "", 0, deep);
	fake_btf_type(blob, FAKE_STRUCT, "wanted", 3, 8);
	fake_btf_member(blob, "one", first + 1, 0);
	fake_btf_member(blob, "many", deep, 16);
	fake_btf_member(blob, "too_many", deeper, 32);
	expect_btf_opens(blob, &btf);
	for (i = first; i <= deep; i++)
		expect_type_size(test, &btf, i, 2);
	expect_member(test, &btf, "one", 0, 16);
	expect_member(test, &btf, "many", 16, 16);
	expect_no_member(test, &btf, "too_many", -EINVAL);
	ks_btf_close(&btf);
}

static void arrays(struct kunit *test)
{
	struct fake_btf *blob = fake_btf_small(test);
	u32 word = fake_btf_int(blob, 8), of_ints, of_arrays, of_none, of_many,
	    id;
	u32 of_pointers, alias, wraps;
	struct ks_btf btf;

	of_ints = fake_btf_array(blob, word, 3);
	alias = fake_btf_type(blob, FAKE_TYPEDEF, "row_t", 0, of_ints);
	of_arrays = fake_btf_array(blob, alias, 5);
	id = fake_btf_type(blob, FAKE_PTR, "", 0, 0);
	of_pointers = fake_btf_array(blob, id, 1024);
	of_none = fake_btf_array(blob, word, 0);
	of_many = fake_btf_array(blob, of_arrays, U32_MAX);
	/* 2^64 in all. */
	wraps = fake_btf_array(blob, word, 1U << 31);
	wraps = fake_btf_array(blob, wraps, 1U << 31);
	wraps = fake_btf_array(blob, wraps, 4);
	id = fake_btf_array(blob, word, 1U << 28);
	fake_btf_type(blob, FAKE_STRUCT, "wanted", 3, 208 + 8192);
	fake_btf_member(blob, "node", of_pointers, 1664);
	fake_btf_member(blob, "many", of_many, 0);
	fake_btf_member(blob, "large", id, 0);
	expect_btf_opens(blob, &btf);
	expect_type_size(test, &btf, of_ints, 24);
	expect_type_size(test, &btf, of_arrays, 120);
	expect_type_size(test, &btf, of_pointers, 1024 * sizeof(void *));
	expect_type_size(test, &btf, of_none, 0);
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, ks_btf_size(&btf, of_many, &alias));
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, ks_btf_size(&btf, wraps, &alias));
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, ks_btf_size(&btf, id, &alias));
	expect_member(test, &btf, "node", 1664, 1024 * 64);
	expect_no_member(test, &btf, "many", -EINVAL);
	expect_no_member(test, &btf, "large", -EINVAL);
	ks_btf_close(&btf);
}

/* A wrong length of one kind would hide the struct behind it. */
static void all_kinds_are_known(struct kunit *test)
{
	static const bool sized[FAKE_NR_KINDS] = {
		[FAKE_INT] = true, [FAKE_STRUCT] = true, [FAKE_UNION] = true,
		[FAKE_ENUM] = true, [FAKE_FLOAT] = true, [FAKE_ENUM64] = true,
	};
	struct fake_btf *blob = fake_btf_small(test);
	struct ks_btf btf;
	u32 kind, size;

	for (kind = 1; kind < FAKE_NR_KINDS; kind++)
		fake_btf_kind(blob, kind, 2, 40 + kind, fake_btf_tails[kind]);
	fake_btf_type(blob, FAKE_STRUCT, "wanted", 1, 64);
	fake_btf_member(blob, "behind", FAKE_ENUM, 64);
	expect_btf_opens(blob, &btf);
	expect_member(test, &btf, "behind", 64, 8 * (40 + FAKE_ENUM));
	for (kind = 1; kind < FAKE_NR_KINDS; kind++)
		if (sized[kind])
			expect_type_size(test, &btf, kind, 40 + kind);
		else if (kind == FAKE_PTR)
			expect_type_size(test, &btf, kind, sizeof(void *));
		else
			KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
					    ks_btf_size(&btf, kind, &size),
					    "kind %u", kind);
	ks_btf_close(&btf);
}

/* v7.1 has 24 bits for vlen. */
static void more_than_16_bits_of_values(struct kunit *test)
{
	const u32 nr = 0x10002;
	struct fake_btf *blob = fake_btf_new(test, nr * 8 + 64);
	struct ks_btf btf;

	fake_btf_kind(blob, FAKE_ENUM, nr, 4, nr * 8);
	fake_btf_type(blob, FAKE_STRUCT, "wanted", 1, 16);
	fake_btf_member(blob, "behind", 1, 64);
	expect_btf_opens(blob, &btf);
	expect_member(test, &btf, "behind", 64, 32);
	ks_btf_close(&btf);
}

/* A struct "wanted" without members. */
static u32 *small_blob(struct kunit *test, size_t *len)
{
	struct fake_btf *blob = fake_btf_small(test);

	fake_btf_type(blob, FAKE_STRUCT, "wanted", 0, 0);
	return fake_btf_finish(blob, len);
}

/* The header of v7.1 has two more fields. */
static void longer_headers_are_taken(struct kunit *test)
{
	const size_t header = FAKE_HEADER_WORDS * sizeof(u32);
	struct ks_btf btf;
	size_t len;
	u32 *whole = small_blob(test, &len), *longer, id;

	longer = kunit_kzalloc(test, len + 8, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, longer);
	memcpy(longer, whole, header);
	memcpy((void *)longer + header + 8, (void *)whole + header,
	       len - header);
	longer[FAKE_HDR_LEN] = header + 8;
	KUNIT_ASSERT_EQ(test, 0, ks_btf_open(&btf, longer, len + 8));
	KUNIT_EXPECT_EQ(test, 0, ks_btf_find_struct(&btf, "wanted", &id));
	ks_btf_close(&btf);
}

static struct kunit_case btf_cases[] = {
	KUNIT_CASE(finds_members),
	KUNIT_CASE(finds_structs_only),
	KUNIT_CASE(bit_fields),
	KUNIT_CASE(large_offsets),
	KUNIT_CASE(unnamed_members),
	KUNIT_CASE(unnamed_member_of_named_type),
	KUNIT_CASE(typedefs_and_qualifiers),
	KUNIT_CASE(arrays),
	KUNIT_CASE(all_kinds_are_known),
	KUNIT_CASE(more_than_16_bits_of_values),
	KUNIT_CASE(longer_headers_are_taken),
	{}
};

static struct kunit_suite btf_suite = {
	.name = "kmemscope_btf",
	.test_cases = btf_cases,
};

kunit_test_suite(btf_suite);
