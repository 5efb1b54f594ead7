/* SPDX-License-Identifier: GPL-2.0-only */
/* A verdict that gets its remedies, one by one. */
#ifndef KMS_DIAGNOSE_TELL_ADVICE_H
#define KMS_DIAGNOSE_TELL_ADVICE_H

#include "diagnose/finding.h"
#include "diagnose/observation.h"

struct kms_advice {
	const struct kms_look *look;
	struct kms_strings *strings;	/* the verdict's */
};

/* Creators that are worth a remedy of their own. */
#define KMS_STOPPED_MAX 3

/* Append a remedy with its command, of which it makes the line. */
void kms_remedy_give(struct kms_advice *a, struct kms_finding *finding,
		     struct kms_remedy remedy);

#endif /* KMS_DIAGNOSE_TELL_ADVICE_H */
