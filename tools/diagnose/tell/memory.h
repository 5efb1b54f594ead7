/* SPDX-License-Identifier: GPL-2.0-only */
/* What to do about memory that processes hold, and about huge pages. */
#ifndef KMS_DIAGNOSE_TELL_MEMORY_H
#define KMS_DIAGNOSE_TELL_MEMORY_H

#include "diagnose/tell/advice.h"

/* Append remedies; false if the finding is of another kind. */
bool kms_memory_remedies_add(struct kms_advice *a, struct kms_finding *finding);

#endif /* KMS_DIAGNOSE_TELL_MEMORY_H */
