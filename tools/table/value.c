// SPDX-License-Identifier: GPL-2.0-only
/* One value of a record, which may be absent. */
#include <stdlib.h>
#include <string.h>

#include "table/value.h"

struct kms_value kms_value_unsigned(uint64_t number)
{
	return (struct kms_value){
		.presence = KMS_NUMBER,
		.magnitude = number,
	};
}

struct kms_value kms_value_signed(int64_t number)
{
	/* In unsigned arithmetic INT64_MIN has a magnitude, too. */
	return (struct kms_value){
		.presence = KMS_NUMBER,
		.negative = number < 0,
		.magnitude = number < 0 ? -(uint64_t)number : (uint64_t)number,
	};
}

struct kms_value kms_value_text(const char *text)
{
	struct kms_value value = { .text = strdup(text) };

	if (value.text)
		value.presence = KMS_TEXT;
	return value;
}

bool kms_value_copy(struct kms_value *to, const struct kms_value *from)
{
	*to = *from;
	if (from->presence != KMS_TEXT)
		return true;
	*to = kms_value_text(from->text);
	return to->presence == KMS_TEXT;
}

void kms_value_clear(struct kms_value *value)
{
	free(value->text);
	*value = (struct kms_value){ 0 };
}

static int magnitude_compare(const struct kms_value *a,
			     const struct kms_value *b)
{
	return (a->magnitude > b->magnitude) - (a->magnitude < b->magnitude);
}

int kms_value_compare(const struct kms_value *a, const struct kms_value *b)
{
	if (a->presence != b->presence)
		return a->presence < b->presence ? -1 : 1;
	switch (a->presence) {
	case KMS_NUMBER:
		if (a->negative != b->negative)
			return a->negative ? -1 : 1;
		return a->negative ? magnitude_compare(b, a) :
				     magnitude_compare(a, b);
	case KMS_TEXT:
		return strcmp(a->text, b->text);
	default:
		return 0;
	}
}

struct kms_value kms_value_subtract(const struct kms_value *newer,
				    const struct kms_value *older)
{
	struct kms_value result = { .presence = KMS_NUMBER };

	/* Two numbers of one type differ by less than 2^64. */
	if (newer->negative != older->negative) {
		result.negative = newer->negative;
		result.magnitude = newer->magnitude + older->magnitude;
	} else if (newer->magnitude >= older->magnitude) {
		result.negative = newer->negative;
		result.magnitude = newer->magnitude - older->magnitude;
	} else {
		result.negative = !newer->negative;
		result.magnitude = older->magnitude - newer->magnitude;
	}
	if (!result.magnitude)
		result.negative = false;
	return result;
}

bool kms_value_fits(const struct kms_value *value,
		    const struct kms_column *column)
{
	if (value->presence == KMS_ABSENT)
		return true;
	if (column->type == KMS_TYPE_STRING)
		return value->presence == KMS_TEXT;
	if (value->presence != KMS_NUMBER)
		return false;
	switch (column->type) {
	case KMS_TYPE_U32:
		return !value->negative && value->magnitude <= UINT32_MAX;
	case KMS_TYPE_U64:
		return !value->negative;
	default:
		return value->magnitude <=
		       (uint64_t)INT64_MAX + (value->negative ? 1 : 0);
	}
}
