/* SPDX-License-Identifier: GPL-2.0-only */
/* The netlink channel to the module. */
#ifndef KMS_CLIENT_NL_H
#define KMS_CLIENT_NL_H

#include "client/request.h"
#include "lib/error.h"

struct kms_nl;

/* Connect; KMS_UNSUPPORTED, with what to do, where the module is not there. */
enum kms_status kms_nl_open(struct kms_nl **nl, struct kms_error *err);

/* A NULL is fine. */
void kms_nl_close(struct kms_nl *nl);

/*
 * Append all records that match.  A dump that the kernel marks as interrupted
 * is asked for again; when it never came through whole, its last rows stay and
 * KMS_PARTIAL is returned.
 */
enum kms_status kms_nl_dump(struct kms_nl *nl,
			    const struct kms_request *request,
			    struct kms_rows *rows, struct kms_error *err);

/* Have one command carried out, and append what it answers. */
enum kms_status kms_nl_do(struct kms_nl *nl, const struct kms_request *request,
			  struct kms_rows *rows, struct kms_error *err);

#endif /* KMS_CLIENT_NL_H */
