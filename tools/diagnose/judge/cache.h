/* SPDX-License-Identifier: GPL-2.0-only */
/* A finding about a slab cache that grew: its numbers and its certainty. */
#ifndef KMS_DIAGNOSE_JUDGE_CACHE_H
#define KMS_DIAGNOSE_JUDGE_CACHE_H

#include "diagnose/judge/case.h"

/* Is it growth that matters, beside the largest there is? */
bool kms_cache_is_judged(const struct kms_case *c,
			 const struct kms_growth *growth);

/*
 * Append a finding about a part, out of 1000, of the growth of a cache.  NULL
 * when there are too many findings.
 */
struct kms_finding *kms_cache_finding(struct kms_case *c,
				      enum kms_finding_kind kind,
				      const struct kms_growth *growth,
				      uint64_t permille);

#endif /* KMS_DIAGNOSE_JUDGE_CACHE_H */
