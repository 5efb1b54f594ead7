/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where members of the kernel's private structs are, from the running
 * kernel's own BTF.
 */
#ifndef KS_INTERNALS_LAYOUT_H
#define KS_INTERNALS_LAYOUT_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "internals/peek.h"

/* Each of a struct of mm/slab.h or mm/slub.c; layout.c says which. */
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

	/* From here on what CPUs keep, for the exact count alone. */
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
 * struct ks_place - how a member of at most 64 bits is got
 * @word: where the aligned word is that it is in, bytes from its struct's start
 * @shift: bits below it there
 * @mask: as many bits as it has
 */
struct ks_place {
	u32 word;
	u32 shift;
	u64 mask;
};

/* Set by ks_layout_resolve() alone. */
extern struct ks_place ks_places[KS_NR_MEMBERS];

/**
 * ks_layout_has() - whether this kernel has a member
 * @id: which
 *
 * Return: true if it was found.
 */
static inline bool ks_layout_has(enum ks_member id)
{
	return ks_places[id].mask;
}

/**
 * ks_layout_offset() - where a member is
 * @id: which; one that begins at a byte
 *
 * Return: bytes from the start of its struct.
 */
static inline u32 ks_layout_offset(enum ks_member id)
{
	return ks_places[id].word + ks_places[id].shift / 8;
}

/**
 * ks_layout_extract() - get a number from the word it is in
 * @word: the word at ks_places[@id].word
 * @id: which
 *
 * Return: it.
 */
static __always_inline u64 ks_layout_extract(u64 word, enum ks_member id)
{
	return word >> ks_places[id].shift & ks_places[id].mask;
}

/**
 * ks_layout_decode() - get a number
 * @object: the struct it is in: memory that is known to be there
 * @id: which; one of at most 64 bits
 *
 * A torn value is not possible: the word it is in is read at once.
 *
 * Return: it.
 */
static __always_inline u64 ks_layout_decode(const void *object,
					    enum ks_member id)
{
	const u64 *word = object + ks_places[id].word;

	/* The kernel may write it: not every caller holds its lock. */
	return ks_layout_extract(READ_ONCE(*word), id);
}

/**
 * ks_layout_read() - read a number
 * @object: the struct it is in
 * @id: which; one of at most 64 bits
 * @value: set
 *
 * A fault is an error, not an oops. A torn value is not possible: the word it
 * is in is read at once, and an aligned word is on one page.
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
