/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /sys/kernel/debug/kmemscope: a read-only file for each record type.
 */
#ifndef KS_EXPORT_DEBUGFS_H
#define KS_EXPORT_DEBUGFS_H

void ks_debugfs_init(void);
void ks_debugfs_exit(void);

#endif /* KS_EXPORT_DEBUGFS_H */
