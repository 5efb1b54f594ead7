// SPDX-License-Identifier: GPL-2.0-only
/* Rows for scripts: raw lines and pairs. */
#include <string.h>

#include "lib/text.h"
#include "output/output.h"
#include "table/format.h"

/*
 * Text has its odd bytes escaped as \xNN already. Bytes that would end a value
 * here are escaped in the same way, so that one printf %b undoes both.
 */
static void value_print(FILE *stream, const struct kms_column *column,
			const struct kms_value *value, const char *special)
{
	static const struct kms_style style = { .exact = true };
	char buffer[KMS_MAX_FORMAT];
	const char *text;
	bool fits;

	text = kms_format_value(column, value, &style, buffer);
	fits = kms_text_fits(text);
	for (; *text; text++) {
		if (strchr(special, *text) ||
		    (!fits && (unsigned char)*text >= 0x80))
			fprintf(stream, "\\x%02x", (unsigned char)*text);
		else
			putc(*text, stream);
	}
}

void kms_raw_print(const struct kms_output *output, const struct kms_rows *rows,
		   const struct kms_selection *columns)
{
	const struct kms_column *all = rows->kind->columns;
	const struct kms_value *value;
	size_t i, j;

	for (j = 0; !output->no_headings && j < columns->nr; j++)
		fprintf(output->stream, "%s%c", all[columns->column[j]].title,
			j + 1 < columns->nr ? ' ' : '\n');
	for (i = 0; i < rows->nr; i++) {
		for (j = 0; j < columns->nr; j++) {
			value = &rows->row[i][columns->column[j]];
			if (!value->presence)
				putc('-', output->stream);
			/* Must not look like an absent value. */
			else if (value->presence == KMS_TEXT &&
				 !strcmp(value->text, "-"))
				fputs("\\x2d", output->stream);
			else
				value_print(output->stream,
					    &all[columns->column[j]], value,
					    " ");
			putc(j + 1 < columns->nr ? ' ' : '\n', output->stream);
		}
	}
}

void kms_pairs_print(const struct kms_output *output,
		     const struct kms_rows *rows,
		     const struct kms_selection *columns)
{
	const struct kms_column *all = rows->kind->columns;
	const struct kms_value *value;
	size_t i, j;

	for (i = 0; i < rows->nr; i++) {
		for (j = 0; j < columns->nr; j++) {
			value = &rows->row[i][columns->column[j]];
			fprintf(output->stream, "%s=\"",
				all[columns->column[j]].title);
			if (value->presence)
				value_print(output->stream,
					    &all[columns->column[j]], value,
					    "\"$`");
			fputs(j + 1 < columns->nr ? "\" " : "\"\n",
			      output->stream);
		}
	}
}
