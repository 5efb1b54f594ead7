// SPDX-License-Identifier: GPL-2.0-only
/* Find a column of a record type. */
#include <ctype.h>
#include <string.h>

#include "table/column.h"

static char fold(char c)
{
	return c == '-' ? '_' : (char)tolower((unsigned char)c);
}

static bool same(const char *column, const char *name, size_t len)
{
	size_t i;

	if (strlen(column) != len)
		return false;
	for (i = 0; i < len; i++) {
		if (fold(column[i]) != fold(name[i]))
			return false;
	}
	return true;
}

bool kms_kind_find(const struct kms_kind *kind, const char *name, size_t len,
		   size_t *column)
{
	size_t i;

	for (i = 0; i < kind->nr_columns; i++) {
		if (same(kind->columns[i].name, name, len)) {
			*column = i;
			return true;
		}
	}
	return false;
}

bool kms_kind_find_attr(const struct kms_kind *kind, uint16_t attr,
			size_t *column)
{
	size_t i;

	for (i = 0; i < kind->nr_columns; i++) {
		if (attr && kind->columns[i].attr == attr) {
			*column = i;
			return true;
		}
	}
	return false;
}

bool kms_kind_find_key(const struct kms_kind *kind, const char *name,
		       size_t *column)
{
	return kms_kind_find(kind, name, strlen(name), column) &&
	       kind->columns[*column].key;
}
