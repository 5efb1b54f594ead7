// SPDX-License-Identifier: GPL-2.0-only
/* Caches that the kernel reclaims by itself: they do no harm. */
#include "diagnose/judge/judge.h"
#include "lib/words.h"

void kms_benign_judge(struct kms_case *c, struct kms_finding *finding)
{
	/*
	 * Negative dentries are reclaimable as well, but useless: failed
	 * lookups leave nothing else.
	 */
	switch (finding->kind) {
	case KMS_FINDING_POSITIVE_DENTRIES:
	case KMS_FINDING_INODES:
	case KMS_FINDING_RECLAIMABLE_SLAB:
		break;
	case KMS_FINDING_STOCK:
		if (!finding->negative)
			break;
		return;
	default:
		return;
	}
	if (!finding->reclaimable || finding->guessed ||
	    !kms_case_has_plenty(c))
		return;
	finding->benign = true;
	kms_tell(c, &finding->evidence,
		 "the kernel reclaims these objects when memory is short; %s is available now",
		 kms_words_bytes(c->verdict->totals.available).text);
}
