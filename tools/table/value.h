/* SPDX-License-Identifier: GPL-2.0-only */
/* One value of a record, which may be absent. */
#ifndef KMS_TABLE_VALUE_H
#define KMS_TABLE_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "table/column.h"

enum kms_presence {
	KMS_ABSENT = 0,
	KMS_NUMBER,
	KMS_TEXT,
};

/*
 * Sign and magnitude, because u64, s64 and every difference of two of them fit
 * in nothing narrower. Zero is never negative. The value owns its text, which is
 * safe to print: see kms_text_escape().
 */
struct kms_value {
	enum kms_presence presence;
	bool negative;
	uint64_t magnitude;
	char *text;
};

struct kms_value kms_value_unsigned(uint64_t number);
struct kms_value kms_value_signed(int64_t number);

/* Copy the text; the value is absent if memory is out. */
struct kms_value kms_value_text(const char *text);

/* False if memory is out. */
bool kms_value_copy(struct kms_value *to, const struct kms_value *from);

void kms_value_clear(struct kms_value *value);

/* Returns below, equal or above 0; absent values come first. */
int kms_value_compare(const struct kms_value *a, const struct kms_value *b);

/* Compute newer - older; both must be numbers. */
struct kms_value kms_value_subtract(const struct kms_value *newer,
				    const struct kms_value *older);

/* Could the kernel have sent this value for this column? */
bool kms_value_fits(const struct kms_value *value,
		    const struct kms_column *column);

#endif /* KMS_TABLE_VALUE_H */
