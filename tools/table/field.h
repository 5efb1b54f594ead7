/* SPDX-License-Identifier: GPL-2.0-only */
/* Single values of rows, by their numbers on the wire. */
#ifndef KMS_TABLE_FIELD_H
#define KMS_TABLE_FIELD_H

#include "table/rows.h"

/* What no number is: see kms_field(). */
#define KMS_UNKNOWN UINT64_MAX

/* A number, KMS_UNKNOWN where it is absent (or negative). */
uint64_t kms_field(const struct kms_rows *rows, size_t row, uint16_t attr);

/* False where it is absent or does not fit. */
bool kms_field_signed(const struct kms_rows *rows, size_t row, uint16_t attr,
		      int64_t *number);

/* A text, NULL where it is absent. */
const char *kms_field_text(const struct kms_rows *rows, size_t row,
			   uint16_t attr);

/* Parents of an allocator that the module tells. */
#define KMS_PARENTS_MAX 4

/*
 * The names of an allocator's parents, the nearest first; returns how many.
 * @parent has room for KMS_PARENTS_MAX.
 */
size_t kms_field_parents(const struct kms_rows *allocators, size_t row,
			 const char **parent);

#endif /* KMS_TABLE_FIELD_H */
