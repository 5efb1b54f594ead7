/* SPDX-License-Identifier: GPL-2.0-only */
/* Record types and their columns, as the spec has them. */
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
	KMS_UNIT_PERMILLE,	/* printed as percent */
	KMS_UNIT_INDEX,		/* as the kernel prints it, times 1000 */
};

/* One attribute of the spec. A key helps to name one record. */
struct kms_column {
	uint16_t attr;		/* 0: the module does not know it */
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
	/* Columns that have values only with it; or NULL. */
	const char * const *fills;
	/* Columns to print with it by default; or NULL. */
	const char * const *columns;
	/* Only a job can fill the rows where this column is 1; or NULL. */
	const char *doubt;
};

/* How rows of the kind are listed by default. Arrays end with NULL. */
struct kms_listing {
	const char *rows;		/* their key in JSON */
	const char * const *columns;
	const char *sort;		/* NULL: in the kernel's order */
	const char * const *changes;	/* the columns of differences */
	const char *sort_changes;
	bool by_job;			/* only a job collects them */
};

struct kms_kind {
	const char *name;
	uint8_t cmd;
	const struct kms_column *columns;
	size_t nr_columns;
	const struct kms_flag *flags;
	size_t nr_flags;
	uint16_t job_attr;	/* asks for the answer of a job, or 0 */
	struct kms_listing listing;
};

/*
 * Find a column by the len bytes at name; the case does not matter, and '-'
 * stands for '_'. False if the kind has no such column.
 */
bool kms_kind_find(const struct kms_kind *kind, const char *name, size_t len,
		   size_t *column);

/* Find a column by its whole name, if it is a key. */
bool kms_kind_find_key(const struct kms_kind *kind, const char *name,
		       size_t *column);

/* Find a column by its number on the wire. */
bool kms_kind_find_attr(const struct kms_kind *kind, uint16_t attr,
			size_t *column);

#endif /* KMS_TABLE_COLUMN_H */
