/* SPDX-License-Identifier: GPL-2.0-only */
/* The allocators of a cache. */
#ifndef KMS_DIAGNOSE_JUDGE_ALLOCATORS_H
#define KMS_DIAGNOSE_JUDGE_ALLOCATORS_H

#include "diagnose/judge/case.h"

/* Fill in the allocators of its cache, and what is not known about them. */
void kms_allocators_fill(struct kms_case *c, struct kms_finding *finding);

#endif /* KMS_DIAGNOSE_JUDGE_ALLOCATORS_H */
