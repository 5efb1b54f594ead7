/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory that readers make the module take: bounded, and shown.
 */
#ifndef KS_RECORD_MEMORY_H
#define KS_RECORD_MEMORY_H

#include <linux/types.h>

/**
 * struct ks_memory - what all readers together take, in bytes
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
void ks_memory_free(void *memory, size_t bytes);
void ks_memory_read(struct ks_memory *memory);

#endif /* KS_RECORD_MEMORY_H */
