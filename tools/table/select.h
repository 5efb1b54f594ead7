/* SPDX-License-Identifier: GPL-2.0-only */
/* Which columns to print, in which order. */
#ifndef KMS_TABLE_SELECT_H
#define KMS_TABLE_SELECT_H

#include "lib/error.h"
#include "table/column.h"

struct kms_selection {
	size_t *column;
	size_t nr;
};

enum kms_status kms_select_all(struct kms_selection *selection,
			       const struct kms_kind *kind,
			       struct kms_error *err);

/*
 * Append the comma-separated columns of list that are not selected yet. An
 * unknown column is an error.
 */
enum kms_status kms_select_add(struct kms_selection *selection,
			       const struct kms_kind *kind, const char *list,
			       struct kms_error *err);

/* The same for an array of names that ends with NULL. */
enum kms_status kms_select_names(struct kms_selection *selection,
				 const struct kms_kind *kind,
				 const char * const *names,
				 struct kms_error *err);

bool kms_select_has(const struct kms_selection *selection, size_t column);

void kms_select_free(struct kms_selection *selection);

#endif /* KMS_TABLE_SELECT_H */
