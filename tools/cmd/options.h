/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of a command that lists records. */
#ifndef KMS_CMD_OPTIONS_H
#define KMS_CMD_OPTIONS_H

#include "client/request.h"
#include "cmd/list_command.h"
#include "output/output.h"

/* A key column, by its name with '-', and what it must have. */
struct kms_option_filter {
	char name[64];
	const struct kms_column *column;
	const char *text;	/* NULL: not asked for */
};

struct kms_options {
	const struct kms_list_view *view;
	struct kms_output output;
	const char *columns;		/* NULL: the default */
	bool all_columns;
	const char *sort;		/* NULL: the default */
	uint64_t top;			/* 0: all rows */
	const char *diff;		/* a file, or NULL */
	uint64_t since_ns;		/* 0: no second look */
	uint64_t budget_ns;		/* 0: not asked for */
	const char *by;			/* NULL: the default */
	bool flag;			/* the kind's, as in flag_fills */
	struct kms_option_filter filters[KMS_FILTERS_MAX];
	size_t nr_filters;
	char **operands;
	size_t nr_operands;
};

enum kms_parsed {
	KMS_PARSED_RUN,
	KMS_PARSED_DONE,		/* help or version was printed */
	KMS_PARSED_WRONG,	/* the reason was printed */
};

enum kms_parsed kms_options_parse(struct kms_options *options,
				  const struct kms_list_command *command,
				  int argc, char **argv);

/* All of text must be a number of seconds, more than 0. */
bool kms_options_seconds(const char *text, uint64_t *ns);

#endif /* KMS_CMD_OPTIONS_H */
