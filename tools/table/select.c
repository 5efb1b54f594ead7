// SPDX-License-Identifier: GPL-2.0-only
/* Which columns to print, in which order. */
#include <stdlib.h>
#include <string.h>

#include "table/select.h"

bool kms_select_has(const struct kms_selection *selection, size_t column)
{
	size_t i;

	for (i = 0; i < selection->nr; i++) {
		if (selection->column[i] == column)
			return true;
	}
	return false;
}

/* No column is selected twice, so there is never more than all of them. */
static enum kms_status room_make(struct kms_selection *selection,
				 const struct kms_kind *kind,
				 struct kms_error *err)
{
	if (selection->column)
		return KMS_OK;
	selection->column = calloc(kind->nr_columns,
				   sizeof(*selection->column));
	return selection->column ? KMS_OK : kms_fail_memory(err);
}

static void add(struct kms_selection *selection, size_t column)
{
	if (!kms_select_has(selection, column))
		selection->column[selection->nr++] = column;
}

enum kms_status kms_select_all(struct kms_selection *selection,
			       const struct kms_kind *kind,
			       struct kms_error *err)
{
	enum kms_status status = room_make(selection, kind, err);
	size_t i;

	for (i = 0; !status && i < kind->nr_columns; i++)
		add(selection, i);
	return status;
}

enum kms_status kms_select_add(struct kms_selection *selection,
			       const struct kms_kind *kind, const char *list,
			       struct kms_error *err)
{
	enum kms_status status = room_make(selection, kind, err);
	size_t len, column;

	while (!status) {
		len = strcspn(list, ",");
		if (!kms_kind_find(kind, list, len, &column))
			return kms_fail(err, KMS_ERROR,
					"unknown column: '%.*s'", (int)len,
					list);
		add(selection, column);
		list += len;
		if (!*list)
			break;
		list++;
	}
	return status;
}

enum kms_status kms_select_names(struct kms_selection *selection,
				 const struct kms_kind *kind,
				 const char *const *names,
				 struct kms_error *err)
{
	enum kms_status status = KMS_OK;

	for (; !status && *names; names++)
		status = kms_select_add(selection, kind, *names, err);
	return status;
}

void kms_select_free(struct kms_selection *selection)
{
	free(selection->column);
	selection->column = NULL;
	selection->nr = 0;
}
