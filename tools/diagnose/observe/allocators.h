/* SPDX-License-Identifier: GPL-2.0-only */
/* What this host knows about the allocators that a trace saw. */
#ifndef KMS_DIAGNOSE_OBSERVE_ALLOCATORS_H
#define KMS_DIAGNOSE_OBSERVE_ALLOCATORS_H

#include "diagnose/observation.h"

/*
 * Find the cgroups of a trace's allocators.  Do this soon, before they go; it
 * reads few files.  False when memory is out.
 */
bool kms_allocators_begin(struct kms_trace *trace);

#endif /* KMS_DIAGNOSE_OBSERVE_ALLOCATORS_H */
