/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes that ended, and whose parent does not wait for them. */
#ifndef KMS_DIAGNOSE_JUDGE_ZOMBIES_H
#define KMS_DIAGNOSE_JUDGE_ZOMBIES_H

#include "diagnose/judge/case.h"

struct kms_zombies {
	uint32_t parent;	/* the process with the most zombies; 0: none */
	uint64_t nr;		/* its zombies, now */
	int64_t growth;		/* more than before, in the time of the case;
				 * KMS_UNKNOWN_SIGNED
				 */
	uint64_t nr_all;	/* zombies of all parents, now */
};

/* Find the parent with the most zombies; false without any. */
bool kms_zombies_find(const struct kms_case *c, struct kms_zombies *zombies);

#endif /* KMS_DIAGNOSE_JUDGE_ZOMBIES_H */
