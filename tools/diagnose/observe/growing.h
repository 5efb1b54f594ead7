/* SPDX-License-Identifier: GPL-2.0-only */
/* The caches that grow and are worth a trace. */
#ifndef KMS_DIAGNOSE_OBSERVE_GROWING_H
#define KMS_DIAGNOSE_OBSERVE_GROWING_H

#include "diagnose/observation.h"

#define KMS_MAX_GROWING 3

struct kms_growing {
	char *cache[KMS_MAX_GROWING];
	bool stacks[KMS_MAX_GROWING];		/* trace with stacks */
	bool unreclaimable[KMS_MAX_GROWING];
	size_t nr;
	uint64_t max_ns;	/* for a trace of each; 0: no limit of its own */
	bool dentries;		/* dentries or inodes grow: walk them */
};

/* Add caches that grew by at least min_bytes, the largest first. */
void kms_growing_find(struct kms_growing *growing,
		      const struct kms_observation *obs,
		      const struct kms_moment *older,
		      const struct kms_moment *newer, int64_t min_bytes);

/*
 * Add unreclaimable caches that grew by less, or are the largest.  They grew
 * steadily if they did so from older to last and from last to now.
 */
void kms_growing_slow(struct kms_growing *growing,
		      const struct kms_observation *obs,
		      const struct kms_moment *older,
		      const struct kms_moment *last,
		      const struct kms_moment *now);

void kms_growing_free(struct kms_growing *growing);

#endif /* KMS_DIAGNOSE_OBSERVE_GROWING_H */
