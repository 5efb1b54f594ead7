// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads BTF, the format of Documentation/bpf/btf.rst, from a blob in memory.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <uapi/linux/btf.h>

#include "internals/btf.h"

/*
 * Later kernels than the headers we are built with may use more kinds and more
 * bits for them: v7.1 widens the kind to 7 bits and the length to 24.
 */
enum {
	KIND_INT = 1,
	KIND_PTR = 2,
	KIND_ARRAY = 3,
	KIND_STRUCT = 4,
	KIND_UNION = 5,
	KIND_ENUM = 6,
	KIND_FWD = 7,
	KIND_TYPEDEF = 8,
	KIND_VOLATILE = 9,
	KIND_CONST = 10,
	KIND_RESTRICT = 11,
	KIND_FUNC = 12,
	KIND_FUNC_PROTO = 13,
	KIND_VAR = 14,
	KIND_DATASEC = 15,
	KIND_FLOAT = 16,
	KIND_DECL_TAG = 17,
	KIND_TYPE_TAG = 18,
	KIND_ENUM64 = 19,
};

/* Up to the last member read: v7.1's header has more, its blobs may not. */
#define HEADER_SIZE	offsetofend(struct btf_header, str_len)

#define MAX_DEPTH	32	/* of anonymous members and of typedef chains */
#define MAX_TYPES	BIT(24)
#define MAX_MEMBERS	BIT(16)

static u32 type_kind(const struct btf_type *t)
{
	return (t->info >> 24) & 0x7f;
}

static u32 type_vlen(const struct btf_type *t)
{
	return t->info & 0xffffff;
}

/* With the top bit set, offsets of members include the size of a bit field. */
static bool type_has_bitfields(const struct btf_type *t)
{
	return t->info >> 31;
}

/* Bytes that follow a struct btf_type, or -EINVAL for a kind not known. */
static s64 type_tail(const struct btf_type *t)
{
	u64 n = type_vlen(t);

	switch (type_kind(t)) {
	case KIND_PTR:
	case KIND_FWD:
	case KIND_TYPEDEF:
	case KIND_VOLATILE:
	case KIND_CONST:
	case KIND_RESTRICT:
	case KIND_FUNC:
	case KIND_FLOAT:
	case KIND_TYPE_TAG:
		return 0;
	case KIND_INT:
	case KIND_VAR:
	case KIND_DECL_TAG:
		return sizeof(u32);
	case KIND_ARRAY:
		return sizeof(struct btf_array);
	case KIND_STRUCT:
	case KIND_UNION:
		return n * sizeof(struct btf_member);
	case KIND_ENUM:
		return n * sizeof(struct btf_enum);
	case KIND_FUNC_PROTO:
		return n * sizeof(struct btf_param);
	case KIND_DATASEC:
		return n * sizeof(struct btf_var_secinfo);
	case KIND_ENUM64:
		return n * 3 * sizeof(u32);
	default:
		return -EINVAL;
	}
}

/*
 * Walks the type section. Counts the types, and notes where each begins if
 * @offsets is given.
 */
static int types_index(const struct ks_btf *btf, u32 *offsets, u32 *nr)
{
	u32 offset = 0, id = 1;

	while (offset < btf->types_len) {
		const struct btf_type *t = btf->types + offset;
		s64 tail;

		if (btf->types_len - offset < sizeof(*t))
			return -EINVAL;
		tail = type_tail(t);
		if (tail < 0 ||
		    tail > btf->types_len - offset - sizeof(*t))
			return -EINVAL;
		if (id >= MAX_TYPES)
			return -E2BIG;
		if (offsets)
			offsets[id] = offset;
		offset += sizeof(*t) + tail;
		id++;
	}
	*nr = id;
	return 0;
}

static int section_check(size_t len, u32 hdr_len, u32 offset, u32 size)
{
	return (u64)hdr_len + offset + size > len ? -EINVAL : 0;
}

