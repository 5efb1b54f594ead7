/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Dumps of records by generic netlink.
 */
#ifndef KS_EXPORT_DUMP_H
#define KS_EXPORT_DUMP_H

#include <linux/netlink.h>

struct genl_family;
struct sk_buff;

#define KS_NEEDS_SYS_ADMIN	"CAP_SYS_ADMIN is needed"

extern struct genl_family ks_netlink_family;

int ks_dump_start(struct netlink_callback *cb);
int ks_dump_next(struct sk_buff *skb, struct netlink_callback *cb);
int ks_dump_done(struct netlink_callback *cb);

#endif /* KS_EXPORT_DUMP_H */
