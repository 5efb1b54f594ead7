/* SPDX-License-Identifier: GPL-2.0-only */
/* Records of one kind; a row has a value for each column of the kind. */
#ifndef KMS_TABLE_ROWS_H
#define KMS_TABLE_ROWS_H

#include "table/value.h"

struct kms_rows {
	const struct kms_kind *kind;
	struct kms_value **row;
	size_t nr;
	size_t room;
};

/* Append a row of absent values and return it, or NULL when memory is out. */
struct kms_value *kms_rows_add(struct kms_rows *rows);

/* Forget all rows from number first on. */
void kms_rows_cut(struct kms_rows *rows, size_t first);

/* Forget all rows for which keep() says no. */
void kms_rows_filter(struct kms_rows *rows,
		     bool (*keep)(const struct kms_value *row, void *arg),
		     void *arg);

void kms_rows_free(struct kms_rows *rows);

#endif /* KMS_TABLE_ROWS_H */
