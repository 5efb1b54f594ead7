/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the BTF reader expect of it. The struct that they look in
 * is called "wanted".
 */
#ifndef KUNIT_READER_H
#define KUNIT_READER_H

#include <linux/types.h>

#include "internals/btf.h"

#include "blob.h"

/* Bytes that follow a type of each kind when its vlen is 2. */
extern const u8 reader_tails[BLOB_NR_KINDS];

struct blob *reader_begin(struct kunit *test);
void reader_add_kind(struct blob *blob, u32 kind, u32 vlen, u32 size, u32 tail);
int reader_try_open(struct ks_btf *btf, const void *blob, size_t len);
void reader_open(struct blob *blob, struct ks_btf *btf);
void reader_refuses(struct blob *blob, const char *what, u32 number);
int reader_find_struct(struct ks_btf *btf, const char *name, u32 *id);
void reader_finds(struct kunit *test, struct ks_btf *btf,
		  const char *name, u32 bit_offset, u32 bits);
void reader_finds_none(struct kunit *test, struct ks_btf *btf,
		       const char *name, int error);
void reader_sizes(struct kunit *test, const struct ks_btf *btf, u32 id,
		  u32 size);

#endif /* KUNIT_READER_H */
