/* SPDX-License-Identifier: GPL-2.0-only */
/* The judges: each appends its findings, or adds to those that are there. */
#ifndef KMS_DIAGNOSE_JUDGE_JUDGE_H
#define KMS_DIAGNOSE_JUDGE_JUDGE_H

#include "diagnose/judge/case.h"

void kms_judge_caches(struct kms_case *c);
void kms_judge_pages(struct kms_case *c);
void kms_judge_fragmentation(struct kms_case *c);
void kms_judge_stock(struct kms_case *c);

/*
 * Call a finding benign if it is a cache that the kernel gives back, while
 * there is plenty of memory.
 */
void kms_benign_judge(struct kms_case *c, struct kms_finding *finding);

/* Fill in how much of it the kernel could give back, at most. */
void kms_reclaimable_fill(struct kms_case *c, struct kms_finding *finding);

#endif /* KMS_DIAGNOSE_JUDGE_JUDGE_H */
