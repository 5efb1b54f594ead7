/* SPDX-License-Identifier: GPL-2.0-only */
/* Columns by the names that the spec has for them. */
#ifndef KMS_TEST_WIRE_H
#define KMS_TEST_WIRE_H

#include <stdio.h>
#include <string.h>

#include "table/column.h"

/* The wire has permille where the reader prints percent. */
static inline bool wire_find(const struct kms_kind *kind, const char *name,
			     size_t *column)
{
	static const char suffix[] = "_permille";
	size_t len = strlen(name);
	char percent[64];

	if (len <= strlen(suffix) ||
	    strcmp(name + len - strlen(suffix), suffix))
		return kms_kind_find(kind, name, len, column);
	snprintf(percent, sizeof(percent), "%.*s_percent",
		 (int)(len - strlen(suffix)), name);
	return kms_kind_find(kind, percent, strlen(percent), column);
}

#endif /* KMS_TEST_WIRE_H */
