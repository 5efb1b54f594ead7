/* SPDX-License-Identifier: GPL-2.0-only */
/* The host's memory in sum, and what growth an observation can see. */
#ifndef KMS_DIAGNOSE_JUDGE_TOTALS_H
#define KMS_DIAGNOSE_JUDGE_TOTALS_H

#include "diagnose/judge/case.h"

/* Fill in the parts of the host's memory. */
void kms_totals_fill(struct kms_totals *totals,
		     const struct kms_observation *obs);

/* Fill in the slowest growth that each judge can see, in bytes a second. */
void kms_floors_fill(struct kms_case *c);

/* By how much the growth of unaccounted memory may be off, in bytes. */
int64_t kms_unaccounted_error(const struct kms_case *c);

#endif /* KMS_DIAGNOSE_JUDGE_TOTALS_H */
