/* SPDX-License-Identifier: GPL-2.0-only */
/* From growths to causes: what belongs together becomes one finding. */
#ifndef KMS_DIAGNOSE_JUDGE_CAUSES_H
#define KMS_DIAGNOSE_JUDGE_CAUSES_H

#include "diagnose/judge/case.h"

/*
 * Merge the findings that have the same cause, with who holds the memory, and
 * name the cause of all others.  All judges have to be done by then.
 */
void kms_causes_judge(struct kms_case *c);

#endif /* KMS_DIAGNOSE_JUDGE_CAUSES_H */
