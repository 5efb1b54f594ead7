/* SPDX-License-Identifier: GPL-2.0-only */
/* What this host knows about the allocators that a trace saw. */
#ifndef KS_WHO_H
#define KS_WHO_H

#include "diagnose/look.h"

/*
 * Fill in traced->who, of a trace that began at a time of CLOCK_BOOTTIME; false
 * when memory is out.
 */
bool ks_who_find(struct ks_traced *traced, uint64_t began_ns);

#endif /* KS_WHO_H */
