/* SPDX-License-Identifier: GPL-2.0-only */
/* Look at this host and its module; nothing is judged here. */
#ifndef KMS_DIAGNOSE_OBSERVE_OBSERVE_H
#define KMS_DIAGNOSE_OBSERVE_OBSERVE_H

#include "diagnose/observation.h"

/* Look at this host for about so long. */
enum kms_status kms_look_take(struct kms_look *look, uint64_t ns,
			      struct kms_error *err);

#endif /* KMS_DIAGNOSE_OBSERVE_OBSERVE_H */
