/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where members of the kernel's private structs are, from the running
 * kernel's own BTF.
 */
#ifndef KS_INTERNALS_LAYOUT_H
#define KS_INTERNALS_LAYOUT_H

#include <linux/types.h>

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
	KS_SHEAVES_RCU_FREE,
	KS_SHEAF_CACHE,
	KS_SHEAF_SIZE,
	KS_PER_NODE_BARN,
	KS_NODE_BARN,
	KS_BARN_NR_FULL,
	KS_NR_MEMBERS,
};

struct ks_btf;

int ks_layout_resolve(const struct ks_btf *btf, char *reason, size_t size);
int ks_layout_resolve_cached(const struct ks_btf *btf, char *reason,
			     size_t size);
bool ks_layout_has(enum ks_member id);
u32 ks_layout_size(enum ks_member id);
u32 ks_layout_offset(enum ks_member id);
u32 ks_layout_end(enum ks_member id);
u64 ks_layout_decode(const void *object, enum ks_member id);
int ks_layout_read(const void *object, enum ks_member id, u64 *value);

#endif /* KS_INTERNALS_LAYOUT_H */
