// SPDX-License-Identifier: GPL-2.0-only
/* A kind of record of the tests' own, so that the spec may move freely. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "sample.h"

static const struct ks_column columns[] = {
	[SAMPLE_NAME] = {
		.attr = SAMPLE_ATTR + SAMPLE_NAME,
		.name = "name",
		.title = "NAME",
		.type = KS_TYPE_STRING,
		.key = true,
	},
	[SAMPLE_NODE] = {
		.attr = SAMPLE_ATTR + SAMPLE_NODE,
		.name = "node",
		.title = "NODE",
		.type = KS_TYPE_U32,
		.key = true,
	},
	[SAMPLE_SIZE_BYTES] = {
		.attr = SAMPLE_ATTR + SAMPLE_SIZE_BYTES,
		.name = "size_bytes",
		.title = "SIZE_BYTES",
		.type = KS_TYPE_U64,
		.unit = KS_UNIT_BYTES,
	},
	[SAMPLE_LEFT_PAGES] = {
		.attr = SAMPLE_ATTR + SAMPLE_LEFT_PAGES,
		.name = "left_pages",
		.title = "LEFT_PAGES",
		.type = KS_TYPE_S64,
		.unit = KS_UNIT_PAGES,
	},
	[SAMPLE_LAST_NS] = {
		.attr = SAMPLE_ATTR + SAMPLE_LAST_NS,
		.name = "last_ns",
		.title = "LAST_NS",
		.type = KS_TYPE_U64,
		.unit = KS_UNIT_NS,
	},
	[SAMPLE_NOTE] = {
		.attr = SAMPLE_ATTR + SAMPLE_NOTE,
		.name = "note",
		.title = "NOTE",
		.type = KS_TYPE_STRING,
	},
};

const struct ks_kind sample = {
	.name = "sample",
	.cmd = 1,
	.columns = columns,
	.nr_columns = ARRAY_SIZE(columns),
};

struct ks_value *sample_add(struct ks_rows *rows, struct ks_value name,
			    struct ks_value node, struct ks_value size)
{
	struct ks_value *row = ks_rows_add(rows);

	if (!row)
		abort();
	row[SAMPLE_NAME] = name;
	row[SAMPLE_NODE] = node;
	row[SAMPLE_SIZE_BYTES] = size;
	return row;
}

char *printed(void (*print)(FILE *stream, void *arg), void *arg)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		abort();
	print(stream, arg);
	fclose(stream);
	return text;
}

void row_add(struct ks_rows *rows, const char *format, ...)
{
	char words[2000], *word, *rest = words, *value, *blank;
	struct ks_value *row = ks_rows_add(rows);
	va_list args;
	size_t column;

	if (!row)
		abort();
	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	while ((word = strsep(&rest, " "))) {
		value = strchr(word, '=');
		if (!value)
			abort();
		*value++ = '\0';
		while ((blank = strstr(value, "%20"))) {
			*blank = ' ';
			memmove(blank + 1, blank + 3, strlen(blank + 3) + 1);
		}
		if (!ks_kind_find(rows->kind, word, strlen(word), &column))
			abort();
		if (rows->kind->columns[column].type == KS_TYPE_STRING)
			row[column] = ks_value_text(value);
		else if (*value == '-')
			row[column] = ks_value_signed(strtoll(value, NULL, 10));
		else
			row[column] = ks_value_unsigned(strtoull(value, NULL,
								 10));
	}
}
