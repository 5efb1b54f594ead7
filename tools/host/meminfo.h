/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts of memory that only /proc/meminfo has. */
#ifndef KMS_HOST_MEMINFO_H
#define KMS_HOST_MEMINFO_H

#include <stdint.h>

/* In bytes; KMS_UNKNOWN where the kernel prints none. */
struct kms_meminfo {
	uint64_t cached;
	uint64_t buffers;
	uint64_t shmem;
	uint64_t active_file;
	uint64_t inactive_file;
	uint64_t unevictable;
	uint64_t mlocked;
	uint64_t swap_total;
	uint64_t swap_free;
	uint64_t huge_page;	/* the size of a page of the default pool */
};

/* Parse the text of /proc/meminfo. */
struct kms_meminfo kms_meminfo_parse(const char *text);

/*
 * Page cache that the kernel cannot reclaim: of ramfs, or locked.  Anonymous
 * and shared memory is not in it.
 */
uint64_t kms_meminfo_pinned_cache(const struct kms_meminfo *meminfo);

/* Swap in use. */
uint64_t kms_meminfo_swapped(const struct kms_meminfo *meminfo);

#endif /* KMS_HOST_MEMINFO_H */
