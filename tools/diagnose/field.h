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

#endif /* KS_FIELD_H */
