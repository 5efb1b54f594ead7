/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands that list the records of a kind. */
#ifndef KS_LIST_H
#define KS_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/column.h"
#include "lib/error.h"

struct ks_answer;
struct ks_nl;
struct ks_options;
struct ks_output;
struct ks_rows;
struct ks_selection;

struct ks_list_view {
	const char *by;		/* what --by calls it, or NULL */
	const struct ks_kind *kind;
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
	enum ks_status (*fill)(struct ks_nl *nl, uint32_t job,
			       struct ks_rows *rows, struct ks_error *err);
};

/* A long option that only one command has. */
struct ks_list_option {
	const char *name;
	const char *argument;	/* NULL: takes none */
	const char *help;
};

/*
 * What a command does in its own way, where others dump the rows of a kind:
 * its operands and options mean what it says, and nothing is compared.
 */
struct ks_list_own {
	const char *usage;	/* its operands */
	const struct ks_list_option *options;
	size_t nr_options;
	void *arg;

	/* Take an option, by its index; false, with a message, if wrong. */
	bool (*take)(void *arg, size_t option, const char *argument,
		     const char *program);
	/* Check what was taken; false, with a message, if wrong. */
	bool (*check)(void *arg, const struct ks_options *options,
		      const char *program);
	enum ks_status (*fetch)(void *arg, struct ks_nl *nl,
				struct ks_answer *answer, struct ks_error *err);
	enum ks_status (*print)(void *arg, const struct ks_output *output,
				const struct ks_answer *answer,
				const struct ks_selection *columns,
				struct ks_error *err);
};

struct ks_list_command {
	const char *summary;
	const char *operand;	/* the key that operands name, or NULL */
	struct ks_list_view view;

	/* A long option that asks for another kind of record, or NULL. */
	const char *option;
	const char *option_help;
	struct ks_list_view other;

	/* Other kinds of record for --by, or NULL. */
	const struct ks_list_view *more;
	size_t nr_more;

	/* What --budget bounds, or NULL where there is no such option. */
	const char *budget_help;

	const struct ks_list_own *own;	/* or NULL */
};

int ks_list_run(const struct ks_list_command *command, int argc, char **argv);

#endif /* KS_LIST_H */
