/* SPDX-License-Identifier: GPL-2.0-only */
/* Observe one point in time. */
#ifndef KMS_DIAGNOSE_OBSERVE_MOMENT_H
#define KMS_DIAGNOSE_OBSERVE_MOMENT_H

#include "client/nl.h"
#include "diagnose/observation.h"

/* Dump all records of a type; note says whether a failure is noted. */
void kms_records_observe(struct kms_observation *obs, struct kms_nl *nl,
			 struct kms_records *records, bool *partial, bool note);

/* Observe now; only the first moment notes what is missing. */
void kms_moment_observe(struct kms_observation *obs, struct kms_nl *nl,
			struct kms_moment *moment);

#endif /* KMS_DIAGNOSE_OBSERVE_MOMENT_H */
