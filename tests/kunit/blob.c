// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes BTF. Shares nothing with the reader that it is to test.
 */
#include <kunit/test.h>
#include <linux/string.h>

#include "blob.h"

#define MAGIC_AND_VERSION	(0xeb9f | 1 << 16)

/**
 * blob_new() - begin a blob
 * @test: what it is for
 * @room: bytes of types it may have
 *
 * Return: the blob, with no types.
 */
struct blob *blob_new(struct kunit *test, size_t room)
{
	struct blob *blob = kunit_kzalloc(test, sizeof(*blob), GFP_KERNEL);

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
 * blob_word() - add a word to the types
 * @blob: the blob
 * @word: the word
 */
void blob_word(struct blob *blob, u32 word)
{
	KUNIT_ASSERT_LE(blob->test, blob->types_len + sizeof(word),
			blob->types_room);
	memcpy(blob->types + blob->types_len, &word, sizeof(word));
	blob->types_len += sizeof(word);
}

static u32 add_string(struct blob *blob, const char *string)
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
 * blob_type() - add a type
 * @blob: the blob
 * @kind: an &enum blob_kind, or any other
 * @name: its name, empty for none
 * @vlen: how many members, values or parameters it has
 * @size: its bytes, or the type that it refers to
 *
 * Return: its id.
 */
u32 blob_type(struct blob *blob, u32 kind, const char *name, u32 vlen, u32 size)
{
	blob_word(blob, add_string(blob, name));
	blob_word(blob, kind << 24 | vlen);
	blob_word(blob, size);
	return ++blob->nr_types;
}

/**
 * blob_member() - add a member to the struct or union that was added last
 * @blob: the blob
 * @name: its name, empty for none
 * @type: its type's id
 * @offset: its bit offset, or BLOB_BITS()
 */
void blob_member(struct blob *blob, const char *name, u32 type, u32 offset)
{
	blob_word(blob, add_string(blob, name));
	blob_word(blob, type);
	blob_word(blob, offset);
}

/**
 * blob_int() - add an integer type
 * @blob: the blob
 * @size: its bytes
 *
 * Return: its id.
 */
u32 blob_int(struct blob *blob, u32 size)
{
	u32 id = blob_type(blob, BLOB_INT, "int", 0, size);

	blob_word(blob, 8 * size);
	return id;
}

/**
 * blob_array() - add an array type
 * @blob: the blob
 * @element: its elements' type
 * @length: how many
 *
 * Return: its id.
 */
u32 blob_array(struct blob *blob, u32 element, u32 length)
{
	u32 id = blob_type(blob, BLOB_ARRAY, "", 0, 0);

	blob_word(blob, element);
	blob_word(blob, 0);
	blob_word(blob, length);
	return id;
}

/**
 * blob_finish() - put a blob together
 * @blob: the blob, which may grow further after this
 * @len: set to its bytes
 *
 * The types come last, so that a reader that runs past their end is noticed
 * by KASAN.
 *
 * Return: a copy of the blob, with nothing behind it.
 */
u32 *blob_finish(struct blob *blob, size_t *len)
{
	const u32 strings_room = ALIGN(blob->strings_len, sizeof(u32));
	const u32 header[BLOB_HEADER_WORDS] = {
		[0] = MAGIC_AND_VERSION,
		[BLOB_HDR_LEN] = sizeof(header),
		[BLOB_TYPE_OFF] = strings_room,
		[BLOB_TYPE_LEN] = blob->types_len,
		[BLOB_STR_LEN] = blob->strings_len,
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
