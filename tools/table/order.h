/* SPDX-License-Identifier: GPL-2.0-only */
/* The order in which rows are printed. */
#ifndef KMS_TABLE_ORDER_H
#define KMS_TABLE_ORDER_H

#include "lib/error.h"
#include "table/rows.h"

enum kms_direction {
	KMS_NATURAL,	/* numbers largest first, text from A to Z */
	KMS_RISING,
	KMS_FALLING,
};

struct kms_order {
	size_t column;
	enum kms_direction direction;
};

/* Parse [+|-]COLUMN. */
enum kms_status kms_order_parse(struct kms_order *order,
				const struct kms_kind *kind, const char *text,
				struct kms_error *err);

/*
 * Sort the rows; absent values come last, equal ones keep their order. In the
 * natural order of differences the largest change, up or down, comes first.
 */
enum kms_status kms_order_rows(const struct kms_order *order,
			       struct kms_rows *rows, bool differences,
			       struct kms_error *err);

#endif /* KMS_TABLE_ORDER_H */
