/* SPDX-License-Identifier: GPL-2.0-only */
/* How to stop who allocates, with what it costs. */
#ifndef KMS_DIAGNOSE_TELL_STOP_H
#define KMS_DIAGNOSE_TELL_STOP_H

#include "diagnose/tell/advice.h"

/* Append how to stop one, unless nothing but its name is known. */
void kms_stop_add(struct kms_advice *a, struct kms_finding *finding,
		  const struct kms_found_creator *creator);

/*
 * Is its service one of the host's own systemd, whose only job is this?  Then
 * the service is what to stop, or to change.
 */
bool kms_service_is_own(const struct kms_found_creator *creator);

#endif /* KMS_DIAGNOSE_TELL_STOP_H */
