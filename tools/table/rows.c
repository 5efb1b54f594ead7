// SPDX-License-Identifier: GPL-2.0-only
/* Records of one type; a row has a value for each column. */
#include <stdlib.h>

#include "table/rows.h"

struct kms_value *kms_rows_add(struct kms_rows *rows)
{
	struct kms_value *row;

	if (rows->nr == rows->room) {
		size_t room = rows->room ? 2 * rows->room : 64;
		struct kms_value **more;

		more = reallocarray(rows->row, room, sizeof(*more));
		if (!more)
			return NULL;
		rows->row = more;
		rows->room = room;
	}
	row = calloc(rows->kind->nr_columns, sizeof(*row));
	if (row)
		rows->row[rows->nr++] = row;
	return row;
}

static void row_free(const struct kms_rows *rows, struct kms_value *row)
{
	size_t i;

	for (i = 0; i < rows->kind->nr_columns; i++)
		kms_value_clear(&row[i]);
	free(row);
}

void kms_rows_cut(struct kms_rows *rows, size_t first)
{
	while (rows->nr > first)
		row_free(rows, rows->row[--rows->nr]);
}

void kms_rows_filter(struct kms_rows *rows,
		     bool (*keep)(const struct kms_value *row, void *arg),
		     void *arg)
{
	size_t i, kept = 0;

	for (i = 0; i < rows->nr; i++) {
		if (keep(rows->row[i], arg))
			rows->row[kept++] = rows->row[i];
		else
			row_free(rows, rows->row[i]);
	}
	rows->nr = kept;
}

const struct kms_value *kms_rows_value(const struct kms_rows *rows, size_t row,
				       uint16_t attr)
{
	static const struct kms_value absent;
	size_t column;

	if (row >= rows->nr || !kms_kind_find_attr(rows->kind, attr, &column))
		return &absent;
	return &rows->row[row][column];
}

const char *kms_rows_text(const struct kms_rows *rows, size_t row,
			  uint16_t attr)
{
	return kms_rows_value(rows, row, attr)->text;
}

int kms_rows_compare_keys(const struct kms_kind *kind,
			  const struct kms_value *a, const struct kms_value *b)
{
	int result = 0;
	size_t i;

	for (i = 0; !result && i < kind->nr_columns; i++) {
		if (kind->columns[i].key)
			result = kms_value_compare(&a[i], &b[i]);
	}
	return result;
}

void kms_rows_free(struct kms_rows *rows)
{
	kms_rows_cut(rows, 0);
	free(rows->row);
	rows->row = NULL;
	rows->room = 0;
}
