/* SPDX-License-Identifier: GPL-2.0-only */
/* What the objects of a slab cache are, by its name. */
#ifndef KMS_DIAGNOSE_CACHE_KIND_H
#define KMS_DIAGNOSE_CACHE_KIND_H

#include <stdbool.h>

enum kms_cache_kind {
	KMS_CACHE_DENTRY,
	KMS_CACHE_INODE,		/* of files on a disk or a server */
	KMS_CACHE_MEMORY_INODE,	/* of files that are only in memory: pinned */
	KMS_CACHE_RECLAIMABLE,
	KMS_CACHE_UNRECLAIMABLE,
};

/*
 * Find the kind of a cache, and the noun for its objects or NULL.  reclaimable
 * is what the cache claims, which its name may correct.
 */
enum kms_cache_kind kms_cache_kind_of(const char *name, bool reclaimable,
				      const char **noun);

/* Are its objects dentries, or inodes that a directory can hold? */
static inline bool kms_cache_has_directory(enum kms_cache_kind kind)
{
	return kind <= KMS_CACHE_MEMORY_INODE;
}

/* Can the kernel reclaim its objects when memory is short? */
static inline bool kms_cache_is_reclaimable(enum kms_cache_kind kind)
{
	return kind != KMS_CACHE_MEMORY_INODE &&
	       kind != KMS_CACHE_UNRECLAIMABLE;
}

#endif /* KMS_DIAGNOSE_CACHE_KIND_H */
