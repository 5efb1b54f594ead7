/* SPDX-License-Identifier: GPL-2.0-only */
/* The pools of huge pages, by /sys/kernel/mm/hugepages. */
#ifndef KMS_HOST_HUGE_PAGES_H
#define KMS_HOST_HUGE_PAGES_H

#include <stddef.h>
#include <stdint.h>

/* A host has two or three sizes; others have up to five. */
#define KMS_MAX_HUGE_POOLS 8

/* Pages of one size, of all nodes. */
struct kms_huge_pool {
	uint64_t page_bytes;
	uint64_t nr;		/* in the pool, used or not */
	uint64_t nr_free;
	uint64_t nr_reserved;	/* of the free ones: promised to processes */
	uint64_t nr_surplus;	/* of nr: beyond what was configured */
};

struct kms_huge_pools {
	struct kms_huge_pool pool[KMS_MAX_HUGE_POOLS];
	size_t nr;
};

/* Read the pools in folder, usually that of /sys; none where it lacks. */
void kms_huge_pools_read(struct kms_huge_pools *pools, const char *folder);

/* Free pages that are promised to no process. */
uint64_t kms_huge_pool_unused(const struct kms_huge_pool *pool);

#endif /* KMS_HOST_HUGE_PAGES_H */
