/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory for readers: bounded, and shown in status.
 */
#ifndef KS_RECORD_MEMORY_H
#define KS_RECORD_MEMORY_H

#include <linux/gfp.h>
#include <linux/types.h>

/*
 * Memory for a reader is charged to its cgroup. It must never call the OOM
 * killer, so __GFP_NORETRY fails instead. The reader gets the error, so the
 * kernel's log needs no warning.
 */
#define KS_GFP		(GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_NORETRY)

/* For a caller that others wait for: wakes kswapd at most. */
#define KS_GFP_NOW	(GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT)

/**
 * struct ks_memory - memory of all readers, in bytes
 * @now: now
 * @peak: at most so far
 * @limit: at most ever
 */
struct ks_memory {
	u64 now;
	u64 peak;
	u64 limit;
};

void *ks_memory_alloc(size_t bytes);
void *ks_memory_zalloc(size_t bytes);
void *ks_memory_alloc_now(size_t bytes);
void *ks_memory_zalloc_now(size_t bytes);
void ks_memory_free(void *memory, size_t bytes);
void ks_memory_read(struct ks_memory *memory);

#endif /* KS_RECORD_MEMORY_H */
