/* SPDX-License-Identifier: GPL-2.0-only */
/* Which part of all there is an answer holds. */
#ifndef KS_SCOPE_H
#define KS_SCOPE_H

#include "lib/error.h"
#include "lib/rows.h"
#include "lib/select.h"

/* One value that a column may have. */
struct ks_term {
	size_t column;
	struct ks_value value;
};

/*
 * Rows match when each column that has terms has the value of one of them; of
 * these there may be only the first few, and of them only some columns.
 */
struct ks_scope {
	struct ks_term *terms;
	size_t nr;
	uint64_t top;			/* 0: all rows */
	struct ks_selection columns;	/* none: all columns */
};

/* Add a term; the value is copied. */
enum ks_status ks_scope_add(struct ks_scope *scope, size_t column,
			    const struct ks_value *value,
			    struct ks_error *err);

bool ks_scope_limits(const struct ks_scope *scope, size_t column);

/* Is every row that matches inner sure to match outer? */
bool ks_scope_within(const struct ks_scope *inner,
		     const struct ks_scope *outer);

/* Forget the rows that do not match. */
void ks_scope_apply(const struct ks_scope *scope, struct ks_rows *rows);

void ks_scope_free(struct ks_scope *scope);

#endif /* KS_SCOPE_H */
