/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of a command that lists records. */
#ifndef KS_OPTIONS_H
#define KS_OPTIONS_H

#include "cmd/list.h"
#include "lib/request.h"
#include "out/out.h"

/* A key column, by its name with '-', and what it must have. */
struct ks_option_filter {
	char name[64];
	const struct ks_column *column;
	const char *text;	/* NULL: not asked for */
};

struct ks_options {
	const struct ks_list_view *view;
	struct ks_output output;
	const char *columns;		/* NULL: the default */
	bool all_columns;
	const char *sort;		/* NULL: the default */
	uint64_t top;			/* 0: all rows */
	const char *diff;		/* a file, or NULL */
	uint64_t since_ns;		/* 0: no second look */
	uint64_t budget_ns;		/* 0: not asked for */
	const char *by;			/* NULL: the default */
	bool flag;			/* the kind's, as in flag_fills */
	struct ks_option_filter filters[KS_FILTERS_MAX];
	size_t nr_filters;
	char **operands;
	size_t nr_operands;
};

enum ks_parsed {
	KS_PARSED_RUN,
	KS_PARSED_DONE,		/* help or version was printed */
	KS_PARSED_WRONG,	/* the reason was printed */
};

enum ks_parsed ks_options_parse(struct ks_options *options,
				const struct ks_list_command *command,
				int argc, char **argv);

/* All of text must be a number of seconds, more than 0. */
bool ks_options_seconds(const char *text, uint64_t *ns);

#endif /* KS_OPTIONS_H */
