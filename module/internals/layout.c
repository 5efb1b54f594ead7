// SPDX-License-Identifier: GPL-2.0-only
/*
 * The members to find, as data that is resolved at load.
 *
 * A member that moved or was renamed gets another place in its row, the newest
 * kernel's first, with the commit or release that changed it.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/numa.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "internals/btf.h"
#include "internals/layout.h"
#include "internals/symbols.h"

#define MAX_PLACES	3
#define MAX_STRUCTS	16

/**
 * struct wanted - a member to find
 * @places: "struct.member", tried in this order
 * @bits: the size it must have; 0 for any that fits a u64
 * @need: whether it must be there
 * @other: for @need, the member that decides, which comes before this one
 */
struct wanted {
	const char *places[MAX_PLACES];
	u32 bits;
	enum {
		ALWAYS,
		NEVER,
		WITH,		/* if @other is there */
		WITHOUT,	/* if @other is not */
	} need;
	enum ks_member other;
};

#define BITS(_type)		(8 * sizeof(_type))
#define WANT_IF(_need, _other, _bits, ...)				\
	{								\
		.need = (_need),					\
		.other = (_other),					\
		.bits = (_bits),					\
		.places = { __VA_ARGS__ },				\
	}
#define WANT(_bits, ...)	WANT_IF(ALWAYS, 0, _bits, __VA_ARGS__)

/* What a kmem_cache has for each node since v7.1: its barn and its node. */
#define PER_NODE_BITS		(2 * BITS(void *))

