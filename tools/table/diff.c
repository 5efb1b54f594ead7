// SPDX-License-Identifier: GPL-2.0-only
/* The difference between two answers to the same request. */
#include <stdlib.h>

#include "table/diff.h"

/* The rows of one answer, sorted by key, and how far they were compared. */
struct side {
	struct kms_value **row;
	size_t nr;
	size_t next;
	size_t same;	/* number of rows from next on with one key */
};

struct sorted_row {
	struct kms_value *row;
	size_t position;	/* before sorting */
};

static int sorted_rows_compare(const void *a, const void *b, void *kind)
{
	const struct sorted_row *left = a, *right = b;
	int result = kms_rows_compare_keys(kind, left->row, right->row);

	if (result)
		return result;
	return left->position < right->position ? -1 : 1;
}

static enum kms_status side_sort(struct side *side, const struct kms_rows *rows,
				 struct kms_error *err)
{
	struct sorted_row *sorted = calloc(rows->nr + 1, sizeof(*sorted));
	size_t i;

	*side = (struct side){ .nr = rows->nr };
	side->row = calloc(rows->nr + 1, sizeof(*side->row));
	if (!sorted || !side->row) {
		free(sorted);
		return kms_fail_memory(err);
	}
	for (i = 0; i < rows->nr; i++)
		sorted[i] = (struct sorted_row){ rows->row[i], i };
	qsort_r(sorted, rows->nr, sizeof(*sorted), sorted_rows_compare,
		(void *)rows->kind);
	for (i = 0; i < rows->nr; i++)
		side->row[i] = sorted[i].row;
	free(sorted);
	return KMS_OK;
}

/* Count the rows of side, from next on, that have the key of row. */
static size_t same_count(const struct side *side, const struct kms_value *row,
			 const struct kms_kind *kind)
{
	size_t i = side->next;

	while (i < side->nr &&
	       !kms_rows_compare_keys(kind, side->row[i], row))
		i++;
	return i - side->next;
}

/* Go on to the lowest key left, and count its rows on both sides. */
static bool key_next(struct side *newer, struct side *older,
		     const struct kms_kind *kind)
{
	const struct kms_value *row;

	newer->next += newer->same;
	older->next += older->same;
	if (newer->next == newer->nr && older->next == older->nr)
		return false;
	if (newer->next == newer->nr)
		row = older->row[older->next];
	else if (older->next == older->nr ||
		 kms_rows_compare_keys(kind, newer->row[newer->next],
				       older->row[older->next]) <= 0)
		row = newer->row[newer->next];
	else
		row = older->row[older->next];
	newer->same = same_count(newer, row, kind);
	older->same = same_count(older, row, kind);
	return true;
}

/* The value of a row; a missing row has 0 where the other has a number. */
static struct kms_value value_or_zero(const struct kms_value *row,
				      size_t column,
				      const struct kms_value *other)
{
	if (row)
		return row[column];
	return other->presence == KMS_NUMBER ? kms_value_unsigned(0) :
					      (struct kms_value){ 0 };
}

static bool row_changed(const struct kms_diff *diff,
			const struct kms_value *newer,
			const struct kms_value *older)
{
	const struct kms_kind *kind = diff->newer->kind;
	struct kms_value n, o;
	size_t i;

	for (i = 0; i < kind->nr_columns; i++) {
		if (!diff->watched[i] || kind->columns[i].key)
			continue;
		n = value_or_zero(newer, i, older ? &older[i] : NULL);
		o = value_or_zero(older, i, newer ? &newer[i] : NULL);
		/* Nobody knows whether an absent value changed. */
		if (n.presence == o.presence && kms_value_compare(&n, &o))
			return true;
	}
	return false;
}

static enum kms_status row_subtract(const struct kms_value *newer,
				    const struct kms_value *older,
				    struct kms_rows *rows,
				    struct kms_error *err)
{
	const struct kms_value *known = newer ? newer : older;
	struct kms_value *row = kms_rows_add(rows);
	struct kms_value n, o;
	size_t i;

	if (!row)
		return kms_fail_memory(err);
	for (i = 0; i < rows->kind->nr_columns; i++) {
		if (rows->kind->columns[i].key ||
		    rows->kind->columns[i].type == KMS_TYPE_STRING) {
			if (!kms_value_copy(&row[i], &known[i]))
				return kms_fail_memory(err);
			continue;
		}
		n = value_or_zero(newer, i, &known[i]);
		o = value_or_zero(older, i, &known[i]);
		if (n.presence == KMS_NUMBER && o.presence == KMS_NUMBER)
			row[i] = kms_value_subtract(&n, &o);
	}
	return KMS_OK;
}

/* Rows of one key are matched in order: the kernel keeps it. */
static enum kms_status keys_subtract(const struct kms_diff *diff,
				     const struct side *newer,
				     const struct side *older,
				     struct kms_rows *rows,
				     struct kms_error *err)
{
	size_t most = newer->same > older->same ? newer->same : older->same;
	enum kms_status status = KMS_OK;
	struct kms_value *n, *o;
	size_t i;

	for (i = 0; !status && i < most; i++) {
		n = newer->same ? newer->row[newer->next + i] : NULL;
		o = older->same ? older->row[older->next + i] : NULL;
		if (row_changed(diff, n, o))
			status = row_subtract(n, o, rows, err);
	}
	return status;
}

enum kms_status kms_diff_rows(const struct kms_diff *diff,
			      struct kms_rows *rows, struct kms_error *err)
{
	struct side newer = { 0 }, older = { 0 };
	enum kms_status status;
	size_t left_out = 0;

	status = side_sort(&newer, diff->newer, err);
	if (!status)
		status = side_sort(&older, diff->older, err);
	while (!status && key_next(&newer, &older, rows->kind)) {
		if (newer.same != older.same &&
		    (diff->partial || (newer.same && older.same)))
			left_out += newer.same + older.same;
		else
			status = keys_subtract(diff, &newer, &older, rows, err);
	}
	free(newer.row);
	free(older.row);
	if (!status && left_out)
		return kms_fail(err, KMS_PARTIAL,
				"the difference is partial: %zu rows of the two answers cannot be matched",
				left_out);
	return status;
}
