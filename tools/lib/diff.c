// SPDX-License-Identifier: GPL-2.0-only
/* What changed between two answers to the same question. */
#include <stdlib.h>

#include "lib/diff.h"

/* The rows of one answer, sorted by key; the next ones to look at. */
struct side {
	struct ks_value **row;
	size_t nr;
	size_t next;
	size_t same;	/* how many from next on share a key */
};

struct place {
	struct ks_value *row;
	size_t before;
};

static int keys_compare(const struct ks_value *a, const struct ks_value *b,
			const struct ks_kind *kind)
{
	int result = 0;
	size_t i;

	for (i = 0; !result && i < kind->nr_columns; i++) {
		if (kind->columns[i].key)
			result = ks_value_compare(&a[i], &b[i]);
	}
	return result;
}

static int places_compare(const void *a, const void *b, void *kind)
{
	const struct place *left = a, *right = b;
	int result = keys_compare(left->row, right->row, kind);

	if (result)
		return result;
	return left->before < right->before ? -1 : 1;
}

static enum ks_status side_sort(struct side *side, const struct ks_rows *rows,
				struct ks_error *err)
{
	struct place *places = calloc(rows->nr + 1, sizeof(*places));
	size_t i;

	*side = (struct side){ .nr = rows->nr };
	side->row = calloc(rows->nr + 1, sizeof(*side->row));
	if (!places || !side->row) {
		free(places);
		return ks_fail_memory(err);
	}
	for (i = 0; i < rows->nr; i++)
		places[i] = (struct place){ rows->row[i], i };
	qsort_r(places, rows->nr, sizeof(*places), places_compare,
		(void *)rows->kind);
	for (i = 0; i < rows->nr; i++)
		side->row[i] = places[i].row;
	free(places);
	return KS_OK;
}

/* Count the rows of side, from next on, that have the key of row. */
static size_t same_count(const struct side *side, const struct ks_value *row,
			 const struct ks_kind *kind)
{
	size_t i = side->next;

	while (i < side->nr && !keys_compare(side->row[i], row, kind))
		i++;
	return i - side->next;
}

/* Take the lowest key that is left, and count its rows on both sides. */
static bool step(struct side *newer, struct side *older,
		 const struct ks_kind *kind)
{
	const struct ks_value *row;

	newer->next += newer->same;
	older->next += older->same;
	if (newer->next == newer->nr && older->next == older->nr)
		return false;
	if (newer->next == newer->nr)
		row = older->row[older->next];
	else if (older->next == older->nr ||
		 keys_compare(newer->row[newer->next], older->row[older->next],
			      kind) <= 0)
		row = newer->row[newer->next];
	else
		row = older->row[older->next];
	newer->same = same_count(newer, row, kind);
	older->same = same_count(older, row, kind);
	return true;
}

/* A row's value; what a row that is not there would have is 0. */
static struct ks_value value_of(const struct ks_value *row, size_t column,
				const struct ks_value *other)
{
	if (row)
		return row[column];
	return other->presence == KS_NUMBER ? ks_value_unsigned(0) :
					      (struct ks_value){ 0 };
}

static bool row_changed(const struct ks_diff *diff,
			const struct ks_value *newer,
			const struct ks_value *older)
{
	const struct ks_kind *kind = diff->newer->kind;
	struct ks_value n, o;
	size_t i;

	for (i = 0; i < kind->nr_columns; i++) {
		if (!diff->watched[i] || kind->columns[i].key)
			continue;
		n = value_of(newer, i, older ? &older[i] : NULL);
		o = value_of(older, i, newer ? &newer[i] : NULL);
		/* What one side does not know has not changed, to our knowledge */
		if (n.presence == o.presence && ks_value_compare(&n, &o))
			return true;
	}
	return false;
}

static enum ks_status row_subtract(const struct ks_value *newer,
				   const struct ks_value *older,
				   struct ks_rows *rows, struct ks_error *err)
{
	const struct ks_value *known = newer ? newer : older;
	struct ks_value *row = ks_rows_add(rows);
	struct ks_value n, o;
	size_t i;

	if (!row)
		return ks_fail_memory(err);
	for (i = 0; i < rows->kind->nr_columns; i++) {
		if (rows->kind->columns[i].key ||
		    rows->kind->columns[i].type == KS_TYPE_STRING) {
			if (!ks_value_copy(&row[i], &known[i]))
				return ks_fail_memory(err);
			continue;
		}
		n = value_of(newer, i, &known[i]);
		o = value_of(older, i, &known[i]);
		if (n.presence == KS_NUMBER && o.presence == KS_NUMBER)
			row[i] = ks_value_subtract(&n, &o);
	}
	return KS_OK;
}

/* The k-th row of a key belongs to the k-th: the kernel keeps their order. */
static enum ks_status keys_subtract(const struct ks_diff *diff,
				    const struct side *newer,
				    const struct side *older,
				    struct ks_rows *rows, struct ks_error *err)
{
	size_t most = newer->same > older->same ? newer->same : older->same;
	enum ks_status status = KS_OK;
	struct ks_value *n, *o;
	size_t i;

	for (i = 0; !status && i < most; i++) {
		n = newer->same ? newer->row[newer->next + i] : NULL;
		o = older->same ? older->row[older->next + i] : NULL;
		if (row_changed(diff, n, o))
			status = row_subtract(n, o, rows, err);
	}
	return status;
}

enum ks_status ks_diff_rows(const struct ks_diff *diff, struct ks_rows *rows,
			    struct ks_error *err)
{
	struct side newer = { 0 }, older = { 0 };
	enum ks_status status;
	size_t left_out = 0;

	status = side_sort(&newer, diff->newer, err);
	if (!status)
		status = side_sort(&older, diff->older, err);
	while (!status && step(&newer, &older, rows->kind)) {
		if (newer.same != older.same &&
		    (diff->partial || (newer.same && older.same)))
			left_out += newer.same + older.same;
		else
			status = keys_subtract(diff, &newer, &older, rows, err);
	}
	free(newer.row);
	free(older.row);
	if (!status && left_out)
		return ks_fail(err, KS_PARTIAL,
			       "the difference is partial: %zu rows of the two answers cannot be matched",
			       left_out);
	return status;
}