static const struct wanted wanted[KS_NR_MEMBERS] = {
	[KS_CACHE_NAME] = WANT(BITS(char *), "kmem_cache.name"),
	[KS_CACHE_LIST] = WANT(BITS(struct list_head), "kmem_cache.list"),
	[KS_CACHE_FLAGS] = WANT(0, "kmem_cache.flags"),
	[KS_CACHE_SIZE] = WANT(0, "kmem_cache.size"),
	[KS_CACHE_OBJECT_SIZE] = WANT(0, "kmem_cache.object_size"),
	/* One word: the order in the upper 16 bits, the objects below. */
	[KS_CACHE_OO] = WANT(BITS(u32), "kmem_cache.oo"),
	[KS_CACHE_REFCOUNT] = WANT(BITS(int), "kmem_cache.refcount"),
	/* Since v7.1 an array of pairs, before one of pointers. */
	[KS_CACHE_PER_NODE] = WANT_IF(NEVER, 0, MAX_NUMNODES * PER_NODE_BITS,
				      "kmem_cache.per_node"),
	[KS_PER_NODE_NODE] = WANT_IF(WITH, KS_CACHE_PER_NODE, BITS(void *),
				     "kmem_cache_per_node_ptrs.node"),
	[KS_CACHE_NODE] = WANT_IF(WITHOUT, KS_CACHE_PER_NODE,
				  MAX_NUMNODES * BITS(void *),
				  "kmem_cache.node"),
	[KS_NODE_LIST_LOCK] = WANT(BITS(spinlock_t),
				   "kmem_cache_node.list_lock"),
	[KS_NODE_NR_PARTIAL] = WANT(0, "kmem_cache_node.nr_partial"),
	[KS_NODE_PARTIAL] = WANT(BITS(struct list_head),
				 "kmem_cache_node.partial"),
	[KS_NODE_NR_SLABS] = WANT(BITS(atomic_long_t),
				  "kmem_cache_node.nr_slabs"),
	[KS_NODE_TOTAL_OBJECTS] = WANT(BITS(atomic_long_t),
				       "kmem_cache_node.total_objects"),
	/* Since v5.17 slabs have a struct of their own over their pages'. */
	[KS_SLAB_LIST] = WANT(BITS(struct list_head),
			      "slab.slab_list", "page.slab_list"),
	[KS_SLAB_INUSE] = WANT(0, "slab.inuse", "page.inuse"),
	[KS_SLAB_OBJECTS] = WANT(0, "slab.objects", "page.objects"),

	/* v7.0 has no cpu slabs; since v6.18 caches may have sheaves. */
	[KS_CACHE_CPU_SLAB] = WANT_IF(NEVER, 0, BITS(void *),
				      "kmem_cache.cpu_slab"),
	[KS_CACHE_CPU_SHEAVES] = WANT_IF(WITHOUT, KS_CACHE_CPU_SLAB,
					 BITS(void *),
					 "kmem_cache.cpu_sheaves"),
	[KS_CACHE_SHEAF_CAPACITY] = WANT_IF(WITH, KS_CACHE_CPU_SHEAVES,
					    BITS(u32),
					    "kmem_cache.sheaf_capacity"),
	[KS_CACHE_OFFSET] = WANT(BITS(u32), "kmem_cache.offset"),
	/* With SLUB_DEBUG; without it nothing is to the left of an object. */
	[KS_CACHE_RED_LEFT_PAD] = WANT_IF(NEVER, 0, 0,
					  "kmem_cache.red_left_pad"),
	/* With SLAB_FREELIST_HARDENED; without it pointers are plain. */
	[KS_CACHE_RANDOM] = WANT_IF(NEVER, 0, BITS(unsigned long),
				    "kmem_cache.random"),
	[KS_CPU_FREELIST] = WANT_IF(WITH, KS_CACHE_CPU_SLAB, BITS(void *),
				    "kmem_cache_cpu.freelist"),
	[KS_CPU_TID] = WANT_IF(WITH, KS_CACHE_CPU_SLAB, BITS(unsigned long),
			       "kmem_cache_cpu.tid"),
	[KS_CPU_SLAB] = WANT_IF(WITH, KS_CACHE_CPU_SLAB, BITS(void *),
				"kmem_cache_cpu.slab", "kmem_cache_cpu.page"),
	/* With SLUB_CPU_PARTIAL. */
	[KS_CPU_PARTIAL] = WANT_IF(NEVER, 0, BITS(void *),
				   "kmem_cache_cpu.partial"),
	[KS_SLAB_NEXT] = WANT_IF(WITH, KS_CPU_PARTIAL, BITS(void *),
				 "slab.next", "page.next"),
	[KS_SLAB_CACHE] = WANT(BITS(void *), "slab.slab_cache",
			       "page.slab_cache"),
	[KS_SHEAVES_MAIN] = WANT_IF(WITH, KS_CACHE_CPU_SHEAVES, BITS(void *),
				    "slub_percpu_sheaves.main"),
	[KS_SHEAVES_SPARE] = WANT_IF(WITH, KS_CACHE_CPU_SHEAVES, BITS(void *),
				     "slub_percpu_sheaves.spare"),
	[KS_SHEAF_CACHE] = WANT_IF(WITH, KS_CACHE_CPU_SHEAVES, BITS(void *),
				   "slab_sheaf.cache"),
	[KS_SHEAF_SIZE] = WANT_IF(WITH, KS_CACHE_CPU_SHEAVES, BITS(u32),
				  "slab_sheaf.size"),
	/* Since v7.1 beside a cache's node, before in it. */
	[KS_PER_NODE_BARN] = WANT_IF(NEVER, 0, BITS(void *),
				     "kmem_cache_per_node_ptrs.barn"),
	[KS_NODE_BARN] = WANT_IF(NEVER, 0, BITS(void *),
				 "kmem_cache_node.barn"),
	[KS_BARN_NR_FULL] = WANT_IF(WITH, KS_CACHE_CPU_SHEAVES, BITS(u32),
				    "node_barn.nr_full"),
};

static struct ks_btf_member layout[KS_NR_MEMBERS];

struct ks_place ks_places[KS_NR_MEMBERS];

/* The structs that the places are in, each once. */
static struct ks_btf_struct structs[MAX_STRUCTS];
static unsigned int nr_structs;

/* The struct of a place; NULL only when there is no room to add it. */
static struct ks_btf_struct *struct_of(const char *place)
{
	const u32 len = strcspn(place, ".");
	unsigned int i;

	for (i = 0; i < nr_structs; i++)
		if (structs[i].len == len &&
		    !memcmp(structs[i].name, place, len))
			return &structs[i];
	if (WARN_ON_ONCE(nr_structs == MAX_STRUCTS))
		return NULL;
	structs[nr_structs] = (struct ks_btf_struct){
		.name = place,
		.len = len,
	};
	return &structs[nr_structs++];
}

