// SPDX-License-Identifier: GPL-2.0-only
/* Read an answer that --json printed earlier. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"
#include "table/answer.h"

/* Far more than the answer of any host; ends reading /dev/zero. */
#define MAX_FILE_BYTES (256 * 1024 * 1024)

static enum kms_status file_read(const char *path, char **text, size_t *len,
				 struct kms_error *err)
{
	enum kms_status status = KMS_OK;
	size_t room = 0, got;
	char *more;
	FILE *file;

	*text = NULL;
	*len = 0;
	file = fopen(path, "re");
	if (!file)
		return kms_fail(err, KMS_ERROR, "cannot open %s: %s", path,
				strerror(errno));
	do {
		room = room ? 2 * room : 64 * 1024;
		if (room > MAX_FILE_BYTES) {
			status = kms_fail(err, KMS_ERROR, "%s: is too big",
					  path);
			break;
		}
		more = realloc(*text, room);
		if (!more) {
			status = kms_fail_memory(err);
			break;
		}
		*text = more;
		got = fread(*text + *len, 1, room - *len, file);
		*len += got;
	} while (*len == room);
	if (!status && ferror(file))
		status = kms_fail(err, KMS_ERROR, "cannot read %s: %s", path,
				  strerror(errno));
	fclose(file);
	return status;
}

/*
 * Not strict: then json-c 0.18 refuses all characters beyond ASCII. Since 0.17
 * it also refuses the numbers of a difference, for which there is a better error.
 */
static enum kms_status text_parse(const char *path, const char *text,
				  size_t len, json_object **root,
				  struct kms_error *err)
{
	json_tokener *tokener = json_tokener_new();
	enum json_tokener_error error;
	size_t end;

	*root = NULL;
	if (!tokener)
		return kms_fail_memory(err);
	json_tokener_set_flags(tokener, JSON_TOKENER_VALIDATE_UTF8);
	*root = json_tokener_parse_ex(tokener, text, (int)len);
	error = json_tokener_get_error(tokener);
	end = json_tokener_get_parse_end(tokener);
	json_tokener_free(tokener);
	if (error == json_tokener_continue)
		return kms_fail(err, KMS_ERROR, "%s: is truncated", path);
	if (error != json_tokener_success)
		return kms_fail(err, KMS_ERROR, "%s: is not JSON: %s", path,
				json_tokener_error_desc(error));
	while (end < len && strchr(" \t\r\n", text[end]) && text[end])
		end++;
	if (end < len)
		return kms_fail(err, KMS_ERROR,
				"%s: is not JSON: text after the end", path);
	if (!json_object_is_type(*root, json_type_object))
		return kms_fail(err, KMS_ERROR, "%s: is not a JSON object", path);
	return KMS_OK;
}

/* Percent has one decimal, so ten times that is a whole number of permille. */
static struct kms_value percent_parse(json_object *json)
{
	double permille = json_object_get_double(json) * 10;
	uint64_t whole;

	if (!(permille >= 0 && permille <= UINT32_MAX))
		return (struct kms_value){ 0 };
	whole = (uint64_t)(permille + 0.5);
	/* Few decimals are exact in a double. */
	if (permille - whole > 0.001 || whole - permille > 0.001)
		return (struct kms_value){ 0 };
	return kms_value_unsigned(whole);
}

/* False if the JSON value is nothing that the column can have. */
static bool value_parse(json_object *json, const struct kms_column *column,
			struct kms_value *value)
{
	const char *text;

	*value = (struct kms_value){ 0 };
	if (column->unit == KMS_UNIT_PERMILLE) {
		if (json_object_is_type(json, json_type_double) ||
		    json_object_is_type(json, json_type_int))
			*value = percent_parse(json);
	} else if (json_object_is_type(json, json_type_int)) {
		if (json_object_get_int64(json) < 0)
			*value = kms_value_signed(json_object_get_int64(json));
		else
			*value = kms_value_unsigned(json_object_get_uint64(json));
	} else if (json_object_is_type(json, json_type_string)) {
		text = json_object_get_string(json);
		/* --json never prints a NUL. */
		if (strlen(text) == (size_t)json_object_get_string_len(json) &&
		    kms_text_prints(text))
			*value = kms_value_text(text);
	}
	if (value->presence && kms_value_fits(value, column))
		return true;
	kms_value_clear(value);
	return false;
}

/* Does the row have the column in permille, as older programs saved it? */
static bool has_permille(json_object *row, const struct kms_column *column)
{
	size_t len = strlen(column->name) - strlen("percent");
	char name[64];

	if (column->unit != KMS_UNIT_PERMILLE)
		return false;
	snprintf(name, sizeof(name), "%.*spermille", (int)len, column->name);
	return json_object_object_get_ex(row, name, NULL);
}

static enum kms_status row_parse(json_object *json, const char *path,
				 struct kms_rows *rows, struct kms_error *err)
{
	struct kms_value *row = kms_rows_add(rows);
	const struct kms_column *column;
	json_object *value;
	size_t i;

	if (!row)
		return kms_fail_memory(err);
	if (!json_object_is_type(json, json_type_object))
		return kms_fail(err, KMS_ERROR, "%s: row %zu is not an object",
				path, rows->nr);
	for (i = 0; i < rows->kind->nr_columns; i++) {
		column = &rows->kind->columns[i];
		if (has_permille(json, column))
			return kms_fail(err, KMS_ERROR,
					"%s: row %zu has no %s but permille, from an older program; save it again",
					path, rows->nr, column->name);
		if (json_object_object_get_ex(json, column->name, &value) &&
		    !value_parse(value, column, &row[i]))
			return kms_fail(err, KMS_ERROR,
					"%s: row %zu has an invalid %s",
					path, rows->nr, column->name);
	}
	return KMS_OK;
}

