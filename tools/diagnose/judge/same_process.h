/* SPDX-License-Identifier: GPL-2.0-only */
/* One finding for one process. */
#ifndef KMS_DIAGNOSE_JUDGE_SAME_PROCESS_H
#define KMS_DIAGNOSE_JUDGE_SAME_PROCESS_H

#include "diagnose/judge/case.h"

/*
 * Make slower growth of who holds faster growth a part of that.  All causes
 * have to be named by then.
 */
void kms_same_process_judge(struct kms_case *c);

#endif /* KMS_DIAGNOSE_JUDGE_SAME_PROCESS_H */
