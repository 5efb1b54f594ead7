/* SPDX-License-Identifier: GPL-2.0-only */
/* How much harm a finding does, apart from how sure it is. */
#ifndef KMS_DIAGNOSE_JUDGE_SEVERITY_H
#define KMS_DIAGNOSE_JUDGE_SEVERITY_H

#include "diagnose/judge/case.h"

/*
 * Fill in severity and why_severe of a finding.  One that its own judge rated
 * stays as it is.
 */
void kms_severity_judge(struct kms_case *c, struct kms_finding *finding);

/* The highest of all findings; KMS_OK_SEVERITY without any. */
enum kms_severity kms_severity_highest(const struct kms_verdict *verdict);

#endif /* KMS_DIAGNOSE_JUDGE_SEVERITY_H */