/**
 * ks_btf_open() - check a blob and index its types
 * @btf: set; close it with ks_btf_close() when this succeeded
 * @blob: the blob, 4-byte aligned, which must outlive @btf
 * @len: its bytes
 *
 * Context: Process context, sleeps.
 * Return: 0, -ENOMEM, -E2BIG for more types than can be, or -EINVAL for a blob
 * that is truncated, corrupt, or has a kind of type not known.
 */
int ks_btf_open(struct ks_btf *btf, const void *blob, size_t len)
{
	const struct btf_header *hdr = blob;
	int err;

	memset(btf, 0, sizeof(*btf));
	if (len < HEADER_SIZE || hdr->magic != BTF_MAGIC ||
	    hdr->version != BTF_VERSION || hdr->hdr_len < HEADER_SIZE ||
	    hdr->hdr_len > len)
		return -EINVAL;
	if (section_check(len, hdr->hdr_len, hdr->type_off, hdr->type_len) ||
	    section_check(len, hdr->hdr_len, hdr->str_off, hdr->str_len) ||
	    (hdr->hdr_len | hdr->type_off) % sizeof(u32))
		return -EINVAL;
	btf->types = blob + hdr->hdr_len + hdr->type_off;
	btf->types_len = hdr->type_len;
	btf->strings = blob + hdr->hdr_len + hdr->str_off;
	btf->strings_len = hdr->str_len;
	if (!btf->strings_len || btf->strings[btf->strings_len - 1])
		return -EINVAL;

	err = types_index(btf, NULL, &btf->nr_types);
	if (err)
		return err;
	btf->offsets = kvcalloc(btf->nr_types, sizeof(u32), GFP_KERNEL);
	if (!btf->offsets)
		return -ENOMEM;
	return types_index(btf, btf->offsets, &btf->nr_types);
}

/**
 * ks_btf_close() - free the index
 * @btf: an opened blob
 */
void ks_btf_close(struct ks_btf *btf)
{
	kvfree(btf->offsets);
	btf->offsets = NULL;
}

static const struct btf_type *type_by_id(const struct ks_btf *btf, u32 id)
{
	if (!id || id >= btf->nr_types)
		return NULL;
	return btf->types + btf->offsets[id];
}

static const char *string_at(const struct ks_btf *btf, u32 offset)
{
	return offset < btf->strings_len ? btf->strings + offset : "";
}

static bool is_composite(const struct btf_type *t)
{
	return type_kind(t) == KIND_STRUCT || type_kind(t) == KIND_UNION;
}

/* Follows typedefs and qualifiers; a cycle of them ends at MAX_DEPTH. */
static const struct btf_type *type_resolve(const struct ks_btf *btf, u32 id)
{
	unsigned int depth;

	for (depth = 0; depth < MAX_DEPTH; depth++) {
		const struct btf_type *t = type_by_id(btf, id);

		if (!t)
			return NULL;
		switch (type_kind(t)) {
		case KIND_TYPEDEF:
		case KIND_VOLATILE:
		case KIND_CONST:
		case KIND_RESTRICT:
		case KIND_TYPE_TAG:
			id = t->type;
			continue;
		default:
			return t;
		}
	}
	return NULL;
}

/**
 * ks_btf_size() - size of a type
 * @btf: an opened blob
 * @id: the type
 * @size: set to its bytes
 *
 * Return: 0, -EINVAL when it has none, -EOVERFLOW when it is absurd.
 */
int ks_btf_size(const struct ks_btf *btf, u32 id, u32 *size)
{
	u64 times = 1;
	unsigned int depth;

	for (depth = 0; depth < MAX_DEPTH; depth++) {
		const struct btf_type *t = type_resolve(btf, id);
		const struct btf_array *array;
		u64 bytes;

		if (!t)
			return -EINVAL;
		switch (type_kind(t)) {
		case KIND_ARRAY:
			array = (const struct btf_array *)(t + 1);
			times *= array->nelems;
			if (times > S32_MAX)
				return -EOVERFLOW;
			id = array->type;
			continue;
		case KIND_PTR:
			bytes = sizeof(void *);
			break;
		case KIND_INT:
		case KIND_FLOAT:
		case KIND_STRUCT:
		case KIND_UNION:
		case KIND_ENUM:
		case KIND_ENUM64:
			bytes = t->size;
			break;
		default:
			return -EINVAL;
		}
		if (bytes > S32_MAX || times * bytes > S32_MAX)
			return -EOVERFLOW;
		*size = times * bytes;
		return 0;
	}
	return -EINVAL;
}

