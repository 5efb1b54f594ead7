// SPDX-License-Identifier: GPL-2.0-only
/*
 * The BTF reader on blobs that are sound.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "reader.h"

static void finds_members(struct kunit *test)
{
	struct blob *blob = reader_begin(test);
	u32 word = blob_int(blob, 8), half = blob_int(blob, 4);
	struct ks_btf btf;

	blob_type(blob, BLOB_STRUCT, "other", 1, 8);
	blob_member(blob, "b", word, 0);
	blob_type(blob, BLOB_STRUCT, "wanted", 3, 24);
	blob_member(blob, "a", word, 0);
	blob_member(blob, "b", half, 64);
	blob_member(blob, "c", word, 128);
	reader_open(blob, &btf);
	reader_finds(test, &btf, "a", 0, 64);
	reader_finds(test, &btf, "b", 64, 32);
	reader_finds(test, &btf, "c", 128, 64);
	reader_finds_none(test, &btf, "d", -ENOENT);
	reader_finds_none(test, &btf, "", -ENOENT);
	ks_btf_close(&btf);
}

/* Unions and what only refers to a struct are none. */
static void finds_structs_only(struct kunit *test)
{
	struct blob *blob = reader_begin(test);
	struct ks_btf btf;
	u32 id, wanted;

	blob_type(blob, BLOB_FWD, "wanted", 0, 0);
	blob_type(blob, BLOB_UNION, "wanted", 0, 0);
	blob_type(blob, BLOB_TYPEDEF, "wanted", 0, 2);
	blob_type(blob, BLOB_STRUCT, "wante", 0, 0);
	blob_type(blob, BLOB_STRUCT, "wanted_too", 0, 0);
	wanted = blob_type(blob, BLOB_STRUCT, "wanted", 0, 0);
	reader_open(blob, &btf);
	KUNIT_EXPECT_EQ(test, 0, reader_find_struct(&btf, "wanted", &id));
	KUNIT_EXPECT_EQ(test, wanted, id);
	KUNIT_EXPECT_EQ(test, -ENOENT, reader_find_struct(&btf, "want", &id));
	ks_btf_close(&btf);
}

static void bit_fields(struct kunit *test)
{
	struct blob *blob = reader_begin(test);
	u32 half = blob_int(blob, 4);
	struct ks_btf btf;

	blob_type(blob, BLOB_STRUCT | BLOB_BITFIELDS, "wanted", 4, 48);
	blob_member(blob, "inuse", half, BLOB_BITS(320, 16));
	blob_member(blob, "objects", half, BLOB_BITS(336, 15));
	blob_member(blob, "frozen", half, BLOB_BITS(351, 1));
	/* One that is no bit field has no size in its offset. */
	blob_member(blob, "plain", half, BLOB_BITS(352, 0));
	reader_open(blob, &btf);
	reader_finds(test, &btf, "inuse", 320, 16);
	reader_finds(test, &btf, "objects", 336, 15);
	reader_finds(test, &btf, "frozen", 351, 1);
	reader_finds(test, &btf, "plain", 352, 32);
	ks_btf_close(&btf);
}

/* Without the flag the whole word is the offset. */
static void large_offsets(struct kunit *test)
{
	struct blob *blob = reader_begin(test);
	u32 half = blob_int(blob, 4);
	struct ks_btf btf;

	blob_type(blob, BLOB_STRUCT, "wanted", 1, 0x300004);
	blob_member(blob, "far", half, 0x1800000);
	reader_open(blob, &btf);
	reader_finds(test, &btf, "far", 0x1800000, 32);
	ks_btf_close(&btf);
}

/* struct slab of v6.12: structs in unions in structs, all without a name. */
static void unnamed_members(struct kunit *test)
{
	struct blob *blob = reader_begin(test);
	u32 word = blob_int(blob, 8), half = blob_int(blob, 4);
	u32 bits, counters, both;
	struct ks_btf btf;

	bits = blob_type(blob, BLOB_STRUCT | BLOB_BITFIELDS, "", 2, 4);
	blob_member(blob, "inuse", half, BLOB_BITS(0, 16));
	blob_member(blob, "objects", half, BLOB_BITS(16, 15));
	counters = blob_type(blob, BLOB_UNION, "", 2, 8);
	blob_member(blob, "counters", word, 0);
	blob_member(blob, "", bits, 0);
	both = blob_type(blob, BLOB_STRUCT, "", 2, 16);
	blob_member(blob, "freelist", word, 0);
	blob_member(blob, "", counters, 64);
	blob_type(blob, BLOB_STRUCT, "wanted", 3, 40);
	blob_member(blob, "flags", word, 0);
	blob_member(blob, "", both, 128);
	blob_member(blob, "last", word, 256);
	reader_open(blob, &btf);
	reader_finds(test, &btf, "freelist", 128, 64);
	reader_finds(test, &btf, "counters", 192, 64);
	reader_finds(test, &btf, "inuse", 192, 16);
	reader_finds(test, &btf, "objects", 208, 15);
	reader_finds(test, &btf, "last", 256, 64);
	ks_btf_close(&btf);
}

