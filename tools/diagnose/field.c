// SPDX-License-Identifier: GPL-2.0-only
/* Single values of rows, by their numbers on the wire. */
#include "diagnose/field.h"

static const struct ks_value *value_of(const struct ks_rows *rows, size_t row,
				       uint16_t attr)
{
	size_t column;

	if (row >= rows->nr || !ks_kind_find_attr(rows->kind, attr, &column))
		return NULL;
	return &rows->row[row][column];
}

uint64_t ks_field(const struct ks_rows *rows, size_t row, uint16_t attr)
{
	const struct ks_value *value = value_of(rows, row, attr);

	if (!value || value->presence != KS_NUMBER || value->negative)
		return KS_UNKNOWN;
	return value->magnitude;
}

bool ks_field_signed(const struct ks_rows *rows, size_t row, uint16_t attr,
		     int64_t *number)
{
	const struct ks_value *value = value_of(rows, row, attr);

	if (!value || value->presence != KS_NUMBER ||
	    value->magnitude > INT64_MAX)
		return false;
	*number = value->negative ? -(int64_t)value->magnitude :
				    (int64_t)value->magnitude;
	return true;
}

const char *ks_field_text(const struct ks_rows *rows, size_t row,
			  uint16_t attr)
{
	const struct ks_value *value = value_of(rows, row, attr);

	return value && value->presence == KS_TEXT ? value->text : NULL;
}
