/* SPDX-License-Identifier: GPL-2.0-only */
/* Which part of all there is an answer holds. */
#ifndef KMS_TABLE_SCOPE_H
#define KMS_TABLE_SCOPE_H

#include "lib/error.h"
#include "table/rows.h"
#include "table/select.h"

/* One value that a column may have. */
struct kms_term {
	size_t column;
	struct kms_value value;
};

/*
 * Rows match when each column that has terms has the value of one of them; of
 * these there may be only the first few, and of them only some columns.
 */
struct kms_scope {
	struct kms_term *terms;
	size_t nr;
	uint64_t top;			/* 0: all rows */
	struct kms_selection columns;	/* none: all columns */
};

/* Add a term; the value is copied. */
enum kms_status kms_scope_add(struct kms_scope *scope, size_t column,
			      const struct kms_value *value,
			      struct kms_error *err);

bool kms_scope_limits(const struct kms_scope *scope, size_t column);

/* Is every row that matches inner sure to match outer? */
bool kms_scope_within(const struct kms_scope *inner,
		      const struct kms_scope *outer);

/* Forget the rows that do not match. */
void kms_scope_apply(const struct kms_scope *scope, struct kms_rows *rows);

void kms_scope_free(struct kms_scope *scope);

#endif /* KMS_TABLE_SCOPE_H */
