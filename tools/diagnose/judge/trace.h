/* SPDX-License-Identifier: GPL-2.0-only */
/* The trace of a cache, and how much of its growth that explains. */
#ifndef KMS_DIAGNOSE_JUDGE_TRACE_H
#define KMS_DIAGNOSE_JUDGE_TRACE_H

#include "diagnose/judge/case.h"

/* The trace of a cache that saw the most allocations, or NULL. */
const struct kms_trace *kms_case_trace(const struct kms_case *c,
				       const char *cache);

/* Its allocations without an allocator, out of 1000; KMS_UNKNOWN. */
uint64_t kms_trace_dropped(const struct kms_trace *trace);

/* The part of the growth that it attributes to allocators; KMS_UNKNOWN. */
uint64_t kms_trace_attributed(const struct kms_trace *trace);

/* Append what it saw to the evidence, and what it missed. */
void kms_trace_tell(struct kms_case *c, struct kms_finding *finding,
		    const struct kms_trace_record *trace);

#endif /* KMS_DIAGNOSE_JUDGE_TRACE_H */
