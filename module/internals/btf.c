// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads BTF, the format of Documentation/bpf/btf.rst, from a blob in memory.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
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

/*
 * A kernel has 130 000 types and more, of which some 100 are asked for: so only
 * every 64th is indexed, and the way from there is walked.
 */
#define MARK_EVERY	64

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

/* Bytes that follow a struct btf_type of each kind. */
static const struct {
	bool known;
	u8 once;
	u8 each;	/* for each of its members, values, ... */
} tails[] = {
	[KIND_INT] = { .known = true, .once = sizeof(u32) },
	[KIND_PTR] = { .known = true },
	[KIND_ARRAY] = { .known = true, .once = sizeof(struct btf_array) },
	[KIND_STRUCT] = { .known = true, .each = sizeof(struct btf_member) },
	[KIND_UNION] = { .known = true, .each = sizeof(struct btf_member) },
	[KIND_ENUM] = { .known = true, .each = sizeof(struct btf_enum) },
	[KIND_FWD] = { .known = true },
	[KIND_TYPEDEF] = { .known = true },
	[KIND_VOLATILE] = { .known = true },
	[KIND_CONST] = { .known = true },
	[KIND_RESTRICT] = { .known = true },
	[KIND_FUNC] = { .known = true },
	[KIND_FUNC_PROTO] = { .known = true, .each = sizeof(struct btf_param) },
	[KIND_VAR] = { .known = true, .once = sizeof(u32) },
	[KIND_DATASEC] = { .known = true,
			   .each = sizeof(struct btf_var_secinfo) },
	[KIND_FLOAT] = { .known = true },
	[KIND_DECL_TAG] = { .known = true, .once = sizeof(u32) },
	[KIND_TYPE_TAG] = { .known = true },
	[KIND_ENUM64] = { .known = true, .each = 3 * sizeof(u32) },
};

static bool kind_is_known(const struct btf_type *t)
{
	return type_kind(t) < ARRAY_SIZE(tails) && tails[type_kind(t)].known;
}

/* Bytes of a type of a known kind. */
static u32 type_size(const struct btf_type *t)
{
	const u32 kind = type_kind(t);

	return sizeof(*t) + tails[kind].once + type_vlen(t) * tails[kind].each;
}

static const char *string_at(const struct ks_btf *btf, u32 offset)
{
	return offset < btf->strings_len ? btf->strings + offset : "";
}

/* Of several structs of one name the first is taken. */
static void struct_note(const char *name, u32 id,
			struct ks_btf_struct *structs, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (!structs[i].id && *name == *structs[i].name &&
		    !strncmp(name, structs[i].name, structs[i].len) &&
		    !name[structs[i].len])
			structs[i].id = id;
}

/**
 * ks_btf_find_structs() - index all types, and find structs by their names
 * @btf: an opened blob
 * @structs: which; their ids are set
 * @nr: how many
 *
 * Before all that takes or gives a type id. In one pass over the types, which
 * takes some millions of instructions.
 *
 * Return: 0, -E2BIG for more types than can be, or -EINVAL for a blob that is
 * truncated, corrupt, or has a kind of type not known.
 */
int ks_btf_find_structs(struct ks_btf *btf, struct ks_btf_struct *structs,
			unsigned int nr)
{
	u32 offset = 0, id;

	for (id = 0; id < nr; id++)
		structs[id].id = 0;
	btf->nr_types = 0;
	id = 1;

	while (offset < btf->types_len) {
		const struct btf_type *t = btf->types + offset;
		const u32 left = btf->types_len - offset;

		if (left < sizeof(*t) || !kind_is_known(t) ||
		    type_size(t) > left)
			return -EINVAL;
		if (id >= MAX_TYPES)
			return -E2BIG;
		if ((id - 1) % MARK_EVERY == 0)
			btf->marks[(id - 1) / MARK_EVERY] = offset;
		if (type_kind(t) == KIND_STRUCT)
			struct_note(string_at(btf, t->name_off), id, structs,
				    nr);
		offset += type_size(t);
		id++;
	}
	btf->nr_types = id;
	return 0;
}

static int section_check(size_t len, u32 hdr_len, u32 offset, u32 size)
{
	return (u64)hdr_len + offset + size > len ? -EINVAL : 0;
}

/**
 * ks_btf_open() - check where a blob's sections are
 * @btf: set; close it with ks_btf_close() when this succeeded
 * @blob: the blob, 4-byte aligned, which must outlive @btf
 * @len: its bytes
 *
 * Context: Process context, sleeps.
 * Return: 0, -ENOMEM, or -EINVAL for a blob that is truncated or corrupt.
 */
int ks_btf_open(struct ks_btf *btf, const void *blob, size_t len)
{
	const struct btf_header *hdr = blob;
	u32 max_types;

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

	max_types = btf->types_len / sizeof(struct btf_type);
	btf->marks = kvmalloc_array(max_types / MARK_EVERY + 1, sizeof(u32),
				    GFP_KERNEL);
	return btf->marks ? 0 : -ENOMEM;
}

/**
 * ks_btf_close() - free the index
 * @btf: an opened blob
 */
void ks_btf_close(struct ks_btf *btf)
{
	kvfree(btf->marks);
	btf->marks = NULL;
}

static const struct btf_type *type_by_id(const struct ks_btf *btf, u32 id)
{
	const struct btf_type *t;
	u32 steps;

	if (!id || id >= btf->nr_types)
		return NULL;
	t = btf->types + btf->marks[(id - 1) / MARK_EVERY];
	for (steps = (id - 1) % MARK_EVERY; steps; steps--)
		t = (const void *)t + type_size(t);
	return t;
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
