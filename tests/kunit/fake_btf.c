// SPDX-License-Identifier: GPL-2.0-only
/*
 * Write BTF. This shares no code with the reader that it tests.
 */
#include <kunit/test.h>
#include <linux/string.h>

#include "fake_btf.h"

#define MAGIC_AND_VERSION	(0xeb9f | 1 << 16)

/* Bytes of types of a small blob. */
#define SMALL_ROOM		4096

const u8 fake_btf_tails[FAKE_NR_KINDS] = {
	[FAKE_INT] = 4,
	[FAKE_ARRAY] = 12,
	[FAKE_STRUCT] = 24,
	[FAKE_UNION] = 24,
	[FAKE_ENUM] = 16,
	[FAKE_FUNC_PROTO] = 16,
	[FAKE_VAR] = 4,
	[FAKE_DATASEC] = 24,
	[FAKE_DECL_TAG] = 4,
	[FAKE_ENUM64] = 24,
};

/**
 * fake_btf_new() - begin a blob
 * @test: the test, which frees it
 * @room: bytes for its types
 *
 * Return: the blob, with no types.
 */
struct fake_btf *fake_btf_new(struct kunit *test, size_t room)
{
	struct fake_btf *blob = kunit_kzalloc(test, sizeof(*blob), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, blob);
	blob->types = kunit_kzalloc(test, room, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, blob->types);
	blob->test = test;
	blob->types_room = room;
	/* The first string is the empty one. */
	blob->strings_len = 1;
	return blob;
}

/**
 * fake_btf_small() - begin a small blob
 * @test: the test, which frees it
 *
 * Return: the blob.
 */
struct fake_btf *fake_btf_small(struct kunit *test)
{
	return fake_btf_new(test, SMALL_ROOM);
}

/**
 * fake_btf_word() - add a word to the types
 * @blob: the blob
 * @word: the word
 */
void fake_btf_word(struct fake_btf *blob, u32 word)
{
	KUNIT_ASSERT_LE(blob->test, blob->types_len + sizeof(word),
			blob->types_room);
	memcpy(blob->types + blob->types_len, &word, sizeof(word));
	blob->types_len += sizeof(word);
}

static u32 add_string(struct fake_btf *blob, const char *string)
{
	size_t size = strlen(string) + 1;
	u32 offset = blob->strings_len;

	if (!*string)
		return 0;
	KUNIT_ASSERT_LE(blob->test, offset + size, sizeof(blob->strings));
	memcpy(blob->strings + offset, string, size);
	blob->strings_len += size;
	return offset;
}

/**
 * fake_btf_type() - add a type
 * @blob: the blob
 * @kind: an &enum fake_btf_kind, or any other
 * @name: its name, empty for none
 * @vlen: its number of members, values or parameters
 * @size: its bytes, or the type that it refers to
 *
 * Return: its id.
 */
u32 fake_btf_type(struct fake_btf *blob, u32 kind, const char *name, u32 vlen,
		  u32 size)
{
	fake_btf_word(blob, add_string(blob, name));
	fake_btf_word(blob, kind << 24 | vlen);
	fake_btf_word(blob, size);
	return ++blob->nr_types;
}

/**
 * fake_btf_member() - add a member to the struct or union that was added last
 * @blob: the blob
 * @name: its name, empty for none
 * @type: its type's id
 * @offset: its bit offset, or FAKE_BITS()
 */
void fake_btf_member(struct fake_btf *blob, const char *name, u32 type,
		     u32 offset)
{
	fake_btf_word(blob, add_string(blob, name));
	fake_btf_word(blob, type);
	fake_btf_word(blob, offset);
}

/**
 * fake_btf_int() - add an integer type
 * @blob: the blob
 * @size: its bytes
 *
 * Return: its id.
 */
u32 fake_btf_int(struct fake_btf *blob, u32 size)
{
	u32 id = fake_btf_type(blob, FAKE_INT, "int", 0, size);

	fake_btf_word(blob, 8 * size);
	return id;
}

/**
 * fake_btf_array() - add an array type
 * @blob: the blob
 * @element: the type of its elements
 * @length: their number
 *
 * Return: its id.
 */
u32 fake_btf_array(struct fake_btf *blob, u32 element, u32 length)
{
	u32 id = fake_btf_type(blob, FAKE_ARRAY, "", 0, 0);

	fake_btf_word(blob, element);
	fake_btf_word(blob, 0);
	fake_btf_word(blob, length);
	return id;
}

/**
 * fake_btf_kind() - add a type of any kind
 * @blob: the blob
 * @kind: its kind
 * @vlen: the number of members that it claims
 * @size: its size, or the type that it refers to
 * @tail: bytes of garbage that follow it
 */
void fake_btf_kind(struct fake_btf *blob, u32 kind, u32 vlen, u32 size,
		   u32 tail)
{
	fake_btf_type(blob, kind, "", vlen, size);
	while (tail) {
		fake_btf_word(blob, 0xdead);
		tail -= sizeof(u32);
	}
}

/**
 * fake_btf_finish() - assemble a blob
 * @blob: the blob, which may grow further after this
 * @len: set to its bytes
 *
 * The types come last, so that KASAN sees a read behind their end.
 *
 * Return: a copy of the blob, in memory of its exact size.
 */
u32 *fake_btf_finish(struct fake_btf *blob, size_t *len)
{
	const u32 strings_room = ALIGN(blob->strings_len, sizeof(u32));
	const u32 header[FAKE_HEADER_WORDS] = {
		[0] = MAGIC_AND_VERSION,
		[FAKE_HDR_LEN] = sizeof(header),
		[FAKE_TYPE_OFF] = strings_room,
		[FAKE_TYPE_LEN] = blob->types_len,
		[FAKE_STR_LEN] = blob->strings_len,
	};
	u8 *whole;

	*len = sizeof(header) + strings_room + blob->types_len;
	whole = kunit_kzalloc(blob->test, *len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(blob->test, whole);
	memcpy(whole, header, sizeof(header));
	memcpy(whole + sizeof(header), blob->strings, blob->strings_len);
	memcpy(whole + sizeof(header) + strings_room, blob->types,
	       blob->types_len);
	return (u32 *)whole;
}