/*
 * Since v7.0 struct slab has an unnamed member whose type has a name. A named
 * member's members are not the struct's own.
 */
static void unnamed_member_of_named_type(struct kunit *test)
{
	struct blob *blob = reader_begin(test);
	u32 word = blob_int(blob, 8), counters, more, of_const, secret;
	struct ks_btf btf;

	counters = blob_type(blob, BLOB_STRUCT, "freelist_counters", 2, 16);
	blob_member(blob, "freelist", word, 0);
	blob_member(blob, "counters", word, 64);
	more = blob_type(blob, BLOB_STRUCT, "more", 1, 8);
	blob_member(blob, "qualified", word, 0);
	of_const = blob_type(blob, BLOB_CONST, "", 0, more);
	secret = blob_type(blob, BLOB_STRUCT, "secret", 1, 16);
	blob_member(blob, "inside", word, 64);
	blob_type(blob, BLOB_STRUCT, "wanted", 3, 48);
	blob_member(blob, "", counters, 64);
	blob_member(blob, "", of_const, 192);
	blob_member(blob, "secret", secret, 256);
	reader_open(blob, &btf);
	reader_finds(test, &btf, "freelist", 64, 64);
	reader_finds(test, &btf, "counters", 128, 64);
	reader_finds(test, &btf, "qualified", 192, 64);
	reader_finds(test, &btf, "secret", 256, 128);
	reader_finds_none(test, &btf, "inside", -ENOENT);
	ks_btf_close(&btf);
}

static void typedefs_and_qualifiers(struct kunit *test)
{
	static const enum blob_kind kinds[] = {
		BLOB_TYPEDEF, BLOB_VOLATILE, BLOB_CONST, BLOB_RESTRICT,
		BLOB_TYPE_TAG,
	};
	struct blob *blob = reader_begin(test);
	u32 id = blob_int(blob, 2), i, first, deep, deeper;
	struct ks_btf btf;

	first = id;
	for (i = 0; i < 31; i++)
		id = blob_type(blob, kinds[i % ARRAY_SIZE(kinds)],
			       i % ARRAY_SIZE(kinds) ? "" : "alias_t", 0, id);
	deep = id;
	deeper = blob_type(blob, BLOB_CONST, "", 0, deep);
	blob_type(blob, BLOB_STRUCT, "wanted", 3, 8);
	blob_member(blob, "one", first + 1, 0);
	blob_member(blob, "many", deep, 16);
	blob_member(blob, "too_many", deeper, 32);
	reader_open(blob, &btf);
	for (i = first; i <= deep; i++)
		reader_sizes(test, &btf, i, 2);
	reader_finds(test, &btf, "one", 0, 16);
	reader_finds(test, &btf, "many", 16, 16);
	reader_finds_none(test, &btf, "too_many", -EINVAL);
	ks_btf_close(&btf);
}

static void arrays(struct kunit *test)
{
	struct blob *blob = reader_begin(test);
	u32 word = blob_int(blob, 8), of_ints, of_arrays, of_none, of_many, id;
	u32 of_pointers, alias, wraps;
	struct ks_btf btf;

	of_ints = blob_array(blob, word, 3);
	alias = blob_type(blob, BLOB_TYPEDEF, "row_t", 0, of_ints);
	of_arrays = blob_array(blob, alias, 5);
	id = blob_type(blob, BLOB_PTR, "", 0, 0);
	of_pointers = blob_array(blob, id, 1024);
	of_none = blob_array(blob, word, 0);
	of_many = blob_array(blob, of_arrays, U32_MAX);
	/* 2^64 in all. */
	wraps = blob_array(blob, word, 1U << 31);
	wraps = blob_array(blob, wraps, 1U << 31);
	wraps = blob_array(blob, wraps, 4);
	id = blob_array(blob, word, 1U << 28);
	blob_type(blob, BLOB_STRUCT, "wanted", 3, 208 + 8192);
	blob_member(blob, "node", of_pointers, 1664);
	blob_member(blob, "many", of_many, 0);
	blob_member(blob, "large", id, 0);
	reader_open(blob, &btf);
	reader_sizes(test, &btf, of_ints, 24);
	reader_sizes(test, &btf, of_arrays, 120);
	reader_sizes(test, &btf, of_pointers, 1024 * sizeof(void *));
	reader_sizes(test, &btf, of_none, 0);
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, ks_btf_size(&btf, of_many, &alias));
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, ks_btf_size(&btf, wraps, &alias));
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, ks_btf_size(&btf, id, &alias));
	reader_finds(test, &btf, "node", 1664, 1024 * 64);
	reader_finds_none(test, &btf, "many", -EINVAL);
	reader_finds_none(test, &btf, "large", -EINVAL);
	ks_btf_close(&btf);
}