/**
 * ks_btf_find_struct() - find a struct by name
 * @btf: an opened blob
 * @name: its name
 * @id: set to its type id
 *
 * Return: 0, or -ENOENT.
 */
int ks_btf_find_struct(const struct ks_btf *btf, const char *name, u32 *id)
{
	u32 i;

	for (i = 1; i < btf->nr_types; i++) {
		const struct btf_type *t = type_by_id(btf, i);

		if (type_kind(t) == KIND_STRUCT &&
		    !strcmp(string_at(btf, t->name_off), name)) {
			*id = i;
			return 0;
		}
	}
	return -ENOENT;
}

/*
 * The search for one member. A corrupt blob may nest unnamed members in each
 * other so that following all of them would not end: @budget bounds that.
 */
struct search {
	const struct ks_btf *btf;
	const char *name;
	struct ks_btf_member *member;
	u32 budget;
};

static int member_set(struct search *s, const struct btf_member *m,
		      u32 bit_offset, u32 bits)
{
	u32 bytes;

	if (!bits) {
		if (ks_btf_size(s->btf, m->type, &bytes) ||
		    bytes > U32_MAX / 8)
			return -EINVAL;
		bits = bytes * 8;
	}
	s->member->bit_offset = bit_offset;
	s->member->bits = bits;
	return 0;
}

static int member_search(struct search *s, u32 id, u32 base, unsigned int depth)
{
	const struct btf_type *t = type_resolve(s->btf, id);
	const struct btf_member *m;
	u32 i;

	if (!t || !is_composite(t) || depth >= MAX_DEPTH)
		return -ENOENT;
	m = (const struct btf_member *)(t + 1);
	for (i = 0; i < type_vlen(t); i++, m++) {
		const char *name = string_at(s->btf, m->name_off);
		u32 bit_offset = m->offset, bits = 0;
		int err;

		if (!s->budget--)
			return -EINVAL;
		if (type_has_bitfields(t)) {
			bits = bit_offset >> 24;
			bit_offset &= 0xffffff;
		}
		if (check_add_overflow(base, bit_offset, &bit_offset))
			return -EINVAL;
		if (*name) {
			if (!strcmp(name, s->name))
				return member_set(s, m, bit_offset, bits);
			continue;
		}
		/*
		 * An unnamed member's members are its parent's, also where its
		 * type has a name: v7.0 embeds struct freelist_counters so.
		 */
		err = member_search(s, m->type, bit_offset, depth + 1);
		if (err != -ENOENT)
			return err;
	}
	return -ENOENT;
}

/**
 * ks_btf_find_member() - find a member of a struct
 * @btf: an opened blob
 * @id: the struct's type id
 * @name: the member's name; it may be within unnamed members
 * @member: set
 *
 * Return: 0, -ENOENT, or -EINVAL when what describes it is corrupt.
 */
int ks_btf_find_member(const struct ks_btf *btf, u32 id, const char *name,
		       struct ks_btf_member *member)
{
	struct search search = {
		.btf = btf,
		.name = name,
		.member = member,
		.budget = MAX_MEMBERS,
	};
	const struct btf_type *t = type_resolve(btf, id);
	int err;

	err = member_search(&search, id, 0, 0);
	if (err)
		return err;
	/* A place outside of its struct is none that may be read. */
	if ((u64)member->bit_offset + member->bits > (u64)t->size * 8)
		return -EINVAL;
	return 0;
}
