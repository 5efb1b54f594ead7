/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The generic netlink family kmemscope.
 */
#ifndef KS_EXPORT_NETLINK_H
#define KS_EXPORT_NETLINK_H

int ks_netlink_init(void);
void ks_netlink_exit(void);

#endif /* KS_EXPORT_NETLINK_H */
