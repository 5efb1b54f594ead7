/* SPDX-License-Identifier: GPL-2.0-only */
/* The time between the first moment and the last: see what begins to grow. */
#ifndef KMS_DIAGNOSE_OBSERVE_WATCH_H
#define KMS_DIAGNOSE_OBSERVE_WATCH_H

#include "client/nl.h"
#include "diagnose/observation.h"

/*
 * Observe a moment every second, trace what grows, walk the dentries again
 * where they do, and keep the middle moment.  This takes the time between from
 * and end of CLOCK_BOOTTIME; the observation began at start.
 */
void kms_watch(struct kms_observation *obs, struct kms_nl *nl, uint64_t start,
	       uint64_t from, uint64_t end);

#endif /* KMS_DIAGNOSE_OBSERVE_WATCH_H */
