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

/**
 * ks_netlink_say() - tell a client why its request is refused
 * @extack: where to, or NULL when the kernel has no place for it
 * @reason: a text that stays, or NULL
 */
static inline void ks_netlink_say(struct netlink_ext_ack *extack,
				  const char *reason)
{
	if (extack && reason)
		extack->_msg = reason;
}

int ks_dump_start(struct netlink_callback *cb);
int ks_dump_next(struct sk_buff *skb, struct netlink_callback *cb);
int ks_dump_done(struct netlink_callback *cb);

#endif /* KS_EXPORT_DUMP_H */
