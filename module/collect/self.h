/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module's status, for whoever exports it.
 */
#ifndef KS_COLLECT_SELF_H
#define KS_COLLECT_SELF_H

#include "collect/collect.h"

void ks_self_status(struct ks_status_record *record);

#endif /* KS_COLLECT_SELF_H */
