/* SPDX-License-Identifier: GPL-2.0-only */
/* From a netlink message to a row. */
#ifndef KMS_CLIENT_DECODE_H
#define KMS_CLIENT_DECODE_H

#include "lib/error.h"
#include "table/rows.h"

struct nlmsghdr;

/*
 * Append the record in message to rows. Unknown attributes are skipped: a newer
 * module may send more. A known one must have the size of its type.
 */
enum kms_status kms_decode_row(const struct nlmsghdr *message,
			       struct kms_rows *rows, struct kms_error *err);

#endif /* KMS_CLIENT_DECODE_H */
