/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands that list the records of a kind. */
#ifndef KS_LIST_H
#define KS_LIST_H

#include "lib/column.h"

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
};

int ks_list_run(const struct ks_list_command *command, int argc, char **argv);

#endif /* KS_LIST_H */
