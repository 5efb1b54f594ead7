/* SPDX-License-Identifier: GPL-2.0-only */
/* Have the kernel reclaim what it can. */
#ifndef KMS_DIAGNOSE_TELL_RECLAIM_H
#define KMS_DIAGNOSE_TELL_RECLAIM_H

#include "diagnose/tell/advice.h"

/* Append the remedies that reclaim memory. */
void kms_reclaim_add(struct kms_advice *a, struct kms_finding *finding);

#endif /* KMS_DIAGNOSE_TELL_RECLAIM_H */
