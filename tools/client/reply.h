/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's answer to one netlink request, datagram by datagram. */
#ifndef KMS_CLIENT_REPLY_H
#define KMS_CLIENT_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/error.h"
#include "table/column.h"

struct nlmsghdr;

struct kms_reply {
	/* Set by the caller. */
	const struct nlmsghdr *request;
	const struct kms_kind *kind;	/* names the request's attributes */
	uint16_t family;		/* type of the messages to take */
	uint32_t portid;
	enum kms_status (*take)(const struct nlmsghdr *message, void *arg,
				struct kms_error *err);
	void *arg;

	/* Set by kms_reply_take(). */
	bool done;
	bool interrupted;		/* rows may be missing or twice there */
};

/*
 * Take one datagram. Messages that belong to another request are skipped. It
 * fails if a message is malformed, if take() fails, and if the kernel refuses.
 * Then err->code is the kernel's errno, and err->text its reason, or empty.
 */
enum kms_status kms_reply_take(struct kms_reply *reply, const void *data,
			       size_t size, struct kms_error *err);

#endif /* KMS_CLIENT_REPLY_H */
