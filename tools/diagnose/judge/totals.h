/* SPDX-License-Identifier: GPL-2.0-only */
/* The host's memory in sum, and what growth an observation can see. */
#ifndef KMS_DIAGNOSE_JUDGE_TOTALS_H
#define KMS_DIAGNOSE_JUDGE_TOTALS_H

#include "diagnose/judge/case.h"

/* The host in sum. */
void kms_totals_fill(struct kms_totals *totals, const struct kms_look *look);

/* The floors in bytes a second, for each of the judges. */
void kms_floors_fill(struct kms_case *c);

/* How far pages that no counter explains may be off from look to look. */
int64_t kms_unaccounted_error(const struct kms_case *c);

#endif /* KMS_DIAGNOSE_JUDGE_TOTALS_H */
