/* SPDX-License-Identifier: GPL-2.0-only */
/* What is asked of the kernel: a command, and values that rows must have. */
#ifndef KS_REQUEST_H
#define KS_REQUEST_H

#include "lib/rows.h"

#define KS_FILTERS_MAX 8

/* A column of the kind, and the text or number it must have. */
struct ks_filter {
	size_t column;
	const char *text;
	uint64_t number;
};

struct ks_request {
	const struct ks_kind *kind;
	uint8_t cmd;
	const char *needs;	/* capabilities that the command asks for */
	struct ks_filter filters[KS_FILTERS_MAX];
	size_t nr_filters;
	const struct ks_flag *flag;	/* asked for as well, or NULL */
	uint32_t job;		/* whose answer is asked for instead, or 0 */
};

/* A request for all records of a kind. */
struct ks_request ks_request_rows(const struct ks_kind *kind);

#endif /* KS_REQUEST_H */
