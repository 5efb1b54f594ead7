/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether the reclaim of the host holds tasks up. */
#ifndef KMS_DIAGNOSE_JUDGE_PRESSURE_H
#define KMS_DIAGNOSE_JUDGE_PRESSURE_H

#include "diagnose/judge/case.h"

/* Fill in how much tasks waited for memory, and whether that hurts. */
void kms_pressure_fill(struct kms_case *c);

/*
 * Append a finding if it hurts, and no other finding is a warning.  All others
 * must have their severity.
 */
void kms_pressure_judge(struct kms_case *c);

#endif /* KMS_DIAGNOSE_JUDGE_PRESSURE_H */
