/* SPDX-License-Identifier: GPL-2.0-only */
/* From an observation to a verdict; nothing here asks the kernel. */
#ifndef KMS_DIAGNOSE_JUDGE_VERDICT_H
#define KMS_DIAGNOSE_JUDGE_VERDICT_H

#include "diagnose/finding.h"
#include "diagnose/observation.h"

/* The observation must outlive the verdict.  KMS_ERROR when memory is out. */
enum kms_status kms_verdict_make(struct kms_verdict *verdict,
				 const struct kms_observation *obs,
				 struct kms_error *err);

void kms_verdict_free(struct kms_verdict *verdict);

#endif /* KMS_DIAGNOSE_JUDGE_VERDICT_H */
