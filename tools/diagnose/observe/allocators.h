/* SPDX-License-Identifier: GPL-2.0-only */
/* What this host knows about the allocators that a trace saw. */
#ifndef KMS_DIAGNOSE_OBSERVE_ALLOCATORS_H
#define KMS_DIAGNOSE_OBSERVE_ALLOCATORS_H

#include "diagnose/observation.h"

/*
 * Fill in the cgroups of a trace's allocators.  This is to be done soon, as
 * they may go; it looks at few files.  False when memory is out.
 */
bool kms_who_begin(struct kms_traced *traced);

/*
 * Fill in the rest, for all traces of a look.  This reads much of /proc, which
 * makes dentries and inodes, so the last look must be over.  False when memory
 * is out.
 */
bool kms_who_find(struct kms_look *look);

#endif /* KMS_DIAGNOSE_OBSERVE_ALLOCATORS_H */
