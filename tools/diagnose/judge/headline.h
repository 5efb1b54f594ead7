/* SPDX-License-Identifier: GPL-2.0-only */
/* The one sentence about a slab cache that grew. */
#ifndef KMS_DIAGNOSE_JUDGE_HEADLINE_H
#define KMS_DIAGNOSE_JUDGE_HEADLINE_H

#include "diagnose/judge/case.h"

/*
 * Say that its cache grows and what fills it, with the directory and the
 * allocator as far as there is room: a headline has at most 20 words.
 */
void kms_headline_fill(struct kms_case *c, struct kms_finding *finding,
		       const char *what);

/*
 * " in /mnt/data", with the pattern of its names or not; "" if no directory has
 * half of it.
 */
const char *kms_where_words(struct kms_case *c,
			    const struct kms_finding *finding, bool pattern);

/* "dentry cache", "ext4_inode_cache" */
const char *kms_cache_words(struct kms_case *c, const char *cache);

#endif /* KMS_DIAGNOSE_JUDGE_HEADLINE_H */
