/* SPDX-License-Identifier: GPL-2.0-only */
/* What the objects of a slab cache are, by its name. */
#ifndef KS_CACHE_KIND_H
#define KS_CACHE_KIND_H

#include <stdbool.h>

enum ks_cache_kind {
	KS_CACHE_DENTRY,
	KS_CACHE_INODE,		/* of files on a disk or a server */
	KS_CACHE_MEMORY_INODE,	/* of files that are only in memory: pinned */
	KS_CACHE_RECLAIMABLE,
	KS_CACHE_UNRECLAIMABLE,
};

/*
 * The kind of a cache.  *noun becomes what people call its objects, or NULL.
 * The flag says what the cache claims; known names may correct it.
 */
enum ks_cache_kind ks_cache_kind_of(const char *name, bool reclaimable,
				    const char **noun);

/* Are its objects dentries, or inodes that a directory can hold? */
static inline bool ks_cache_has_directory(enum ks_cache_kind kind)
{
	return kind <= KS_CACHE_MEMORY_INODE;
}

/* Can the kernel give its objects back when memory is short? */
static inline bool ks_cache_is_reclaimable(enum ks_cache_kind kind)
{
	return kind != KS_CACHE_MEMORY_INODE && kind != KS_CACHE_UNRECLAIMABLE;
}

#endif /* KS_CACHE_KIND_H */
