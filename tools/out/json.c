// SPDX-License-Identifier: GPL-2.0-only
/* Answers as JSON: one object, one line per row. */
#include <json-c/json.h>
#include <stdbool.h>

#include "lib/text.h"
#include "out/out.h"

/* A number below INT64_MIN, which only a difference can be. */
static json_object *deep_new(const struct ks_value *value)
{
	char text[KS_TEXT_MAX];

	snprintf(text, sizeof(text), "-%llu",
		 (unsigned long long)value->magnitude);
	return json_object_new_double_s(-(double)value->magnitude, text);
}

static json_object *value_new(const struct ks_value *value)
{
	if (value->presence == KS_TEXT)
		return json_object_new_string(value->text);
	if (!value->negative)
		return json_object_new_uint64(value->magnitude);
	if (value->magnitude > (uint64_t)INT64_MAX + 1)
		return deep_new(value);
	return json_object_new_int64((int64_t)-value->magnitude);
}

/* False, and nothing is kept, when memory is out. */
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

/* Print and drop an object; false when memory was or is out. */
static bool object_print(FILE *stream, json_object *object, bool complete)
{
	const int flags = JSON_C_TO_STRING_PLAIN |
			  JSON_C_TO_STRING_NOSLASHESCAPE;
	const char *text = NULL;

	if (complete)
		text = json_object_to_json_string_ext(object, flags);
	if (text)
		fputs(text, stream);
	json_object_put(object);
	return text;
}

static bool row_print(FILE *stream, const struct ks_kind *kind,
		      const struct ks_value *row,
		      const struct ks_selection *columns)
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
					      value_new(&row[column]));
	}
	return object_print(stream, object, complete);
}

static bool filters_add(json_object *request, const struct ks_scope *scope,
			const struct ks_kind *kind)
{
	json_object *filters = json_object_new_object(), *array;
	size_t i;

	if (!member_add(request, "filters", filters))
		return false;
	for (i = 0; i < scope->nr; i++) {
		const char *name = kind->columns[scope->terms[i].column].name;

		if (!json_object_object_get_ex(filters, name, &array)) {
			array = json_object_new_array();
			if (!member_add(filters, name, array))
				return false;
		}
		if (!item_add(array, value_new(&scope->terms[i].value)))
			return false;
	}
	return true;
}

static bool columns_add(json_object *request, const struct ks_scope *scope,
			const struct ks_kind *kind)
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

/* What limits the rows: --diff must not take what is not there for gone. */
static bool request_print(FILE *stream, const struct ks_scope *scope,
			  const struct ks_kind *kind)
{
	json_object *request;
	bool complete;

	if (!scope->nr && !scope->top && !scope->columns.nr)
		return true;
	request = json_object_new_object();
	complete = request;
	if (complete && scope->nr)
		complete = filters_add(request, scope, kind);
	if (complete && scope->columns.nr)
		complete = columns_add(request, scope, kind);
	if (complete && scope->top)
		complete = member_add(request, "top",
				      json_object_new_uint64(scope->top));
	fputs(",\n \"request\":", stream);
	return object_print(stream, request, complete);
}

/* A boot id is taken from a file of the kernel or proved to print. */
static void stamp_print(FILE *stream, const struct ks_stamp *stamp)
{
	if (*stamp->boot_id)
		fprintf(stream, "\"boot_id\":\"%s\",", stamp->boot_id);
	fprintf(stream, "\"boottime_ns\":%llu",
		(unsigned long long)stamp->boottime_ns);
}

enum ks_status ks_json_begin(FILE *stream, const struct ks_answer *answer,
			     struct ks_error *err)
{
	json_object *version;
	uint64_t passed;
	bool complete = true;

	fputs("{", stream);
	stamp_print(stream, &answer->stamp);
	if (answer->version.presence) {
		version = value_new(&answer->version);
		complete = version;
		fputs(",\n \"version\":", stream);
		complete = object_print(stream, version, complete);
	}
	if (answer->difference) {
		passed = answer->stamp.boottime_ns - answer->since.boottime_ns;
		fputs(",\n \"since\":{", stream);
		stamp_print(stream, &answer->since);
		fprintf(stream, "},\n \"seconds\":%llu.%03llu",
			(unsigned long long)passed / 1000000000,
			(unsigned long long)passed % 1000000000 / 1000000);
	}
	if (answer->partial)
		fputs(",\n \"partial\":true", stream);
	if (complete)
		complete = request_print(stream, &answer->scope,
					 answer->rows.kind);
	return complete ? KS_OK : ks_fail_memory(err);
}

enum ks_status ks_json_rows(FILE *stream, const char *name,
			    const struct ks_rows *rows,
			    const struct ks_selection *columns,
			    struct ks_error *err)
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
	return complete ? KS_OK : ks_fail_memory(err);
}

enum ks_status ks_json_row(FILE *stream, const char *name,
			   const struct ks_kind *kind,
			   const struct ks_value *row, struct ks_error *err)
{
	fprintf(stream, ",\n \"%s\":", name);
	return row_print(stream, kind, row, NULL) ? KS_OK : ks_fail_memory(err);
}

void ks_json_end(FILE *stream)
{
	fputs("\n}\n", stream);
}
