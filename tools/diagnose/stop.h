/* SPDX-License-Identifier: GPL-2.0-only */
/* How to stop who allocates, with what it costs. */
#ifndef KS_STOP_H
#define KS_STOP_H

#include "diagnose/verdict.h"

/* Append how to stop one, unless nothing but its name is known. */
void ks_stop_add(struct ks_case *c, struct ks_finding *finding,
		 const struct ks_found_creator *creator);

/*
 * Is its service one of the host's own systemd, whose only job is this?  Then
 * the service is what to stop, or to change.
 */
bool ks_service_is_own(const struct ks_found_creator *creator);

#endif /* KS_STOP_H */
