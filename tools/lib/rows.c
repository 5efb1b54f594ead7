// SPDX-License-Identifier: GPL-2.0-only
/* Records of one kind; a row has a value for each column of the kind. */
#include <stdlib.h>

#include "lib/rows.h"

struct ks_value *ks_rows_add(struct ks_rows *rows)
{
	struct ks_value *row;

	if (rows->nr == rows->room) {
		size_t room = rows->room ? 2 * rows->room : 64;
		struct ks_value **more;

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

static void row_free(const struct ks_rows *rows, struct ks_value *row)
{
	size_t i;

	for (i = 0; i < rows->kind->nr_columns; i++)
		ks_value_clear(&row[i]);
	free(row);
}

void ks_rows_cut(struct ks_rows *rows, size_t first)
{
	while (rows->nr > first)
		row_free(rows, rows->row[--rows->nr]);
}

void ks_rows_filter(struct ks_rows *rows,
		    bool (*keep)(const struct ks_value *row, void *arg),
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

void ks_rows_free(struct ks_rows *rows)
{
	ks_rows_cut(rows, 0);
	free(rows->row);
	rows->row = NULL;
	rows->room = 0;
}
