// SPDX-License-Identifier: GPL-2.0-only
/* Rows for people: as a table, or one row with a line for each value. */
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"
#include "output/output.h"
#include "table/format.h"

static struct libscols_table *table_new(const struct kms_output *output,
					const struct kms_kind *kind,
					const struct kms_selection *columns)
{
	struct libscols_table *table = scols_new_table();
	const struct kms_column *column;
	bool right;
	size_t i;

	if (!table)
		return NULL;
	scols_table_set_stream(table, output->stream);
	scols_table_enable_noheadings(table, output->no_headings);
	/* Text is safe already, and a narrow terminal must cut nothing. */
	scols_table_enable_noencoding(table, 1);
	scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
	for (i = 0; i < columns->nr; i++) {
		column = &kind->columns[columns->column[i]];
		right = column->type != KMS_TYPE_STRING;
		if (!scols_table_new_column(table, column->title, 0,
					    right ? SCOLS_FL_RIGHT : 0)) {
			scols_unref_table(table);
			return NULL;
		}
	}
	return table;
}

/* Put a text into the line, as the locale can print it. */
static int cell_fill(struct libscols_line *line, size_t i, const char *text)
{
	char *ascii;
	int failed;

	if (kms_text_fits(text))
		return scols_line_set_data(line, i, text);
	ascii = kms_text_ascii(text);
	failed = !ascii || scols_line_set_data(line, i, ascii);
	free(ascii);
	return failed;
}

static int line_fill(struct libscols_line *line, const struct kms_kind *kind,
		     const struct kms_value *row,
		     const struct kms_selection *columns,
		     const struct kms_style *style)
{
	char buffer[KMS_MAX_FORMAT];
	size_t i, column;
	const char *text;
	int failed = 0;

	for (i = 0; !failed && i < columns->nr; i++) {
		column = columns->column[i];
		text = "-";
		if (row[column].presence)
			text = kms_format_value(&kind->columns[column],
						&row[column], style, buffer);
		failed = cell_fill(line, i, text);
	}
	return failed;
}

enum kms_status kms_table_print(const struct kms_output *output,
				const struct kms_rows *rows,
				const struct kms_selection *columns,
				enum kms_numbers numbers, struct kms_error *err)
{
	const struct kms_style style = {
		.exact = output->exact,
		.sign = numbers == KMS_DIFFERENCES,
	};
	struct libscols_table *table;
	struct libscols_line *line;
	int failed = 0;
	size_t i;

	table = table_new(output, rows->kind, columns);
	if (!table)
		return kms_fail_memory(err);
	for (i = 0; !failed && i < rows->nr; i++) {
		line = scols_table_new_line(table, NULL);
		failed = !line || line_fill(line, rows->kind, rows->row[i],
					    columns, &style);
	}
	if (!failed)
		failed = scols_print_table(table);
	scols_unref_table(table);
	return failed ? kms_fail_memory(err) : KMS_OK;
}

void kms_table_print_row(const struct kms_output *output,
			 const struct kms_kind *kind,
			 const struct kms_value *row)
{
	const struct kms_style style = { .exact = output->exact };
	char buffer[KMS_MAX_FORMAT];
	int width = 0, len;
	const char *text;
	size_t i;

	for (i = 0; i < kind->nr_columns; i++) {
		len = (int)strlen(kind->columns[i].name);
		if (len > width)
			width = len;
	}
	for (i = 0; i < kind->nr_columns; i++) {
		text = "-";
		if (row[i].presence)
			text = kms_format_value(&kind->columns[i], &row[i],
						&style, buffer);
		len = (int)strlen(kind->columns[i].name);
		fprintf(output->stream, "%s:%*s ", kind->columns[i].name,
			width - len, "");
		kms_text_print(output->stream, text);
		fputc('\n', output->stream);
	}
}
