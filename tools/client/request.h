/* SPDX-License-Identifier: GPL-2.0-only */
/* What is asked of the kernel: a command, and values that rows must have. */
#ifndef KMS_CLIENT_REQUEST_H
#define KMS_CLIENT_REQUEST_H

#include "table/rows.h"

#define KMS_FILTERS_MAX 8

/* A column of the kind, and the text or number it must have. */
struct kms_filter {
	size_t column;
	const char *text;
	uint64_t number;
};

struct kms_request {
	const struct kms_kind *kind;
	uint8_t cmd;
	const char *needs;	/* capabilities that the command asks for */
	struct kms_filter filters[KMS_FILTERS_MAX];
	size_t nr_filters;
	const struct kms_flag *flag;	/* asked for as well, or NULL */
	uint32_t job;		/* whose answer is asked for instead, or 0 */
};

/* A request for all records of a kind. */
struct kms_request kms_request_rows(const struct kms_kind *kind);

#endif /* KMS_CLIENT_REQUEST_H */
