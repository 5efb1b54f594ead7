/* SPDX-License-Identifier: GPL-2.0-only */
/* Remedies of a verdict, under construction. */
#ifndef KMS_DIAGNOSE_TELL_ADVICE_H
#define KMS_DIAGNOSE_TELL_ADVICE_H

#include "diagnose/finding.h"
#include "diagnose/observation.h"

struct kms_advice {
	const struct kms_observation *obs;
	struct kms_strings *strings;	/* the verdict's */
};

/* Allocators that get a remedy of their own. */
#define KMS_MAX_STOPS 3

/* Append a remedy, with the line of its command. */
void kms_remedy_give(struct kms_advice *a, struct kms_finding *finding,
		     struct kms_remedy remedy);

#endif /* KMS_DIAGNOSE_TELL_ADVICE_H */
