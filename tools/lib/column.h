/* SPDX-License-Identifier: GPL-2.0-only */
/* What the reader knows of a kind of record: its columns, from the spec. */
#ifndef KS_COLUMN_H
#define KS_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ks_type {
	KS_TYPE_U32,
	KS_TYPE_U64,
	KS_TYPE_S64,
	KS_TYPE_STRING,
};

enum ks_unit {
	KS_UNIT_NONE,
	KS_UNIT_BYTES,
	KS_UNIT_PAGES,
	KS_UNIT_NS,
	KS_UNIT_PERMILLE,
};

/* One attribute of the spec.  A key helps to name one record. */
struct ks_column {
	uint16_t attr;
	const char *name;
	const char *title;
	enum ks_type type;
	enum ks_unit unit;
	bool key;
	const char *help;
};

/* A flag of the spec: what a request may ask for beyond the usual. */
struct ks_flag {
	uint16_t attr;
	const char *name;
	const char *help;
};

struct ks_kind {
	const char *name;
	uint8_t cmd;
	const struct ks_column *columns;
	size_t nr_columns;
	const struct ks_flag *flags;
	size_t nr_flags;
	uint16_t job_attr;	/* asks for the answer of a job, or 0 */
};

/*
 * Find a column by the len bytes at name; the case does not matter, and '-' is
 * as good as '_'.  False when the kind has no such column.
 */
bool ks_kind_find(const struct ks_kind *kind, const char *name, size_t len,
		  size_t *column);

/*
 * Make a kind that has more columns, which the module does not know: *room has
 * size columns, for those of kind and the nr that follow.
 */
void ks_kind_widen(struct ks_kind *wider, const struct ks_kind *kind,
		   struct ks_column *room, size_t size,
		   const struct ks_column *more, size_t nr);

/* Find a column by its number on the wire. */
bool ks_kind_find_attr(const struct ks_kind *kind, uint16_t attr,
		       size_t *column);

#endif /* KS_COLUMN_H */
