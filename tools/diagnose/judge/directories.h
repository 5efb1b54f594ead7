/* SPDX-License-Identifier: GPL-2.0-only */
/* The directories that dentries are in. */
#ifndef KMS_DIAGNOSE_JUDGE_DIRECTORIES_H
#define KMS_DIAGNOSE_JUDGE_DIRECTORIES_H

#include "diagnose/judge/case.h"
#include "host/samples.h"

/*
 * Fill in the directories with the most of these dentries or, where two walks
 * tell, with the most growth.
 */
void kms_places_fill(struct kms_case *c, struct kms_finding *finding,
		     enum kms_dentries which, bool growing);

/* Fill in what is known of one directory of a walk, but for its share. */
void kms_place_fill(struct kms_case *c, struct kms_found_place *place,
		    const struct kms_walk *walk, size_t row,
		    enum kms_dentries which);

#endif /* KMS_DIAGNOSE_JUDGE_DIRECTORIES_H */
