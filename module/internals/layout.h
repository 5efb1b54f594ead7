/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds members of the kernel's private structs in the running kernel's BTF.
 */
#ifndef KS_INTERNALS_LAYOUT_H
#define KS_INTERNALS_LAYOUT_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "internals/peek.h"

/* Members of structs of mm/slab.h or mm/slub.c, named in layout.c. */
enum ks_member {
	KS_CACHE_NAME,
	KS_CACHE_LIST,
	KS_CACHE_FLAGS,
	KS_CACHE_SIZE,
	KS_CACHE_OBJECT_SIZE,
	KS_CACHE_OO,
	KS_CACHE_REFCOUNT,
	KS_CACHE_PER_NODE,
	KS_PER_NODE_NODE,
	KS_CACHE_NODE,
	KS_NODE_LIST_LOCK,
	KS_NODE_NR_PARTIAL,
	KS_NODE_PARTIAL,
	KS_NODE_NR_SLABS,
	KS_NODE_TOTAL_OBJECTS,
	KS_SLAB_LIST,
	KS_SLAB_INUSE,
	KS_SLAB_OBJECTS,

	/* From here on for per-CPU free objects, in the exact count only. */
	KS_FIRST_CACHED_MEMBER,
	KS_CACHE_CPU_SLAB = KS_FIRST_CACHED_MEMBER,
	KS_CACHE_CPU_SHEAVES,
	KS_CACHE_SHEAF_CAPACITY,
	KS_CACHE_OFFSET,
	KS_CACHE_RED_LEFT_PAD,
	KS_CACHE_RANDOM,
	KS_CPU_FREELIST,
	KS_CPU_TID,
	KS_CPU_SLAB,
	KS_CPU_PARTIAL,
	KS_SLAB_NEXT,
	KS_SLAB_CACHE,
	KS_SHEAVES_MAIN,
	KS_SHEAVES_SPARE,
	KS_SHEAF_CACHE,
	KS_SHEAF_SIZE,
	KS_PER_NODE_BARN,
	KS_NODE_BARN,
	KS_BARN_NR_FULL,
	KS_NR_MEMBERS,
};

struct ks_btf;

int ks_layout_resolve(struct ks_btf *btf, char *reason, size_t size);
int ks_layout_resolve_cached(const struct ks_btf *btf, char *reason,
			     size_t size);
u32 ks_layout_size(enum ks_member id);

/**
 * struct ks_place - the place of a member of up to 64 bits
 * @word: offset of its aligned word from the start of the struct, in bytes
 * @shift: bits below it in the word
 * @mask: a mask of its size
 */
struct ks_place {
	u32 word;
	u32 shift;
	u64 mask;
};

/* Only ks_layout_resolve() sets these. */
extern struct ks_place ks_places[KS_NR_MEMBERS];

/**
 * ks_layout_has() - check whether this kernel has a member
 * @id: the member
 *
 * Return: true if it was found.
 */
static inline bool ks_layout_has(enum ks_member id)
{
	return ks_places[id].mask;
}

/**
 * ks_layout_offset() - get the offset of a member
 * @id: a member that begins at a byte
 *
 * Return: its offset from the start of the struct, in bytes.
 */
static inline u32 ks_layout_offset(enum ks_member id)
{
	return ks_places[id].word + ks_places[id].shift / 8;
}

/**
 * ks_layout_extract() - extract a member from its word
 * @word: the word at ks_places[@id].word
 * @id: the member
 *
 * Return: its value.
 */
static __always_inline u64 ks_layout_extract(u64 word, enum ks_member id)
{
	return word >> ks_places[id].shift & ks_places[id].mask;
}

/**
 * ks_layout_decode() - read a member of memory that is known to be there
 * @object: the struct
 * @id: a member of up to 64 bits
 *
 * Its word is read by one load, so the value is never torn.
 *
 * Return: its value.
 */
static __always_inline u64 ks_layout_decode(const void *object,
					    enum ks_member id)
{
	const u64 *word = object + ks_places[id].word;

	/* The kernel may write it, as not every caller holds its lock. */
	return ks_layout_extract(READ_ONCE(*word), id);
}

/**
 * ks_layout_read() - read a member
 * @object: the struct
 * @id: a member of up to 64 bits
 * @value: set
 *
 * A fault is an error, and no oops. Its aligned word is on one page and is read
 * by one load, so the value is never torn.
 *
 * Context: Any.
 * Return: 0, or -EFAULT.
 */
static __always_inline int ks_layout_read(const void *object,
					  enum ks_member id, u64 *value)
{
	u64 word;

	if (ks_peek_u64(object + ks_places[id].word, &word))
		return -EFAULT;
	*value = ks_layout_extract(word, id);
	return 0;
}

#endif /* KS_INTERNALS_LAYOUT_H */
