/* SPDX-License-Identifier: GPL-2.0-only */
/* The judges, a file each: they append findings, or add to those there are. */
#ifndef KMS_DIAGNOSE_JUDGE_JUDGE_H
#define KMS_DIAGNOSE_JUDGE_JUDGE_H

#include "diagnose/judge/case.h"

void kms_judge_dentries(struct kms_case *c);
void kms_judge_slab(struct kms_case *c);
void kms_judge_pages(struct kms_case *c);
void kms_judge_fragmentation(struct kms_case *c);
void kms_judge_process_memory(struct kms_case *c);
void kms_judge_shared_memory(struct kms_case *c);
void kms_judge_huge_pages(struct kms_case *c);
void kms_judge_node_full(struct kms_case *c);
void kms_judge_zombies(struct kms_case *c);
void kms_judge_stock(struct kms_case *c);

/* Fill in how much of it the kernel could reclaim, at most. */
void kms_reclaimable_fill(struct kms_case *c, struct kms_finding *finding);

#endif /* KMS_DIAGNOSE_JUDGE_JUDGE_H */