static enum kms_status rows_parse(json_object *json, const char *path,
				  const char *root, struct kms_rows *rows,
				  struct kms_error *err)
{
	enum kms_status status = KMS_OK;
	json_object *array;
	size_t i;

	if (!json_object_object_get_ex(json, root, &array) ||
	    !json_object_is_type(array, json_type_array))
		return kms_fail(err, KMS_ERROR,
				"%s: is not a --json answer of this command: it has no array \"%s\"",
				path, root);
	for (i = 0; !status && i < json_object_array_length(array); i++)
		status = row_parse(json_object_array_get_idx(array, i), path,
				   rows, err);
	return status;
}

static enum kms_status stamp_parse(json_object *json, const char *path,
				   struct kms_stamp *stamp,
				   struct kms_error *err)
{
	json_object *id, *time;
	const char *text;

	if (!json_object_object_get_ex(json, "boot_id", &id) ||
	    !json_object_is_type(id, json_type_string))
		return kms_fail(err, KMS_ERROR, "%s: has no text \"boot_id\"",
				path);
	if (!json_object_object_get_ex(json, "boottime_ns", &time) ||
	    !json_object_is_type(time, json_type_int) ||
	    json_object_get_int64(time) < 0)
		return kms_fail(err, KMS_ERROR,
				"%s: has no number \"boottime_ns\"", path);
	text = json_object_get_string(id);
	if (!kms_text_prints(text) || strlen(text) >= sizeof(stamp->boot_id))
		return kms_fail(err, KMS_ERROR, "%s: has an invalid \"boot_id\"",
				path);
	memcpy(stamp->boot_id, text, strlen(text) + 1);
	stamp->boottime_ns = json_object_get_uint64(time);
	return KMS_OK;
}

static enum kms_status terms_parse(json_object *filters,
				   const struct kms_kind *kind,
				   const char *path, struct kms_scope *scope,
				   struct kms_error *err)
{
	enum kms_status status = KMS_OK;
	struct kms_value value;
	size_t column, i;

	if (!json_object_is_type(filters, json_type_object))
		goto invalid;
	json_object_object_foreach(filters, name, values) {
		if (!kms_kind_find(kind, name, strlen(name), &column) ||
		    !json_object_is_type(values, json_type_array))
			goto invalid;
		for (i = 0; i < json_object_array_length(values); i++) {
			if (!value_parse(json_object_array_get_idx(values, i),
					 &kind->columns[column], &value))
				goto invalid;
			status = kms_scope_add(scope, column, &value, err);
			kms_value_clear(&value);
			if (status)
				return status;
		}
	}
	return KMS_OK;
invalid:
	return kms_fail(err, KMS_ERROR, "%s: has invalid filters",
			path);
}

static void columns_parse(json_object *names, const struct kms_kind *kind,
			  struct kms_selection *columns)
{
	struct kms_error unknown;
	json_object *name;
	size_t i;

	if (!json_object_is_type(names, json_type_array))
		return;
	for (i = 0; i < json_object_array_length(names); i++) {
		name = json_object_array_get_idx(names, i);
		/* Columns of a newer program are not needed here. */
		if (json_object_is_type(name, json_type_string))
			kms_select_add(columns, kind,
				       json_object_get_string(name), &unknown);
	}
}

/* The limits of the rows in the file; see request_add() in output/json.c. */
static enum kms_status scope_parse(json_object *json, const char *path,
				   const struct kms_kind *kind,
				   struct kms_scope *scope,
				   struct kms_error *err)
{
	json_object *request, *part;

	if (!json_object_object_get_ex(json, "request", &request))
		return KMS_OK;
	if (json_object_object_get_ex(request, "top", &part))
		scope->top = json_object_get_uint64(part);
	if (json_object_object_get_ex(request, "columns", &part))
		columns_parse(part, kind, &scope->columns);
	if (json_object_object_get_ex(request, "filters", &part))
		return terms_parse(part, kind, path, scope, err);
	return KMS_OK;
}

static enum kms_status file_parse(const char *path, json_object **json,
				  struct kms_error *err)
{
	enum kms_status status;
	size_t len;
	char *text;

	status = file_read(path, &text, &len, err);
	if (!status)
		status = text_parse(path, text, len, json, err);
	free(text);
	return status;
}

static enum kms_status answer_parse(json_object *json, const char *path,
				    const char *root, struct kms_answer *answer,
				    struct kms_error *err)
{
	enum kms_status status;
	json_object *partial;

	if (json_object_object_get_ex(json, "since", NULL))
		return kms_fail(err, KMS_ERROR,
				"%s: is a difference, not an answer to compare with",
				path);
	status = rows_parse(json, path, root, &answer->rows, err);
	if (status)
		return status;
	status = stamp_parse(json, path, &answer->stamp, err);
	if (status)
		return status;
	answer->partial = json_object_object_get_ex(json, "partial", &partial) &&
			  json_object_get_boolean(partial);
	return scope_parse(json, path, answer->rows.kind, &answer->scope, err);
}

enum kms_status kms_answer_read(struct kms_answer *answer, const char *path,
				const char *root, struct kms_error *err)
{
	json_object *json = NULL;
	enum kms_status status;

	status = file_parse(path, &json, err);
	if (!status)
		status = answer_parse(json, path, root, answer, err);
	json_object_put(json);
	return status;
}
