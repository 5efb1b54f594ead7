/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared memory and pinned page cache that are large, and do not grow. */
#ifndef KMS_DIAGNOSE_JUDGE_SHARED_STOCK_H
#define KMS_DIAGNOSE_JUDGE_SHARED_STOCK_H

#include "diagnose/judge/case.h"

/* Judge the size of shared memory; KMS_UNKNOWN is never large. */
void kms_shared_stock_judge(struct kms_case *c, uint64_t bytes);

/* The same for page cache that cannot be reclaimed. */
void kms_pinned_stock_judge(struct kms_case *c);

/* Add where that is to a finding, and return what it is in words. */
const char *kms_pinned_words(struct kms_case *c, struct kms_finding *finding);

#endif /* KMS_DIAGNOSE_JUDGE_SHARED_STOCK_H */
