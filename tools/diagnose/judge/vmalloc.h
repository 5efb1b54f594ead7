/* SPDX-License-Identifier: GPL-2.0-only */
/* Which callers of vmalloc() and vmap() have more than before. */
#ifndef KMS_DIAGNOSE_JUDGE_VMALLOC_H
#define KMS_DIAGNOSE_JUDGE_VMALLOC_H

#include "diagnose/judge/case.h"

/*
 * Add the callers that grew to the evidence: of memory of vmalloc() itself, or of
 * pages that they allocated and mapped.  Returns whether they explain half of the
 * finding's growth.
 */
bool kms_vmalloc_tell(struct kms_case *c, struct kms_finding *finding,
		      bool mapped);

#endif /* KMS_DIAGNOSE_JUDGE_VMALLOC_H */
