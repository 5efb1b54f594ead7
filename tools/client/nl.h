/* SPDX-License-Identifier: GPL-2.0-only */
/* The netlink channel to the module. */
#ifndef KMS_CLIENT_NL_H
#define KMS_CLIENT_NL_H

#include "client/request.h"
#include "lib/error.h"

struct kms_nl;

/* Connect; without the module KMS_UNSUPPORTED, and err has what to do. */
enum kms_status kms_nl_open(struct kms_nl **nl, struct kms_error *err);

/* nl may be NULL. */
void kms_nl_close(struct kms_nl *nl);

/*
 * Append all records that match. If the kernel marks a dump as interrupted, it
 * is repeated. If no dump is complete, the rows of the last one stay, and this
 * returns KMS_PARTIAL.
 */
enum kms_status kms_nl_dump(struct kms_nl *nl,
			    const struct kms_request *request,
			    struct kms_rows *rows, struct kms_error *err);

/* Carry out a command, and append the records of its answer. */
enum kms_status kms_nl_do(struct kms_nl *nl, const struct kms_request *request,
			  struct kms_rows *rows, struct kms_error *err);

#endif /* KMS_CLIENT_NL_H */
