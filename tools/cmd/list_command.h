/* SPDX-License-Identifier: GPL-2.0-only */
/* What tells one command that lists records from another. */
#ifndef KMS_CMD_LIST_COMMAND_H
#define KMS_CMD_LIST_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/error.h"
#include "table/column.h"

struct kms_answer;
struct kms_nl;
struct kms_options;
struct kms_output;
struct kms_rows;
struct kms_selection;

struct kms_list_view {
	const char *by;		/* what --by calls it, or NULL */
	const struct kms_kind *kind;
	const char *root;	/* key of the rows in JSON */
	const char * const *columns;	/* of the table, unless asked */
	const char *sort;	/* NULL: in the kernel's order */
	const char *change;	/* the column that differences are sorted by */
	const char * const *changes;	/* the same for differences, or NULL */

	/*
	 * With the kind's flag these columns have values, too, and those are
	 * printed unless asked; or NULL
	 */
	const char *flag_help;
	const char * const *flag_fills;
	const char * const *flag_columns;

	/* Where this one is 1, it takes a job to fill them; or NULL */
	const char *flag_doubt;

	/* Only a job collects this kind of record. */
	bool job;

	/* Fills columns of the reader's own, also from what else it found. */
	enum kms_status (*fill)(struct kms_nl *nl, uint32_t job,
				struct kms_rows *rows, struct kms_error *err);
};

/* A long option that only one command has. */
struct kms_list_option {
	const char *name;
	const char *argument;	/* NULL: takes none */
	const char *help;
};

/*
 * What a command does in its own way, where others dump the rows of a kind:
 * its operands and options mean what it says, and nothing is compared.
 */
struct kms_list_own {
	const char *usage;	/* its operands */
	const struct kms_list_option *options;
	size_t nr_options;
	void *arg;

	/* Take an option, by its index; false, with a message, if wrong. */
	bool (*take)(void *arg, size_t option, const char *argument,
		     const char *program);
	/* Check what was taken; false, with a message, if wrong. */
	bool (*check)(void *arg, const struct kms_options *options,
		      const char *program);
	enum kms_status (*fetch)(void *arg, struct kms_nl *nl,
				 struct kms_answer *answer,
				 struct kms_error *err);
	enum kms_status (*print)(void *arg, const struct kms_output *output,
				 const struct kms_answer *answer,
				 const struct kms_selection *columns,
				 struct kms_error *err);
};

struct kms_list_command {
	const char *summary;
	const char *operand;	/* the key that operands name, or NULL */
	struct kms_list_view view;

	/* A long option that asks for another kind of record, or NULL. */
	const char *option;
	const char *option_help;
	struct kms_list_view other;

	/* Other kinds of record for --by, or NULL. */
	const struct kms_list_view *more;
	size_t nr_more;

	/* What --budget bounds, or NULL where there is no such option. */
	const char *budget_help;

	const struct kms_list_own *own;	/* or NULL */
};

#endif /* KMS_CMD_LIST_COMMAND_H */
