/* SPDX-License-Identifier: GPL-2.0-only */
/* Values as text, in the units that people read. */
#ifndef KMS_TABLE_FORMAT_H
#define KMS_TABLE_FORMAT_H

#include "table/value.h"

/* Room for any number in any form. */
#define KMS_MAX_FORMAT 32

struct kms_style {
	bool exact;	/* all digits, no units */
	bool sign;	/* differences: '+' before growth, except in keys */
};

/* Format a value that is not absent: in buffer, or its own text. */
const char *kms_format_value(const struct kms_column *column,
			     const struct kms_value *value,
			     const struct kms_style *style,
			     char buffer[KMS_MAX_FORMAT]);

#endif /* KMS_TABLE_FORMAT_H */
