/* SPDX-License-Identifier: GPL-2.0-only */
/* Which columns to print, in which order. */
#ifndef KS_SELECT_H
#define KS_SELECT_H

#include "lib/column.h"
#include "lib/error.h"

struct ks_selection {
	size_t *column;
	size_t nr;
};

enum ks_status ks_select_all(struct ks_selection *selection,
			     const struct ks_kind *kind, struct ks_error *err);

/*
 * Append the comma-separated columns of list that are not selected yet.  An
 * unknown one is named.
 */
enum ks_status ks_select_add(struct ks_selection *selection,
			     const struct ks_kind *kind, const char *list,
			     struct ks_error *err);

/* The same for an array of names that ends with NULL. */
enum ks_status ks_select_names(struct ks_selection *selection,
			       const struct ks_kind *kind,
			       const char * const *names,
			       struct ks_error *err);

bool ks_select_has(const struct ks_selection *selection, size_t column);

void ks_select_free(struct ks_selection *selection);

#endif /* KS_SELECT_H */