/* A wrong length of any would hide the struct behind them. */
static void all_kinds_are_known(struct kunit *test)
{
	static const bool sized[BLOB_NR_KINDS] = {
		[BLOB_INT] = true, [BLOB_STRUCT] = true, [BLOB_UNION] = true,
		[BLOB_ENUM] = true, [BLOB_FLOAT] = true, [BLOB_ENUM64] = true,
	};
	struct blob *blob = reader_begin(test);
	struct ks_btf btf;
	u32 kind, size;

	for (kind = 1; kind < BLOB_NR_KINDS; kind++)
		reader_add_kind(blob, kind, 2, 40 + kind, reader_tails[kind]);
	blob_type(blob, BLOB_STRUCT, "wanted", 1, 64);
	blob_member(blob, "behind", BLOB_ENUM, 64);
	reader_open(blob, &btf);
	reader_finds(test, &btf, "behind", 64, 8 * (40 + BLOB_ENUM));
	for (kind = 1; kind < BLOB_NR_KINDS; kind++)
		if (sized[kind])
			reader_sizes(test, &btf, kind, 40 + kind);
		else if (kind == BLOB_PTR)
			reader_sizes(test, &btf, kind, sizeof(void *));
		else
			KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
					    ks_btf_size(&btf, kind, &size),
					    "kind %u", kind);
	ks_btf_close(&btf);
}

/* v7.1 has 24 bits for how many. */
static void more_than_16_bits_of_values(struct kunit *test)
{
	const u32 nr = 0x10002;
	struct blob *blob = blob_new(test, nr * 8 + 64);
	struct ks_btf btf;

	reader_add_kind(blob, BLOB_ENUM, nr, 4, nr * 8);
	blob_type(blob, BLOB_STRUCT, "wanted", 1, 16);
	blob_member(blob, "behind", 1, 64);
	reader_open(blob, &btf);
	reader_finds(test, &btf, "behind", 64, 32);
	ks_btf_close(&btf);
}

/* A struct with no members, and its name. */
static u32 *small_blob(struct kunit *test, size_t *len)
{
	struct blob *blob = reader_begin(test);

	blob_type(blob, BLOB_STRUCT, "wanted", 0, 0);
	return blob_finish(blob, len);
}

/* The header of v7.1 has two more fields. */
static void longer_headers_are_taken(struct kunit *test)
{
	const size_t header = BLOB_HEADER_WORDS * sizeof(u32);
	struct ks_btf btf;
	size_t len;
	u32 *whole = small_blob(test, &len), *longer, id;

	longer = kunit_kzalloc(test, len + 8, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, longer);
	memcpy(longer, whole, header);
	memcpy((void *)longer + header + 8, (void *)whole + header,
	       len - header);
	longer[BLOB_HDR_LEN] = header + 8;
	KUNIT_ASSERT_EQ(test, 0, reader_try_open(&btf, longer, len + 8));
	KUNIT_EXPECT_EQ(test, 0, reader_find_struct(&btf, "wanted", &id));
	ks_btf_close(&btf);
}

/* Only some types are indexed; each id must lead to its own all the same. */
static void every_id_of_many(struct kunit *test)
{
	struct blob *blob = reader_begin(test);
	struct ks_btf btf;
	u32 i, ids[150];

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		ids[i] = blob_int(blob, 1 + i % 8);
		/* Another size, so that none is found by counting bytes. */
		if (i % 3 == 0)
			blob_array(blob, ids[i], 3);
	}
	reader_open(blob, &btf);
	for (i = 0; i < ARRAY_SIZE(ids); i++)
		reader_sizes(test, &btf, ids[i], 1 + i % 8);
	ks_btf_close(&btf);
}

static void several_structs_at_once(struct kunit *test)
{
	struct ks_btf_struct structs[] = {
		{ .name = "second.member", .len = 6, .id = 99 },
		{ .name = "none", .len = 4, .id = 99 },
		{ .name = "first", .len = 5 },
		{ .name = "sec", .len = 3 },
	};
	struct blob *blob = reader_begin(test);
	struct ks_btf btf;
	u32 first, second;

	first = blob_type(blob, BLOB_STRUCT, "first", 0, 0);
	second = blob_type(blob, BLOB_STRUCT, "second", 0, 0);
	blob_type(blob, BLOB_STRUCT, "second", 0, 0);
	reader_open(blob, &btf);
	KUNIT_EXPECT_EQ(test, 0, ks_btf_find_structs(&btf, structs,
						     ARRAY_SIZE(structs)));
	KUNIT_EXPECT_EQ(test, second, structs[0].id);
	KUNIT_EXPECT_EQ(test, 0, structs[1].id);
	KUNIT_EXPECT_EQ(test, first, structs[2].id);
	KUNIT_EXPECT_EQ(test, 0, structs[3].id);
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
	KUNIT_CASE(every_id_of_many),
	KUNIT_CASE(several_structs_at_once),
	{}
};

static struct kunit_suite btf_suite = {
	.name = "kmemscope_btf",
	.test_cases = btf_cases,
};

kunit_test_suite(btf_suite);
