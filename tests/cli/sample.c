// SPDX-License-Identifier: GPL-2.0-only
/* A record type of the tests' own, so that the spec may move freely. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "sample.h"
#include "wire.h"

static const struct kms_column columns[] = {
	[SAMPLE_NAME] = {
		.attr = SAMPLE_ATTR + SAMPLE_NAME,
		.name = "name",
		.title = "NAME",
		.type = KMS_TYPE_STRING,
		.key = true,
	},
	[SAMPLE_NODE] = {
		.attr = SAMPLE_ATTR + SAMPLE_NODE,
		.name = "node",
		.title = "NODE",
		.type = KMS_TYPE_U32,
		.key = true,
	},
	[SAMPLE_SIZE_BYTES] = {
		.attr = SAMPLE_ATTR + SAMPLE_SIZE_BYTES,
		.name = "size_bytes",
		.title = "SIZE_BYTES",
		.type = KMS_TYPE_U64,
		.unit = KMS_UNIT_BYTES,
	},
	[SAMPLE_LEFT_PAGES] = {
		.attr = SAMPLE_ATTR + SAMPLE_LEFT_PAGES,
		.name = "left_pages",
		.title = "LEFT_PAGES",
		.type = KMS_TYPE_S64,
		.unit = KMS_UNIT_PAGES,
	},
	[SAMPLE_LAST_NS] = {
		.attr = SAMPLE_ATTR + SAMPLE_LAST_NS,
		.name = "last_ns",
		.title = "LAST_NS",
		.type = KMS_TYPE_U64,
		.unit = KMS_UNIT_NS,
	},
	[SAMPLE_NOTE] = {
		.attr = SAMPLE_ATTR + SAMPLE_NOTE,
		.name = "note",
		.title = "NOTE",
		.type = KMS_TYPE_STRING,
	},
};

const struct kms_kind sample = {
	.name = "sample",
	.cmd = 1,
	.columns = columns,
	.nr_columns = ARRAY_SIZE(columns),
};

struct kms_value *sample_add(struct kms_rows *rows, struct kms_value name,
			     struct kms_value node, struct kms_value size)
{
	struct kms_value *row = kms_rows_add(rows);

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

void row_add(struct kms_rows *rows, const char *format, ...)
{
	char words[2000], *word, *rest = words, *value, *blank;
	struct kms_value *row = kms_rows_add(rows);
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
		if (!wire_find(rows->kind, word, &column))
			abort();
		if (rows->kind->columns[column].type == KMS_TYPE_STRING)
			row[column] = kms_value_text(value);
		else if (*value == '-')
			row[column] =
				kms_value_signed(strtoll(value, NULL, 10));
		else
			row[column] = kms_value_unsigned(strtoull(value, NULL,
								  10));
	}
}

void record_add(struct kms_records *records, const char *format, ...)
{
	struct kms_rows rows = { .kind = records->type->kind };
	char words[2000];
	va_list args;
	void *record;

	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	row_add(&rows, "%s", words);
	record = kms_records_add(records);
	if (!record || !kms_record_fill(records->type, record, &rows, 0))
		abort();
	kms_rows_free(&rows);
}
