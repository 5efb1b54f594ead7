/* SPDX-License-Identifier: GPL-2.0-only */
/* Observe this host and its module; nothing is judged here. */
#ifndef KMS_DIAGNOSE_OBSERVE_OBSERVE_H
#define KMS_DIAGNOSE_OBSERVE_OBSERVE_H

#include "diagnose/observation.h"

/* Observe this host for about ns. */
enum kms_status kms_observe(struct kms_observation *obs, uint64_t ns,
			    struct kms_error *err);

#endif /* KMS_DIAGNOSE_OBSERVE_OBSERVE_H */
