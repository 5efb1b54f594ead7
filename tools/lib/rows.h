/* SPDX-License-Identifier: GPL-2.0-only */
/* Records of one kind; a row has a value for each column of the kind. */
#ifndef KS_ROWS_H
#define KS_ROWS_H

#include "lib/value.h"

struct ks_rows {
	const struct ks_kind *kind;
	struct ks_value **row;
	size_t nr;
	size_t room;
};

/* Append a row of absent values and return it, or NULL when memory is out. */
struct ks_value *ks_rows_add(struct ks_rows *rows);

/* Forget all rows from number first on. */
void ks_rows_cut(struct ks_rows *rows, size_t first);

/* Forget all rows for which keep() says no. */
void ks_rows_filter(struct ks_rows *rows,
		    bool (*keep)(const struct ks_value *row, void *arg),
		    void *arg);

void ks_rows_free(struct ks_rows *rows);

#endif /* KS_ROWS_H */
