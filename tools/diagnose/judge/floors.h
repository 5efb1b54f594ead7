/* SPDX-License-Identifier: GPL-2.0-only */
/* The least growth that matters on a host, in the time observed. */
#ifndef KMS_DIAGNOSE_JUDGE_FLOORS_H
#define KMS_DIAGNOSE_JUDGE_FLOORS_H

#include "diagnose/judge/case.h"

/*
 * Fill in the floors of a case, and in bytes a second those of its verdict and
 * of a longer observation.
 */
void kms_floors_fill(struct kms_case *c);

#endif /* KMS_DIAGNOSE_JUDGE_FLOORS_H */
