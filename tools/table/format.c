// SPDX-License-Identifier: GPL-2.0-only
/* Values as text, in the units that people read. */
#include <stdio.h>

#include "lib/array.h"
#include "table/format.h"

/* Scale by powers of base, to one decimal: 1536 by 1024 is "1.5K". */
static void scaled_print(char *buffer, const char *sign, uint64_t number,
			 uint64_t base, const char * const *units, size_t nr)
{
	uint64_t unit = 1, whole, tenth;
	size_t i = 0;

	while (i + 1 < nr && number / unit >= base) {
		unit *= base;
		i++;
	}
	whole = number / unit;
	/* A remainder is below 2^60, so ten times that fits. */
	tenth = (number % unit * 10 + unit / 2) / unit;
	if (tenth == 10) {
		tenth = 0;
		whole++;
	}
	if (whole == base && i + 1 < nr) {
		whole = 1;
		i++;
	}
	if (tenth)
		snprintf(buffer, KMS_MAX_FORMAT, "%s%llu.%llu%s", sign,
			 (unsigned long long)whole, (unsigned long long)tenth,
			 units[i]);
	else
		snprintf(buffer, KMS_MAX_FORMAT, "%s%llu%s", sign,
			 (unsigned long long)whole, units[i]);
}

const char *kms_format_value(const struct kms_column *column,
			     const struct kms_value *value,
			     const struct kms_style *style,
			     char buffer[KMS_MAX_FORMAT])
{
	static const char * const sizes[] = {
		"B", "K", "M", "G", "T", "P", "E",
	};
	static const char * const times[] = { "ns", "us", "ms", "s" };
	const char *sign = "";

	if (value->presence == KMS_TEXT)
		return value->text;
	if (value->negative)
		sign = "-";
	else if (style->sign && !column->key && value->magnitude)
		sign = "+";

	if (!style->exact && value->magnitude && column->unit == KMS_UNIT_BYTES)
		scaled_print(buffer, sign, value->magnitude, 1024, sizes,
			     ARRAY_SIZE(sizes));
	else if (!style->exact && value->magnitude &&
		 column->unit == KMS_UNIT_NS)
		scaled_print(buffer, sign, value->magnitude, 1000, times,
			     ARRAY_SIZE(times));
	else if (column->unit == KMS_UNIT_PERMILLE)
		snprintf(buffer, KMS_MAX_FORMAT, "%s%llu.%llu", sign,
			 (unsigned long long)value->magnitude / 10,
			 (unsigned long long)value->magnitude % 10);
	else
		snprintf(buffer, KMS_MAX_FORMAT, "%s%llu", sign,
			 (unsigned long long)value->magnitude);
	return buffer;
}
