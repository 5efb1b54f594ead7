/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * BTF made by hand. Types get the ids 1, 2, ... in the order in which they
 * are added; what follows a type is added right after it.
 */
#ifndef KUNIT_BLOB_H
#define KUNIT_BLOB_H

#include <linux/types.h>

struct kunit;

enum blob_kind {
	BLOB_INT = 1,
	BLOB_PTR,
	BLOB_ARRAY,
	BLOB_STRUCT,
	BLOB_UNION,
	BLOB_ENUM,
	BLOB_FWD,
	BLOB_TYPEDEF,
	BLOB_VOLATILE,
	BLOB_CONST,
	BLOB_RESTRICT,
	BLOB_FUNC,
	BLOB_FUNC_PROTO,
	BLOB_VAR,
	BLOB_DATASEC,
	BLOB_FLOAT,
	BLOB_DECL_TAG,
	BLOB_TYPE_TAG,
	BLOB_ENUM64,
	BLOB_NR_KINDS,
};

/* Added to the kind of a struct with bit fields. */
#define BLOB_BITFIELDS	0x80

/* An offset of a struct with bit fields. */
#define BLOB_BITS(_bit_offset, _bits)	((_bits) << 24 | (_bit_offset))

/* The words of a blob's header from the one with hdr_len on. */
enum blob_header {
	BLOB_HDR_LEN = 1,
	BLOB_TYPE_OFF,
	BLOB_TYPE_LEN,
	BLOB_STR_OFF,
	BLOB_STR_LEN,
	BLOB_HEADER_WORDS,
};

/**
 * struct blob - a blob in the making
 * @test: what it is for; everything is freed with it
 * @types: room for the types
 * @types_len: bytes of @types in use
 * @types_room: bytes of @types
 * @strings: the names
 * @strings_len: bytes of @strings in use
 * @nr_types: types so far, which is the last one's id
 */
struct blob {
	struct kunit *test;
	u8 *types;
	size_t types_len;
	size_t types_room;
	char strings[1024];
	size_t strings_len;
	u32 nr_types;
};

struct blob *blob_new(struct kunit *test, size_t room);
u32 blob_type(struct blob *blob, u32 kind, const char *name, u32 vlen,
	      u32 size);
void blob_word(struct blob *blob, u32 word);
void blob_member(struct blob *blob, const char *name, u32 type, u32 offset);
u32 blob_int(struct blob *blob, u32 size);
u32 blob_array(struct blob *blob, u32 element, u32 length);
u32 *blob_finish(struct blob *blob, size_t *len);

#endif /* KUNIT_BLOB_H */
