/* SPDX-License-Identifier: GPL-2.0-only */
/* What this host knows about the directories that a walk met. */
#ifndef KMS_DIAGNOSE_OBSERVE_DIRECTORIES_H
#define KMS_DIAGNOSE_OBSERVE_DIRECTORIES_H

#include "diagnose/observation.h"

/* Find the directories of all walks by these mounts; false: no memory. */
bool kms_directories_find(struct kms_observation *obs,
			  const struct kms_mounts *mounts);

#endif /* KMS_DIAGNOSE_OBSERVE_DIRECTORIES_H */
