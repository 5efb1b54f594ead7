/* SPDX-License-Identifier: GPL-2.0-only */
/* A request to the kernel: a command, and values that rows must have. */
#ifndef KMS_CLIENT_REQUEST_H
#define KMS_CLIENT_REQUEST_H

#include "table/rows.h"

#define KMS_MAX_FILTERS 8

/* A column, and the text or number that it must have. */
struct kms_filter {
	size_t column;
	const char *text;
	uint64_t number;
};

struct kms_request {
	const struct kms_kind *kind;
	uint8_t cmd;
	const char *needs;	/* capabilities that the command needs */
	struct kms_filter filters[KMS_MAX_FILTERS];
	size_t nr_filters;
	const struct kms_flag *flag;	/* or NULL */
	uint32_t job;		/* get the answer of this job; or 0 */
};

/* A request for all records of a type. */
struct kms_request kms_request_rows(const struct kms_kind *kind);

#endif /* KMS_CLIENT_REQUEST_H */
