/* SPDX-License-Identifier: GPL-2.0-only */
/* Read the files of the host at one time. */
#ifndef KMS_DIAGNOSE_OBSERVE_HOST_MOMENT_H
#define KMS_DIAGNOSE_OBSERVE_HOST_MOMENT_H

#include "diagnose/observation.h"

/*
 * Read all, in at most a part of ns, the length of the observation; what was
 * cut is noted.  False when memory is out.
 */
bool kms_host_moment_observe(struct kms_observation *obs, size_t number,
			     uint64_t ns);

#endif /* KMS_DIAGNOSE_OBSERVE_HOST_MOMENT_H */
