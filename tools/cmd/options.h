/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of a command that lists records. */
#ifndef KMS_CMD_OPTIONS_H
#define KMS_CMD_OPTIONS_H

#include "client/request.h"
#include "cmd/list_command.h"
#include "cmd/parse.h"
#include "output/output.h"

/* Each key is an option that limits the rows to one value. */
struct kms_option_filter {
	char name[64];		/* the column's, with '-' */
	char help[80];
	const struct kms_column *column;
	const char *text;	/* NULL: not given */
};

struct kms_options {
	const struct kms_list_view *view;
	struct kms_output output;
	const char *columns;		/* NULL: the default */
	bool all_columns;
	const char *sort;		/* NULL: the default */
	uint64_t top;			/* 0: all rows */
	const char *diff;		/* a file, or NULL */
	uint64_t since_ns;		/* 0: no second answer */
	uint64_t budget_ms;		/* 0: the module's default */
	bool flag;			/* the flag of the kind */
	struct kms_option_filter filters[KMS_MAX_FILTERS];
	size_t nr_filters;
	const char *operand;		/* the key that operands name, or NULL */
	char **operands;
	size_t nr_operands;
};

/* False: the program ends with *status, as in kms_cmd_parse(). */
bool kms_options_parse(struct kms_options *options,
		       const struct kms_list_command *command, int argc,
		       char **argv, int *status);

/* Is the difference between two answers to be printed? */
static inline bool kms_options_compare(const struct kms_options *options)
{
	return options->diff || options->since_ns;
}

#endif /* KMS_CMD_OPTIONS_H */
