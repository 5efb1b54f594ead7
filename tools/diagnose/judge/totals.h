/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of the host's memory. */
#ifndef KMS_DIAGNOSE_JUDGE_TOTALS_H
#define KMS_DIAGNOSE_JUDGE_TOTALS_H

#include "diagnose/finding.h"
#include "diagnose/observation.h"

/* Fill in the parts of the host's memory. */
void kms_totals_fill(struct kms_totals *totals,
		     const struct kms_observation *obs);

/* Slab memory of a moment that is in no cache, in bytes. */
int64_t kms_large_kmalloc(const struct kms_observation *obs,
			  const struct kms_moment *moment);

/* By how much the growth of unaccounted memory may be off, in bytes. */
int64_t kms_unaccounted_error(const struct kms_observation *obs);

#endif /* KMS_DIAGNOSE_JUDGE_TOTALS_H */
