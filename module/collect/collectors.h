/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The collectors of this folder, for main.c's array.
 */
#ifndef KS_COLLECT_COLLECTORS_H
#define KS_COLLECT_COLLECTORS_H

extern const struct ks_collector ks_collector_slab;
extern const struct ks_collector ks_collector_zone;
extern const struct ks_collector ks_collector_buddy;
extern const struct ks_collector ks_collector_migratetype;
extern const struct ks_collector ks_collector_node;
extern const struct ks_collector ks_collector_counter;
extern const struct ks_collector ks_collector_dentry;

#endif /* KS_COLLECT_COLLECTORS_H */
