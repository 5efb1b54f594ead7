/* SPDX-License-Identifier: GPL-2.0-only */
/* The sentence about a cause: the resource, how many, and who holds it. */
#ifndef KMS_DIAGNOSE_JUDGE_CAUSE_WORDS_H
#define KMS_DIAGNOSE_JUDGE_CAUSE_WORDS_H

#include "diagnose/judge/holders.h"

struct kms_cause_found {
	const struct kms_cause *cause;
	const struct kms_grown *grown;
	const struct kms_holders *holders;
	size_t nr_members;
};

/* Set the sentence of a finding that has this cause, and its evidence. */
void kms_cause_words(struct kms_case *c, struct kms_finding *finding,
		     const struct kms_cause_found *found);

/* Set the sentence about several caches that one allocator fills. */
void kms_leak_words(struct kms_case *c, struct kms_finding *finding,
		    size_t nr_caches);

/* Name the cause of a finding that no row of the table explains. */
void kms_cause_name(struct kms_case *c, struct kms_finding *finding);

#endif /* KMS_DIAGNOSE_JUDGE_CAUSE_WORDS_H */
