/* SPDX-License-Identifier: GPL-2.0-only */
/* The allocators of a cache. */
#ifndef KMS_DIAGNOSE_JUDGE_ALLOCATORS_H
#define KMS_DIAGNOSE_JUDGE_ALLOCATORS_H

#include "diagnose/judge/case.h"

/* Fill in the allocators of its cache, and what is not known about them. */
void kms_allocators_fill(struct kms_case *c, struct kms_finding *finding);

/* The trace of a cache that saw the most allocations, or NULL. */
const struct kms_trace *kms_case_trace(const struct kms_case *c,
				       const char *cache);

/* Its allocations that are without an allocator, out of 1000. */
uint64_t kms_trace_dropped(const struct kms_trace *trace);

#endif /* KMS_DIAGNOSE_JUDGE_ALLOCATORS_H */
