/* SPDX-License-Identifier: GPL-2.0-only */
/* One value of a record, which may be absent. */
#ifndef KS_VALUE_H
#define KS_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/column.h"

enum ks_presence {
	KS_ABSENT = 0,
	KS_NUMBER,
	KS_TEXT,
};

/*
 * Sign and magnitude, because u64, s64 and every difference of two of them fit
 * in nothing narrower.  Zero is never negative.  Text is owned by the value and
 * safe to print: see ks_text_escape().
 */
struct ks_value {
	enum ks_presence presence;
	bool negative;
	uint64_t magnitude;
	char *text;
};

struct ks_value ks_value_unsigned(uint64_t number);
struct ks_value ks_value_signed(int64_t number);

/* Take a copy of text; absent when memory is out. */
struct ks_value ks_value_text(const char *text);

/* False when memory is out. */
bool ks_value_copy(struct ks_value *to, const struct ks_value *from);

void ks_value_clear(struct ks_value *value);

/* Below, equal or above 0; what is absent comes before all that is not. */
int ks_value_compare(const struct ks_value *a, const struct ks_value *b);

/* newer - older, both numbers. */
struct ks_value ks_value_subtract(const struct ks_value *newer,
				  const struct ks_value *older);

/* Could the kernel have sent this value for this column? */
bool ks_value_fits(const struct ks_value *value,
		   const struct ks_column *column);

#endif /* KS_VALUE_H */
