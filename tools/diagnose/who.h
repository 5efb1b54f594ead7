/* SPDX-License-Identifier: GPL-2.0-only */
/* What this host knows about the allocators that a trace saw. */
#ifndef KS_WHO_H
#define KS_WHO_H

#include "diagnose/look.h"

/* Fill in traced->who; false when memory is out. */
bool ks_who_find(struct ks_traced *traced);

#endif /* KS_WHO_H */
