/* SPDX-License-Identifier: GPL-2.0-only */
/* Who allocated from a cache. */
#ifndef KMS_DIAGNOSE_JUDGE_ALLOCATORS_H
#define KMS_DIAGNOSE_JUDGE_ALLOCATORS_H

#include "diagnose/judge/case.h"

/* Fill in who allocated from the cache, and what of it is not known. */
void kms_creators_fill(struct kms_case *c, struct kms_finding *finding);

/* The trace of a cache that saw most, or NULL. */
const struct kms_traced *kms_case_traced(const struct kms_case *c,
					 const char *cache);

/* Its allocations that are without an allocator, out of 1000. */
uint64_t kms_traced_dropped(const struct kms_traced *traced);

#endif /* KMS_DIAGNOSE_JUDGE_ALLOCATORS_H */
