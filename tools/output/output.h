/* SPDX-License-Identifier: GPL-2.0-only */
/* Print rows and answers. */
#ifndef KMS_OUTPUT_OUTPUT_H
#define KMS_OUTPUT_OUTPUT_H

#include <stdio.h>

#include "table/answer.h"
#include "table/select.h"

enum kms_form {
	KMS_FORM_TABLE,
	KMS_FORM_RAW,
	KMS_FORM_PAIRS,
	KMS_FORM_JSON,
};

struct kms_output {
	FILE *stream;
	enum kms_form form;
	bool exact;		/* sizes in bytes, times in nanoseconds */
	bool no_headings;
	const char *root;	/* key of the rows in JSON */
};

/* Print the selected columns of an answer in the form that output names. */
enum kms_status kms_out_answer(const struct kms_output *output,
			       const struct kms_answer *answer,
			       const struct kms_selection *columns,
			       struct kms_error *err);

/* What numbers are: differences have a sign. */
enum kms_numbers {
	KMS_AMOUNTS,
	KMS_DIFFERENCES,
};

/* Print rows for people, in aligned columns; headings only with rows. */
enum kms_status kms_table_print(const struct kms_output *output,
				const struct kms_rows *rows,
				const struct kms_selection *columns,
				enum kms_numbers numbers,
				struct kms_error *err);

/* Print one row for people, a line for each value. */
void kms_table_print_row(const struct kms_output *output,
			 const struct kms_kind *kind,
			 const struct kms_value *row);

/* Print a line for each row, with one blank between columns. */
void kms_raw_print(const struct kms_output *output, const struct kms_rows *rows,
		   const struct kms_selection *columns);

/* Print a line for each row, of TITLE="value". */
void kms_pairs_print(const struct kms_output *output,
		     const struct kms_rows *rows,
		     const struct kms_selection *columns);

/*
 * Print a JSON object: begin it with the facts about the answer, add any number
 * of named members, and end it.
 */
enum kms_status kms_json_begin(FILE *stream, const struct kms_answer *answer,
			       struct kms_error *err);
enum kms_status kms_json_rows(FILE *stream, const char *name,
			      const struct kms_rows *rows,
			      const struct kms_selection *columns,
			      struct kms_error *err);
enum kms_status kms_json_row(FILE *stream, const char *name,
			     const struct kms_kind *kind,
			     const struct kms_value *row,
			     struct kms_error *err);
void kms_json_end(FILE *stream);

#endif /* KMS_OUTPUT_OUTPUT_H */
