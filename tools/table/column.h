/* SPDX-License-Identifier: GPL-2.0-only */
/* What the reader knows of a kind of record: its columns, from the spec. */
#ifndef KMS_TABLE_COLUMN_H
#define KMS_TABLE_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kms_type {
	KMS_TYPE_U32,
	KMS_TYPE_U64,
	KMS_TYPE_S64,
	KMS_TYPE_STRING,
};

enum kms_unit {
	KMS_UNIT_NONE,
	KMS_UNIT_BYTES,
	KMS_UNIT_PAGES,
	KMS_UNIT_NS,
	KMS_UNIT_PERMILLE,
};

/* One attribute of the spec.  A key helps to name one record. */
struct kms_column {
	uint16_t attr;
	const char *name;
	const char *title;
	enum kms_type type;
	enum kms_unit unit;
	bool key;
	const char *help;
};

/* A flag of the spec: what a request may ask for beyond the usual. */
struct kms_flag {
	uint16_t attr;
	const char *name;
	const char *help;
};

struct kms_kind {
	const char *name;
	uint8_t cmd;
	const struct kms_column *columns;
	size_t nr_columns;
	const struct kms_flag *flags;
	size_t nr_flags;
	uint16_t job_attr;	/* asks for the answer of a job, or 0 */
};

/*
 * Find a column by the len bytes at name; the case does not matter, and '-' is
 * as good as '_'.  False when the kind has no such column.
 */
bool kms_kind_find(const struct kms_kind *kind, const char *name, size_t len,
		   size_t *column);

/*
 * Make a kind that has more columns, which the module does not know: *room has
 * size columns, for those of kind and the nr that follow.
 */
void kms_kind_widen(struct kms_kind *wider, const struct kms_kind *kind,
		    struct kms_column *room, size_t size,
		    const struct kms_column *more, size_t nr);

/* Find a column by its number on the wire. */
bool kms_kind_find_attr(const struct kms_kind *kind, uint16_t attr,
			size_t *column);

#endif /* KMS_TABLE_COLUMN_H */
