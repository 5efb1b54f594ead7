/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state of the module itself, and of its collectors.
 */
#ifndef KS_RUN_STATUS_H
#define KS_RUN_STATUS_H

struct ks_status_record;

extern const struct ks_collector ks_collector_self;

void ks_status_fill(struct ks_status_record *record);

#endif /* KS_RUN_STATUS_H */
