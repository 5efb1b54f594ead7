/* SPDX-License-Identifier: GPL-2.0-only */
/* The directories that dentries are in, out of two walks. */
#ifndef KMS_DIAGNOSE_JUDGE_DIRECTORIES_H
#define KMS_DIAGNOSE_JUDGE_DIRECTORIES_H

#include "diagnose/judge/case.h"

/*
 * Fill in the directories with the most of these dentries or, where there are
 * two walks, with the most growth.
 */
void kms_directories_fill(struct kms_case *c, struct kms_finding *finding,
			  enum kms_dentries which, bool growing);

#endif /* KMS_DIAGNOSE_JUDGE_DIRECTORIES_H */
