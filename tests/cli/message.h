/* SPDX-License-Identifier: GPL-2.0-only */
/* Netlink messages for tests, as a kernel would send them. */
#ifndef KMS_TEST_MESSAGE_H
#define KMS_TEST_MESSAGE_H

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "table/value.h"

/* Begin a generic netlink message in buffer. */
static inline struct nlmsghdr *message_begin(void *buffer, uint16_t type,
					     uint32_t seq, uint8_t cmd)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *header;

	message->nlmsg_type = type;
	message->nlmsg_seq = seq;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->cmd = cmd;
	header->version = 1;
	return message;
}

#endif /* KMS_TEST_MESSAGE_H */
