/* SPDX-License-Identifier: GPL-2.0-only */
/* What this host knows about the allocators that a trace saw. */
#ifndef KS_WHO_H
#define KS_WHO_H

#include "diagnose/look.h"

/*
 * Fill in the cgroups of a trace's allocators.  This is to be done soon, as
 * they may go; it looks at few files.  False when memory is out.
 */
bool ks_who_begin(struct ks_traced *traced);

/*
 * Fill in the rest, for all traces of a look.  This reads much of /proc, which
 * makes dentries and inodes, so the last look must be over.  False when memory
 * is out.
 */
bool ks_who_find(struct ks_look *look);

#endif /* KS_WHO_H */
