/* SPDX-License-Identifier: GPL-2.0-only */
/* From a netlink message to a row. */
#ifndef KS_DECODE_H
#define KS_DECODE_H

#include "lib/error.h"
#include "lib/rows.h"

struct nlmsghdr;

/*
 * Append the record in message to rows.  Attributes that the kind does not
 * know are left out: a newer module may send more.  One that it knows must have
 * the size of its type.
 */
enum ks_status ks_decode_row(const struct nlmsghdr *message,
			     struct ks_rows *rows, struct ks_error *err);

#endif /* KS_DECODE_H */
