/* SPDX-License-Identifier: GPL-2.0-only */
/* What to do about findings, with its cost and its effect. */
#ifndef KMS_DIAGNOSE_TELL_REMEDIES_H
#define KMS_DIAGNOSE_TELL_REMEDIES_H

#include "diagnose/finding.h"
#include "diagnose/observation.h"

/*
 * Append the remedies to all findings of a verdict of this observation.
 * KMS_ERROR when memory is out.
 */
enum kms_status kms_remedies_fill(struct kms_verdict *verdict,
				  const struct kms_observation *obs,
				  struct kms_error *err);

#endif /* KMS_DIAGNOSE_TELL_REMEDIES_H */
