/* SPDX-License-Identifier: GPL-2.0-only */
/* Allocators in words, as findings and remedies name them. */
#ifndef KMS_DIAGNOSE_ALLOCATOR_WORDS_H
#define KMS_DIAGNOSE_ALLOCATOR_WORDS_H

#include "diagnose/finding.h"

/* "curl", "[kworker/N:N: function]", "[softirq]" */
const char *kms_creator_name(struct kms_strings *strings,
			     const struct kms_found_creator *creator);

/* "curl <- probe.sh <- cron" */
const char *kms_creator_words(struct kms_strings *strings,
			      const struct kms_found_creator *creator);

/* "97 %", or "97 % of what was traced (0.9 % of the growth)" */
const char *kms_creator_share(struct kms_strings *strings,
			      const struct kms_finding *finding,
			      const struct kms_found_creator *creator);

#endif /* KMS_DIAGNOSE_ALLOCATOR_WORDS_H */
