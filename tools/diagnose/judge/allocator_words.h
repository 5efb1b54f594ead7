/* SPDX-License-Identifier: GPL-2.0-only */
/* Allocators in words, as findings and remedies name them. */
#ifndef KMS_DIAGNOSE_JUDGE_ALLOCATOR_WORDS_H
#define KMS_DIAGNOSE_JUDGE_ALLOCATOR_WORDS_H

#include "diagnose/finding.h"

/* Fill in its label, chain and share in words; its numbers must be there. */
void kms_allocator_words(struct kms_strings *strings,
			 const struct kms_finding *finding,
			 struct kms_found_allocator *allocator);

#endif /* KMS_DIAGNOSE_JUDGE_ALLOCATOR_WORDS_H */
