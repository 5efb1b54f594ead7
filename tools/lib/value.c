// SPDX-License-Identifier: GPL-2.0-only
/* One value of a record, which may be absent. */
#include <stdlib.h>
#include <string.h>

#include "lib/value.h"

struct ks_value ks_value_unsigned(uint64_t number)
{
	return (struct ks_value){
		.presence = KS_NUMBER,
		.magnitude = number,
	};
}

struct ks_value ks_value_signed(int64_t number)
{
	/* In unsigned arithmetic, INT64_MIN has a magnitude too. */
	return (struct ks_value){
		.presence = KS_NUMBER,
		.negative = number < 0,
		.magnitude = number < 0 ? -(uint64_t)number : (uint64_t)number,
	};
}

struct ks_value ks_value_text(const char *text)
{
	struct ks_value value = { .text = strdup(text) };

	if (value.text)
		value.presence = KS_TEXT;
	return value;
}

bool ks_value_copy(struct ks_value *to, const struct ks_value *from)
{
	*to = *from;
	if (from->presence != KS_TEXT)
		return true;
	*to = ks_value_text(from->text);
	return to->presence == KS_TEXT;
}

void ks_value_clear(struct ks_value *value)
{
	free(value->text);
	*value = (struct ks_value){ 0 };
}

static int magnitude_compare(const struct ks_value *a, const struct ks_value *b)
{
	return (a->magnitude > b->magnitude) - (a->magnitude < b->magnitude);
}

int ks_value_compare(const struct ks_value *a, const struct ks_value *b)
{
	if (a->presence != b->presence)
		return a->presence < b->presence ? -1 : 1;
	switch (a->presence) {
	case KS_NUMBER:
		if (a->negative != b->negative)
			return a->negative ? -1 : 1;
		return a->negative ? magnitude_compare(b, a) :
				     magnitude_compare(a, b);
	case KS_TEXT:
		return strcmp(a->text, b->text);
	default:
		return 0;
	}
}

struct ks_value ks_value_subtract(const struct ks_value *newer,
				  const struct ks_value *older)
{
	struct ks_value result = { .presence = KS_NUMBER };

	/* Two of the same type differ by less than 2^64, whatever their sign */
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

bool ks_value_fits(const struct ks_value *value, const struct ks_column *column)
{
	if (value->presence == KS_ABSENT)
		return true;
	if (column->type == KS_TYPE_STRING)
		return value->presence == KS_TEXT;
	if (value->presence != KS_NUMBER)
		return false;
	switch (column->type) {
	case KS_TYPE_U32:
		return !value->negative && value->magnitude <= UINT32_MAX;
	case KS_TYPE_U64:
		return !value->negative;
	default:
		return value->magnitude <=
		       (uint64_t)INT64_MAX + (value->negative ? 1 : 0);
	}
}
