/* SPDX-License-Identifier: GPL-2.0-only */
/* Which part of all rows an answer holds. */
#ifndef KMS_TABLE_SCOPE_H
#define KMS_TABLE_SCOPE_H

#include "lib/error.h"
#include "table/rows.h"
#include "table/select.h"

/* A value that a column may have. */
struct kms_term {
	size_t column;
	struct kms_value value;
};

/*
 * A row matches if each column with terms has the value of one of them. The
 * answer may hold only the first of these rows, and only some columns.
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

/* Does each row that matches inner match outer as well? */
bool kms_scope_within(const struct kms_scope *inner,
		      const struct kms_scope *outer);

/* Drop the rows that do not match. */
void kms_scope_apply(const struct kms_scope *scope, struct kms_rows *rows);

void kms_scope_free(struct kms_scope *scope);

#endif /* KMS_TABLE_SCOPE_H */
