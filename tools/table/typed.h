/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records as structs, one type for each kind: table/records.h.  A number that
 * is absent is KMS_UNKNOWN, or KMS_UNKNOWN_SIGNED in an int64_t; a text that
 * is absent is NULL.
 */
#ifndef KMS_TABLE_TYPED_H
#define KMS_TABLE_TYPED_H

#include "table/rows.h"

#define KMS_UNKNOWN UINT64_MAX
#define KMS_UNKNOWN_SIGNED INT64_MIN

/* A record has a member for each field of its kind; those columns are first. */
struct kms_record_type {
	const struct kms_kind *kind;
	size_t size;
	const size_t *offsets;		/* of the members, column by column */
	size_t nr_members;
};

/* An array of records of any one type. */
struct kms_records {
	const struct kms_record_type *type;
	void *record;
	size_t nr;
};

/* The same array, typed; .any is for the functions below. */
#define KMS_RECORDS(record_struct)				\
	union {							\
		struct kms_records any;				\
		struct {					\
			const struct kms_record_type *type;	\
			record_struct *record;			\
			size_t nr;				\
		};						\
	}

/* For each record of a typed array. */
#define kms_for_each(item, records)				\
	for ((item) = (records)->record;			\
	     (size_t)((item) - (records)->record) < (records)->nr; (item)++)

/* Begin a record: all of it is absent. */
void kms_record_init(const struct kms_record_type *type, void *record);

/*
 * Copy a row into a record, over what it had.  The columns of the row's kind
 * begin with those of the record's.  False when memory is out.
 */
bool kms_record_fill(const struct kms_record_type *type, void *record,
		     const struct kms_rows *rows, size_t row);

/* Free the texts of a record: all of it is absent again. */
void kms_record_clear(const struct kms_record_type *type, void *record);

/* Append a record that is absent; NULL when memory is out. */
void *kms_records_add(struct kms_records *records);

/* Make the array hold what the rows hold; false when memory is out. */
bool kms_records_fill(struct kms_records *records, const struct kms_rows *rows);

/* Free all records; the array keeps its type. */
void kms_records_free(struct kms_records *records);

#endif /* KMS_TABLE_TYPED_H */
