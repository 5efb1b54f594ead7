/* SPDX-License-Identifier: GPL-2.0-only */
/* The description of a command that lists records. */
#ifndef KMS_CMD_LIST_COMMAND_H
#define KMS_CMD_LIST_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/parse.h"
#include "lib/error.h"
#include "table/column.h"

struct kms_answer;
struct kms_nl;
struct kms_options;
struct kms_output;
struct kms_rows;
struct kms_selection;

#define KMS_MAX_VIEWS 4

/* A record type that a command lists, and the option that chooses it. */
struct kms_list_view {
	const struct kms_kind *kind;
	const char *by;		/* WHAT of --by WHAT, or NULL */
	const char *option;	/* a long option of its own, or NULL */
	const char *option_help;

	/* Fill columns that the module does not know; or NULL. */
	enum kms_status (*fill)(struct kms_nl *nl, uint32_t job,
				struct kms_rows *rows, struct kms_error *err);
};

/*
 * For a command that does more than to dump the rows of a kind. Its operands
 * mean what check() makes of them, and nothing is compared.
 */
struct kms_list_ops {
	bool (*check)(void *arg, const struct kms_options *options,
		      struct kms_error *err);
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
	const char *page;	/* its man page; NULL: it has none of its own */
	struct kms_list_view views[KMS_MAX_VIEWS];	/* the first by default */
	const char *operand;	/* the key that operands name, or NULL */
	const char *budget_help;	/* what --budget limits, or NULL */

	/* Of a command with ops. */
	const struct kms_list_ops *ops;
	void *arg;		/* of ops */
	const char *usage;	/* its operands, as --help names them */
	const struct kms_option *options;
	size_t nr_options;
};

#endif /* KMS_CMD_LIST_COMMAND_H */
