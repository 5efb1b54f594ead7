/* SPDX-License-Identifier: GPL-2.0-only */
/* Records of one type; a row has a value for each column. */
#ifndef KMS_TABLE_ROWS_H
#define KMS_TABLE_ROWS_H

#include "table/value.h"

struct kms_rows {
	const struct kms_kind *kind;
	struct kms_value **row;
	size_t nr;
	size_t room;
};

/* Append a row of absent values; NULL if memory is out. */
struct kms_value *kms_rows_add(struct kms_rows *rows);

/* Drop all rows from number first on. */
void kms_rows_cut(struct kms_rows *rows, size_t first);

/* Drop all rows for which keep() returns false. */
void kms_rows_filter(struct kms_rows *rows,
		     bool (*keep)(const struct kms_value *row, void *arg),
		     void *arg);

/* A value by its number on the wire; absent if there is no such row. */
const struct kms_value *kms_rows_value(const struct kms_rows *rows, size_t row,
				       uint16_t attr);

/* The text of such a value; NULL if it is absent. */
const char *kms_rows_text(const struct kms_rows *rows, size_t row,
			  uint16_t attr);

/* Compare the keys of two rows: below, equal or above 0. */
int kms_rows_compare_keys(const struct kms_kind *kind,
			  const struct kms_value *a, const struct kms_value *b);

void kms_rows_free(struct kms_rows *rows);

#endif /* KMS_TABLE_ROWS_H */