static int structs_find(struct ks_btf *btf)
{
	int i, j;

	nr_structs = 0;
	for (i = 0; i < KS_NR_MEMBERS; i++)
		for (j = 0; j < MAX_PLACES && wanted[i].places[j]; j++)
			struct_of(wanted[i].places[j]);
	return ks_btf_find_structs(btf, structs, nr_structs);
}

static int place_find(const struct ks_btf *btf, const char *place,
		      struct ks_btf_member *member)
{
	const struct ks_btf_struct *in = struct_of(place);

	if (ks_pretend_missing(place) || !in || !in->id)
		return -ENOENT;
	return ks_btf_find_member(btf, in->id, place + in->len + 1, member);
}

/*
 * A number or a pointer must be within one aligned 64 bit word, as one load
 * reads it. A larger member must begin with such a word.
 */
static bool member_fits(const struct wanted *w, const struct ks_btf_member *m)
{
	const u32 shift = m->bit_offset % 64;

	if (m->bits > 64 ? shift : shift + m->bits > 64)
		return false;
	if (w->bits)
		return m->bits == w->bits && m->bit_offset % 8 == 0;
	return m->bits && m->bits <= 64;
}

static int resolve_member(const struct ks_btf *btf, const struct wanted *w,
			  struct ks_btf_member *member)
{
	int i, err = -ENOENT;

	for (i = 0; i < MAX_PLACES && w->places[i]; i++) {
		err = place_find(btf, w->places[i], member);
		if (!err)
			return member_fits(w, member) ? 0 : -EBADMSG;
		if (err != -ENOENT)
			break;
	}
	return err;
}

static struct ks_place place_in_word(const struct ks_btf_member *m)
{
	return (struct ks_place){
		.word = m->bit_offset / 64 * 8,
		.shift = m->bit_offset % 64,
		.mask = m->bits < 64 ? BIT_ULL(m->bits) - 1 : U64_MAX,
	};
}

static bool is_needed(const struct wanted *w)
{
	switch (w->need) {
	case WITH:
		return ks_layout_has(w->other);
	case WITHOUT:
		return !ks_layout_has(w->other);
	default:
		return w->need == ALWAYS;
	}
}

static int resolve_members(const struct ks_btf *btf, enum ks_member from,
			   enum ks_member to, char *reason, size_t size)
{
	int i, err;

	for (i = from; i < to; i++) {
		err = resolve_member(btf, &wanted[i], &layout[i]);
		ks_places[i] = place_in_word(&layout[i]);
		if (!err || (err == -ENOENT && !is_needed(&wanted[i])))
			continue;
		scnprintf(reason, size, "%s: %s", wanted[i].places[0],
			  err == -ENOENT ? "not in this kernel's BTF" :
			  err == -EBADMSG ? "has another size than expected" :
			  "its BTF is corrupt");
		return err;
	}
	return 0;
}

/**
 * ks_layout_resolve() - find the members that all slab counts need
 * @btf: the kernel's types
 * @reason: on error set to the missing member
 * @size: bytes of @reason
 *
 * Return: 0, or an error, after which none of them may be read.
 */
int ks_layout_resolve(struct ks_btf *btf, char *reason, size_t size)
{
	int err;

	memset(layout, 0, sizeof(layout));
	memset(ks_places, 0, sizeof(ks_places));
	err = structs_find(btf);
	if (err) {
		scnprintf(reason, size,
			  "this kernel's BTF is of a form not known");
		return err;
	}
	return resolve_members(btf, 0, KS_FIRST_CACHED_MEMBER, reason, size);
}

/**
 * ks_layout_resolve_cached() - find the members that the exact count needs
 * @btf: the kernel's types
 * @reason: on error set to the missing member
 * @size: bytes of @reason
 *
 * After ks_layout_resolve().
 *
 * Return: 0, or an error, after which none of them may be read.
 */
int ks_layout_resolve_cached(const struct ks_btf *btf, char *reason,
			     size_t size)
{
	return resolve_members(btf, KS_FIRST_CACHED_MEMBER, KS_NR_MEMBERS,
			       reason, size);
}

/**
 * ks_layout_size() - get the size of a member
 * @id: the member
 *
 * Return: bytes.
 */
u32 ks_layout_size(enum ks_member id)
{
	return layout[id].bits / 8;
}
