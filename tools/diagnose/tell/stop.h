/* SPDX-License-Identifier: GPL-2.0-only */
/* How to stop an allocator or a holder, with its cost. */
#ifndef KMS_DIAGNOSE_TELL_STOP_H
#define KMS_DIAGNOSE_TELL_STOP_H

#include "diagnose/tell/advice.h"

/* Append how to stop it, if it is a task that may be stopped. */
void kms_stop_add(struct kms_advice *a, struct kms_finding *finding,
		  const struct kms_found_allocator *allocator);

/* Set text, command and cost of a remedy that stops this holder. */
void kms_holder_stop(struct kms_advice *a, struct kms_remedy *remedy,
		     const struct kms_found_holder *holder);

/*
 * Does it alone make up a service of the host's own systemd?  Then that service
 * is to be stopped, or changed.
 */
bool kms_service_is_own(const struct kms_found_allocator *allocator);

#endif /* KMS_DIAGNOSE_TELL_STOP_H */
