// SPDX-License-Identifier: GPL-2.0-only
/* Answers as JSON: one object, one line per row. */
#include <json-c/json.h>
#include <stdbool.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/text.h"
#include "output/output.h"
#include "table/format.h"

#define PLAIN (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

/* A number below INT64_MIN. Only a difference can be one. */
static json_object *deep_new(const struct kms_value *value)
{
	char text[KMS_MAX_FORMAT];

	snprintf(text, sizeof(text), "-%llu",
		 (unsigned long long)value->magnitude);
	return json_object_new_double_s(-(double)value->magnitude, text);
}

/* Percent, with the one decimal that permille has. */
static json_object *percent_new(const struct kms_column *column,
				const struct kms_value *value)
{
	static const struct kms_style style = { .exact = true };
	double percent = (double)value->magnitude / 10;
	char text[KMS_MAX_FORMAT];

	kms_format_value(column, value, &style, text);
	return json_object_new_double_s(value->negative ? -percent : percent,
					text);
}

static json_object *value_new(const struct kms_column *column,
			      const struct kms_value *value)
{
	if (value->presence == KMS_TEXT)
		return json_object_new_string(value->text);
	if (column->unit == KMS_UNIT_PERMILLE)
		return percent_new(column, value);
	if (!value->negative)
		return json_object_new_uint64(value->magnitude);
	if (value->magnitude > (uint64_t)INT64_MAX + 1)
		return deep_new(value);
	return json_object_new_int64((int64_t)-value->magnitude);
}

/* False if memory is out; then nothing is kept. */
static bool member_add(json_object *object, const char *name,
		       json_object *value)
{
	if (value && !json_object_object_add(object, name, value))
		return true;
	json_object_put(value);
	return false;
}

static bool item_add(json_object *array, json_object *value)
{
	if (value && !json_object_array_add(array, value))
		return true;
	json_object_put(value);
	return false;
}

/* Print and drop an object; false if memory was or is out. */
static bool object_print(FILE *stream, json_object *object, bool complete)
{
	const char *text = NULL;

	if (complete)
		text = json_object_to_json_string_ext(object, PLAIN);
	if (text)
		fputs(text, stream);
	json_object_put(object);
	return text;
}

static bool row_print(FILE *stream, const struct kms_kind *kind,
		      const struct kms_value *row,
		      const struct kms_selection *columns)
{
	json_object *object = json_object_new_object();
	bool complete = object;
	size_t i;

	for (i = 0; complete && i < kind->nr_columns; i++) {
		size_t column = i;

		if (columns && i >= columns->nr)
			break;
		if (columns)
			column = columns->column[i];
		if (row[column].presence)
			complete = member_add(object,
					      kind->columns[column].name,
					      value_new(&kind->columns[column],
							&row[column]));
	}
	return object_print(stream, object, complete);
}

static bool filters_add(json_object *request, const struct kms_scope *scope,
			const struct kms_kind *kind)
{
	json_object *filters = json_object_new_object(), *array;
	size_t i;

	if (!member_add(request, "filters", filters))
		return false;
	for (i = 0; i < scope->nr; i++) {
		const struct kms_term *term = &scope->terms[i];
		const struct kms_column *column = &kind->columns[term->column];

		if (!json_object_object_get_ex(filters, column->name, &array)) {
			array = json_object_new_array();
			if (!member_add(filters, column->name, array))
				return false;
		}
		if (!item_add(array, value_new(column, &term->value)))
			return false;
	}
	return true;
}

static bool columns_add(json_object *request, const struct kms_scope *scope,
			const struct kms_kind *kind)
{
	json_object *array = json_object_new_array();
	size_t i;

	if (!member_add(request, "columns", array))
		return false;
	for (i = 0; i < scope->columns.nr; i++) {
		const char *name = kind->columns[scope->columns.column[i]].name;

		if (!item_add(array, json_object_new_string(name)))
			return false;
	}
	return true;
}

/* What limits the rows: for --diff a row that was left out is not gone. */
static bool request_add(json_object *envelope, const struct kms_scope *scope,
			const struct kms_kind *kind)
{
	json_object *request;

	if (!scope->nr && !scope->top && !scope->columns.nr)
		return true;
	request = json_object_new_object();
	return member_add(envelope, "request", request) &&
	       (!scope->nr || filters_add(request, scope, kind)) &&
	       (!scope->columns.nr || columns_add(request, scope, kind)) &&
	       (!scope->top ||
		member_add(request, "top",
			   json_object_new_uint64(scope->top)));
}

static bool stamp_add(json_object *object, const struct kms_stamp *stamp)
{
	return (!*stamp->boot_id ||
		member_add(object, "boot_id",
			   json_object_new_string(stamp->boot_id))) &&
	       member_add(object, "boottime_ns",
			  json_object_new_uint64(stamp->boottime_ns));
}

/* For a difference: when it began, and how long it took. */
static bool since_add(json_object *envelope, const struct kms_answer *answer)
{
	uint64_t passed = answer->stamp.boottime_ns - answer->since.boottime_ns;
	json_object *since = json_object_new_object();
	char text[KMS_MAX_FORMAT];

	snprintf(text, sizeof(text), "%llu.%03llu",
		 passed / NS_PER_SEC, passed % NS_PER_SEC / NS_PER_MS);
	return member_add(envelope, "since", since) &&
	       stamp_add(since, &answer->since) &&
	       member_add(envelope, "seconds",
			  json_object_new_double_s((double)passed / NS_PER_SEC, text));
}

static bool envelope_fill(json_object *envelope,
			  const struct kms_answer *answer)
{
	return stamp_add(envelope, &answer->stamp) &&
	       (!answer->version.presence ||
		member_add(envelope, "version",
			   json_object_new_string(answer->version.text))) &&
	       (!answer->difference || since_add(envelope, answer)) &&
	       (!answer->partial ||
		member_add(envelope, "partial",
			   json_object_new_boolean(true))) &&
	       request_add(envelope, &answer->scope, answer->rows.kind);
}

enum kms_status kms_json_begin(FILE *stream, const struct kms_answer *answer,
			       struct kms_error *err)
{
	json_object *envelope = json_object_new_object();
	const char *text = NULL;

	if (envelope && envelope_fill(envelope, answer))
		text = json_object_to_json_string_ext(envelope, PLAIN);
	/* Rows follow one by one: the last brace is that of kms_json_end(). */
	if (text)
		fwrite(text, 1, strlen(text) - 1, stream);
	json_object_put(envelope);
	return text ? KMS_OK : kms_fail_memory(err);
}

enum kms_status kms_json_rows(FILE *stream, const char *name,
			      const struct kms_rows *rows,
			      const struct kms_selection *columns,
			      struct kms_error *err)
{
	bool complete = true;
	size_t i;

	fprintf(stream, ",\n \"%s\":[", name);
	for (i = 0; complete && i < rows->nr; i++) {
		fputs(i ? ",\n  " : "\n  ", stream);
		complete = row_print(stream, rows->kind, rows->row[i],
				     columns);
	}
	fputs(rows->nr ? "\n ]" : "]", stream);
	return complete ? KMS_OK : kms_fail_memory(err);
}

enum kms_status kms_json_row(FILE *stream, const char *name,
			     const struct kms_kind *kind,
			     const struct kms_value *row, struct kms_error *err)
{
	fprintf(stream, ",\n \"%s\":", name);
	return row_print(stream, kind, row, NULL) ? KMS_OK
						  : kms_fail_memory(err);
}

void kms_json_end(FILE *stream)
{
	fputs("\n}\n", stream);
}
