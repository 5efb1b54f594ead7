// SPDX-License-Identifier: GPL-2.0-only
/* In which order to print rows. */
#include <stdlib.h>
#include <string.h>

#include "lib/order.h"

/* qsort() may swap equal rows: the place each had settles it. */
struct place {
	struct ks_value *row;
	size_t before;
};

struct how {
	size_t column;
	enum ks_direction direction;
	bool magnitude;
};

enum ks_status ks_order_parse(struct ks_order *order,
			      const struct ks_kind *kind, const char *text,
			      struct ks_error *err)
{
	order->direction = KS_NATURAL;
	if (*text == '+')
		order->direction = KS_RISING;
	else if (*text == '-')
		order->direction = KS_FALLING;
	if (order->direction != KS_NATURAL)
		text++;
	if (!ks_kind_find(kind, text, strlen(text), &order->column))
		return ks_fail(err, KS_ERROR, "unknown column: '%s'", text);
	return KS_OK;
}

static int values_compare(const struct ks_value *a, const struct ks_value *b,
			  const struct how *how)
{
	bool falls = how->direction == KS_FALLING;

	if (!a->presence || !b->presence)
		return !a->presence - !b->presence;
	if (how->direction == KS_NATURAL && a->presence == KS_NUMBER) {
		if (how->magnitude && a->magnitude != b->magnitude)
			return a->magnitude > b->magnitude ? -1 : 1;
		falls = true;
	}
	return falls ? ks_value_compare(b, a) : ks_value_compare(a, b);
}

static int places_compare(const void *a, const void *b, void *arg)
{
	const struct place *left = a, *right = b;
	const struct how *how = arg;
	int result;

	result = values_compare(&left->row[how->column],
				&right->row[how->column], how);
	if (result)
		return result;
	return left->before < right->before ? -1 : 1;
}

enum ks_status ks_order_rows(const struct ks_order *order,
			     struct ks_rows *rows, bool differences,
			     struct ks_error *err)
{
	struct how how = {
		.column = order->column,
		.direction = order->direction,
		/* Keys are no differences */
		.magnitude = differences &&
			     !rows->kind->columns[order->column].key,
	};
	struct place *places;
	size_t i;

	places = calloc(rows->nr + 1, sizeof(*places));
	if (!places)
		return ks_fail_memory(err);
	for (i = 0; i < rows->nr; i++)
		places[i] = (struct place){ rows->row[i], i };
	qsort_r(places, rows->nr, sizeof(*places), places_compare, &how);
	for (i = 0; i < rows->nr; i++)
		rows->row[i] = places[i].row;
	free(places);
	return KS_OK;
}
