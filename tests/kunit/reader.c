// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asks the BTF reader, and expects an answer.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "reader.h"

#define ROOM	4096

const u8 reader_tails[BLOB_NR_KINDS] = {
	[BLOB_INT] = 4,
	[BLOB_ARRAY] = 12,
	[BLOB_STRUCT] = 24,
	[BLOB_UNION] = 24,
	[BLOB_ENUM] = 16,
	[BLOB_FUNC_PROTO] = 16,
	[BLOB_VAR] = 4,
	[BLOB_DATASEC] = 24,
	[BLOB_DECL_TAG] = 4,
	[BLOB_ENUM64] = 24,
};

/**
 * reader_begin() - begin a small blob
 * @test: what it is for
 *
 * Return: the blob.
 */
struct blob *reader_begin(struct kunit *test)
{
	return blob_new(test, ROOM);
}

/**
 * reader_try_open() - open a blob and index its types
 * @btf: set; close it when this succeeded
 * @blob: the blob
 * @len: its bytes
 *
 * Return: 0, or the error of either.
 */
int reader_try_open(struct ks_btf *btf, const void *blob, size_t len)
{
	int err = ks_btf_open(btf, blob, len);

	if (err)
		return err;
	err = ks_btf_find_structs(btf, NULL, 0);
	if (err)
		ks_btf_close(btf);
	return err;
}

/**
 * reader_open() - open a blob that is sound
 * @blob: the blob
 * @btf: set
 */
void reader_open(struct blob *blob, struct ks_btf *btf)
{
	size_t len;
	u32 *whole = blob_finish(blob, &len);

	KUNIT_ASSERT_EQ(blob->test, 0, reader_try_open(btf, whole, len));
	KUNIT_EXPECT_EQ(blob->test, blob->nr_types + 1, btf->nr_types);
}

/**
 * reader_refuses() - expect that a blob is refused
 * @blob: the blob
 * @what: what is wrong with it
 * @number: with which of them
 */
void reader_refuses(struct blob *blob, const char *what, u32 number)
{
	struct ks_btf btf;
	size_t len;
	u32 *whole = blob_finish(blob, &len);

	KUNIT_EXPECT_EQ_MSG(blob->test, -EINVAL,
			    reader_try_open(&btf, whole, len),
			    "%s %u", what, number);
}

/**
 * reader_find_struct() - find one struct
 * @btf: an opened blob
 * @name: its name
 * @id: set to its type id
 *
 * Return: 0, or -ENOENT.
 */
int reader_find_struct(struct ks_btf *btf, const char *name, u32 *id)
{
	struct ks_btf_struct wanted = { .name = name, .len = strlen(name) };
	int err = ks_btf_find_structs(btf, &wanted, 1);

	*id = wanted.id;
	return err ?: wanted.id ? 0 : -ENOENT;
}

/**
 * reader_finds() - expect a member
 * @test: the test
 * @btf: an opened blob with a struct "wanted"
 * @name: the member's name
 * @bit_offset: where it must be
 * @bits: how large it must be
 */
void reader_finds(struct kunit *test, struct ks_btf *btf,
		  const char *name, u32 bit_offset, u32 bits)
{
	struct ks_btf_member member = {};
	u32 id;

	KUNIT_ASSERT_EQ(test, 0, reader_find_struct(btf, "wanted", &id));
	KUNIT_EXPECT_EQ_MSG(test, 0,
			    ks_btf_find_member(btf, id, name, &member),
			    "%s", name);
	KUNIT_EXPECT_EQ_MSG(test, bit_offset, member.bit_offset, "%s", name);
	KUNIT_EXPECT_EQ_MSG(test, bits, member.bits, "%s", name);
}

/**
 * reader_finds_none() - expect that a member cannot be found
 * @test: the test
 * @btf: an opened blob with a struct "wanted"
 * @name: the member's name
 * @error: why not
 */
void reader_finds_none(struct kunit *test, struct ks_btf *btf,
		       const char *name, int error)
{
	struct ks_btf_member member;
	u32 id;

	KUNIT_ASSERT_EQ(test, 0, reader_find_struct(btf, "wanted", &id));
	KUNIT_EXPECT_EQ_MSG(test, error,
			    ks_btf_find_member(btf, id, name, &member),
			    "%s", name);
}

/**
 * reader_sizes() - expect a type's size
 * @test: the test
 * @btf: an opened blob
 * @id: the type
 * @size: bytes it must have
 */
void reader_sizes(struct kunit *test, const struct ks_btf *btf, u32 id,
		  u32 size)
{
	u32 got = 0;

	KUNIT_EXPECT_EQ_MSG(test, 0, ks_btf_size(btf, id, &got), "type %u", id);
	KUNIT_EXPECT_EQ_MSG(test, size, got, "type %u", id);
}

/**
 * reader_add_kind() - add a type of any kind
 * @blob: the blob
 * @kind: its kind
 * @vlen: how many it says to have
 * @size: its size, or the type that it refers to
 * @tail: bytes of nonsense that follow it
 */
void reader_add_kind(struct blob *blob, u32 kind, u32 vlen, u32 size, u32 tail)
{
	blob_type(blob, kind, "", vlen, size);
	while (tail) {
		blob_word(blob, 0xdead);
		tail -= sizeof(u32);
	}
}
