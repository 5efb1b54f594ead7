/* SPDX-License-Identifier: GPL-2.0-only */
/* Printing rows and answers. */
#ifndef KS_OUT_H
#define KS_OUT_H

#include <stdio.h>

#include "lib/answer.h"
#include "lib/select.h"

enum ks_form {
	KS_FORM_TABLE,
	KS_FORM_RAW,
	KS_FORM_PAIRS,
	KS_FORM_JSON,
};

struct ks_output {
	FILE *stream;
	enum ks_form form;
	bool exact;		/* sizes and times in all digits */
	bool no_headings;
	const char *root;	/* key of the rows in JSON */
};

/* Print the selected columns of an answer in the form that output names. */
enum ks_status ks_out_answer(const struct ks_output *output,
			     const struct ks_answer *answer,
			     const struct ks_selection *columns,
			     struct ks_error *err);

/* Rows for people, in aligned columns; no rows, no headings. */
enum ks_status ks_table_print(const struct ks_output *output,
			      const struct ks_rows *rows,
			      const struct ks_selection *columns, bool sign,
			      struct ks_error *err);

/* One row for people, a line per value. */
void ks_table_print_row(const struct ks_output *output,
			const struct ks_kind *kind,
			const struct ks_value *row);

/* One line per row; columns are separated by one blank. */
void ks_raw_print(const struct ks_output *output, const struct ks_rows *rows,
		  const struct ks_selection *columns);

/* One line per row, of TITLE="value". */
void ks_pairs_print(const struct ks_output *output, const struct ks_rows *rows,
		    const struct ks_selection *columns);

/*
 * A JSON object is begun with what is known about the answer, gets any number
 * of named members, and is ended.
 */
enum ks_status ks_json_begin(FILE *stream, const struct ks_answer *answer,
			     struct ks_error *err);
enum ks_status ks_json_rows(FILE *stream, const char *name,
			    const struct ks_rows *rows,
			    const struct ks_selection *columns,
			    struct ks_error *err);
enum ks_status ks_json_row(FILE *stream, const char *name,
			   const struct ks_kind *kind,
			   const struct ks_value *row, struct ks_error *err);
void ks_json_end(FILE *stream);

#endif /* KS_OUT_H */
