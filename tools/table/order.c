// SPDX-License-Identifier: GPL-2.0-only
/* The order in which rows are printed. */
#include <stdlib.h>
#include <string.h>

#include "table/order.h"

/* qsort() may swap equal rows, so their position decides. */
struct sorted_row {
	struct kms_value *row;
	size_t position;	/* before sorting */
};

struct how {
	size_t column;
	enum kms_direction direction;
	bool magnitude;
};

enum kms_status kms_order_parse(struct kms_order *order,
				const struct kms_kind *kind, const char *text,
				struct kms_error *err)
{
	order->direction = KMS_NATURAL;
	if (*text == '+')
		order->direction = KMS_RISING;
	else if (*text == '-')
		order->direction = KMS_FALLING;
	if (order->direction != KMS_NATURAL)
		text++;
	if (!kms_kind_find(kind, text, strlen(text), &order->column))
		return kms_fail(err, KMS_ERROR, "unknown column: '%s'", text);
	return KMS_OK;
}

static int values_compare(const struct kms_value *a, const struct kms_value *b,
			  const struct how *how)
{
	bool falls = how->direction == KMS_FALLING;

	if (!a->presence || !b->presence)
		return !a->presence - !b->presence;
	if (how->direction == KMS_NATURAL && a->presence == KMS_NUMBER) {
		if (how->magnitude && a->magnitude != b->magnitude)
			return a->magnitude > b->magnitude ? -1 : 1;
		falls = true;
	}
	return falls ? kms_value_compare(b, a) : kms_value_compare(a, b);
}

static int sorted_rows_compare(const void *a, const void *b, void *arg)
{
	const struct sorted_row *left = a, *right = b;
	const struct how *how = arg;
	int result;

	result = values_compare(&left->row[how->column],
				&right->row[how->column], how);
	if (result)
		return result;
	return left->position < right->position ? -1 : 1;
}

enum kms_status kms_order_rows(const struct kms_order *order,
			       struct kms_rows *rows, bool differences,
			       struct kms_error *err)
{
	struct how how = {
		.column = order->column,
		.direction = order->direction,
		/* Keys stay as they are in a difference. */
		.magnitude = differences &&
			     !rows->kind->columns[order->column].key,
	};
	struct sorted_row *sorted;
	size_t i;

	sorted = calloc(rows->nr + 1, sizeof(*sorted));
	if (!sorted)
		return kms_fail_memory(err);
	for (i = 0; i < rows->nr; i++)
		sorted[i] = (struct sorted_row){ rows->row[i], i };
	qsort_r(sorted, rows->nr, sizeof(*sorted), sorted_rows_compare, &how);
	for (i = 0; i < rows->nr; i++)
		rows->row[i] = sorted[i].row;
	free(sorted);
	return KMS_OK;
}
