/* SPDX-License-Identifier: GPL-2.0-only */
/* What to do about those who hold memory, or about what they made. */
#ifndef KMS_DIAGNOSE_TELL_HOLDERS_H
#define KMS_DIAGNOSE_TELL_HOLDERS_H

#include "diagnose/tell/advice.h"

/* Append what helps against its cause, where that is no fault of the kernel. */
void kms_holders_add(struct kms_advice *a, struct kms_finding *finding);

/* Does it help to stop those who allocate?  Not where others hold it. */
bool kms_allocator_is_culprit(const struct kms_finding *finding);

/* Does its owner free it, by closing, ending or removing something? */
bool kms_is_freed_by_owner(const struct kms_finding *finding);

#endif /* KMS_DIAGNOSE_TELL_HOLDERS_H */
