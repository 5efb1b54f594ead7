// SPDX-License-Identifier: GPL-2.0-only
/* Which columns to print, in which order. */
#include <stdlib.h>
#include <string.h>

#include "lib/select.h"

bool ks_select_has(const struct ks_selection *selection, size_t column)
{
	size_t i;

	for (i = 0; i < selection->nr; i++) {
		if (selection->column[i] == column)
			return true;
	}
	return false;
}

/* No column is selected twice, so there is never more than all of them. */
static enum ks_status room_make(struct ks_selection *selection,
				const struct ks_kind *kind,
				struct ks_error *err)
{
	if (selection->column)
		return KS_OK;
	selection->column = calloc(kind->nr_columns,
				   sizeof(*selection->column));
	return selection->column ? KS_OK : ks_fail_memory(err);
}

static void add(struct ks_selection *selection, size_t column)
{
	if (!ks_select_has(selection, column))
		selection->column[selection->nr++] = column;
}

enum ks_status ks_select_all(struct ks_selection *selection,
			     const struct ks_kind *kind, struct ks_error *err)
{
	enum ks_status status = room_make(selection, kind, err);
	size_t i;

	for (i = 0; !status && i < kind->nr_columns; i++)
		add(selection, i);
	return status;
}

enum ks_status ks_select_add(struct ks_selection *selection,
			     const struct ks_kind *kind, const char *list,
			     struct ks_error *err)
{
	enum ks_status status = room_make(selection, kind, err);
	size_t len, column;

	while (!status) {
		len = strcspn(list, ",");
		if (!ks_kind_find(kind, list, len, &column))
			return ks_fail(err, KS_ERROR, "unknown column: '%.*s'",
				       (int)len, list);
		add(selection, column);
		list += len;
		if (!*list)
			break;
		list++;
	}
	return status;
}

enum ks_status ks_select_names(struct ks_selection *selection,
			       const struct ks_kind *kind,
			       const char * const *names, struct ks_error *err)
{
	enum ks_status status = KS_OK;

	for (; !status && *names; names++)
		status = ks_select_add(selection, kind, *names, err);
	return status;
}

void ks_select_free(struct ks_selection *selection)
{
	free(selection->column);
	selection->column = NULL;
	selection->nr = 0;
}
