/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fake BTF. Types get the ids 1, 2, ... in the order in which they are added;
 * the words that belong to a type are added right after it.
 */
#ifndef KUNIT_FAKE_BTF_H
#define KUNIT_FAKE_BTF_H

#include <linux/types.h>

struct kunit;

enum fake_btf_kind {
	FAKE_INT = 1,
	FAKE_PTR,
	FAKE_ARRAY,
	FAKE_STRUCT,
	FAKE_UNION,
	FAKE_ENUM,
	FAKE_FWD,
	FAKE_TYPEDEF,
	FAKE_VOLATILE,
	FAKE_CONST,
	FAKE_RESTRICT,
	FAKE_FUNC,
	FAKE_FUNC_PROTO,
	FAKE_VAR,
	FAKE_DATASEC,
	FAKE_FLOAT,
	FAKE_DECL_TAG,
	FAKE_TYPE_TAG,
	FAKE_ENUM64,
	FAKE_NR_KINDS,
};

/* Added to the kind of a struct with bit fields. */
#define FAKE_BITFIELDS	0x80

/* Bytes that follow a type of each kind when its vlen is 2. */
extern const u8 fake_btf_tails[FAKE_NR_KINDS];

/* An offset of a struct with bit fields. */
#define FAKE_BITS(_bit_offset, _bits)	((_bits) << 24 | (_bit_offset))

/* The words of a blob's header from the one with hdr_len on. */
enum fake_btf_header {
	FAKE_HDR_LEN = 1,
	FAKE_TYPE_OFF,
	FAKE_TYPE_LEN,
	FAKE_STR_OFF,
	FAKE_STR_LEN,
	FAKE_HEADER_WORDS,
};

/**
 * struct fake_btf - a blob that is being written
 * @test: the test, which frees everything
 * @types: memory for the types
 * @types_len: bytes of @types in use
 * @types_room: bytes of @types
 * @strings: the names
 * @strings_len: bytes of @strings in use
 * @nr_types: number of types, which is the id of the last one
 */
struct fake_btf {
	struct kunit *test;
	u8 *types;
	size_t types_len;
	size_t types_room;
	char strings[1024];
	size_t strings_len;
	u32 nr_types;
};

struct fake_btf *fake_btf_new(struct kunit *test, size_t room);
struct fake_btf *fake_btf_small(struct kunit *test);
u32 fake_btf_type(struct fake_btf *blob, u32 kind, const char *name, u32 vlen,
		  u32 size);
void fake_btf_word(struct fake_btf *blob, u32 word);
void fake_btf_member(struct fake_btf *blob, const char *name, u32 type,
		     u32 offset);
u32 fake_btf_int(struct fake_btf *blob, u32 size);
u32 fake_btf_array(struct fake_btf *blob, u32 element, u32 length);
void fake_btf_kind(struct fake_btf *blob, u32 kind, u32 vlen, u32 size,
		   u32 tail);
u32 *fake_btf_finish(struct fake_btf *blob, size_t *len);

#endif /* KUNIT_FAKE_BTF_H */
