// SPDX-License-Identifier: GPL-2.0-only
/* Single values of rows, by their numbers on the wire. */
#include <linux/kmemscope.h>

#include "table/field.h"

static const struct kms_value *value_of(const struct kms_rows *rows, size_t row,
					uint16_t attr)
{
	size_t column;

	if (row >= rows->nr || !kms_kind_find_attr(rows->kind, attr, &column))
		return NULL;
	return &rows->row[row][column];
}

uint64_t kms_field(const struct kms_rows *rows, size_t row, uint16_t attr)
{
	const struct kms_value *value = value_of(rows, row, attr);

	if (!value || value->presence != KMS_NUMBER || value->negative)
		return KMS_UNKNOWN;
	return value->magnitude;
}

bool kms_field_signed(const struct kms_rows *rows, size_t row, uint16_t attr,
		      int64_t *number)
{
	const struct kms_value *value = value_of(rows, row, attr);

	if (!value || value->presence != KMS_NUMBER ||
	    value->magnitude > INT64_MAX)
		return false;
	*number = value->negative ? -(int64_t)value->magnitude :
				    (int64_t)value->magnitude;
	return true;
}

const char *kms_field_text(const struct kms_rows *rows, size_t row,
			   uint16_t attr)
{
	const struct kms_value *value = value_of(rows, row, attr);

	return value && value->presence == KMS_TEXT ? value->text : NULL;
}

size_t kms_field_parents(const struct kms_rows *allocators, size_t row,
			 const char **parent)
{
	static const uint16_t attrs[KMS_PARENTS_MAX] = {
		KMEMSCOPE_A_TRACE_ALLOCATOR_PARENT_1,
		KMEMSCOPE_A_TRACE_ALLOCATOR_PARENT_2,
		KMEMSCOPE_A_TRACE_ALLOCATOR_PARENT_3,
		KMEMSCOPE_A_TRACE_ALLOCATOR_PARENT_4,
	};
	size_t nr = 0;

	while (nr < KMS_PARENTS_MAX &&
	       (parent[nr] = kms_field_text(allocators, row, attrs[nr])))
		nr++;
	return nr;
}
