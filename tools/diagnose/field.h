/* SPDX-License-Identifier: GPL-2.0-only */
/* Single values of rows, by their numbers on the wire. */
#ifndef KS_FIELD_H
#define KS_FIELD_H

#include "lib/rows.h"

/* What no number is: see ks_field(). */
#define KS_UNKNOWN UINT64_MAX

/* A number, KS_UNKNOWN where it is absent (or negative). */
uint64_t ks_field(const struct ks_rows *rows, size_t row, uint16_t attr);

/* False where it is absent or does not fit. */
bool ks_field_signed(const struct ks_rows *rows, size_t row, uint16_t attr,
		     int64_t *number);

/* A text, NULL where it is absent. */
const char *ks_field_text(const struct ks_rows *rows, size_t row,
			  uint16_t attr);

/* Parents of an allocator that the module tells. */
#define KS_PARENTS_MAX 4

/*
 * The names of an allocator's parents, the nearest first; returns how many.
 * @parent has room for KS_PARENTS_MAX.
 */
size_t ks_field_parents(const struct ks_rows *allocators, size_t row,
			const char **parent);

#endif /* KS_FIELD_H */
