// SPDX-License-Identifier: GPL-2.0-only
/* From rows to records with members. */
#include <stdlib.h>
#include <string.h>

#include "table/typed.h"

static void *member_of(const struct kms_record_type *type, void *record,
		       size_t column)
{
	return (char *)record + type->offsets[column];
}

static uint64_t unsigned_of(const struct kms_value *value)
{
	if (value->presence != KMS_NUMBER || value->negative)
		return KMS_UNKNOWN;
	return value->magnitude;
}

static int64_t signed_of(const struct kms_value *value)
{
	if (value->presence != KMS_NUMBER || value->magnitude > INT64_MAX)
		return KMS_UNKNOWN_SIGNED;
	return value->negative ? -(int64_t)value->magnitude :
				 (int64_t)value->magnitude;
}

/* Set a member that has no text; false when memory is out. */
static bool member_set(enum kms_type type, void *member,
		       const struct kms_value *value)
{
	const char **text = member;

	switch (type) {
	case KMS_TYPE_U32:
	case KMS_TYPE_U64:
		*(uint64_t *)member = unsigned_of(value);
		return true;
	case KMS_TYPE_S64:
		*(int64_t *)member = signed_of(value);
		return true;
	case KMS_TYPE_STRING:
		break;
	}
	*text = NULL;
	if (value->presence != KMS_TEXT)
		return true;
	*text = strdup(value->text);
	return *text;
}

void kms_record_init(const struct kms_record_type *type, void *record)
{
	const struct kms_value absent = { 0 };
	size_t i;

	for (i = 0; i < type->nr_members; i++)
		member_set(type->kind->columns[i].type,
			   member_of(type, record, i), &absent);
}

/* Set all members; the record has no texts yet. */
static bool record_set(const struct kms_record_type *type, void *record,
		       const struct kms_rows *rows, size_t row)
{
	bool complete = true;
	size_t i;

	for (i = 0; i < type->nr_members; i++)
		complete &= member_set(type->kind->columns[i].type,
				       member_of(type, record, i),
				       &rows->row[row][i]);
	return complete;
}

bool kms_record_fill(const struct kms_record_type *type, void *record,
		     const struct kms_rows *rows, size_t row)
{
	kms_record_clear(type, record);
	return record_set(type, record, rows, row);
}

void kms_record_clear(const struct kms_record_type *type, void *record)
{
	const char **text;
	size_t i;

	for (i = 0; i < type->nr_members; i++) {
		if (type->kind->columns[i].type != KMS_TYPE_STRING)
			continue;
		text = member_of(type, record, i);
		free((void *)*text);
	}
	kms_record_init(type, record);
}

static void *record_at(const struct kms_records *records, size_t i)
{
	return (char *)records->record + i * records->type->size;
}

static bool records_grow(struct kms_records *records, size_t nr)
{
	void *more = reallocarray(records->record, records->nr + nr,
				  records->type->size);

	if (more)
		records->record = more;
	return more;
}

void *kms_records_add(struct kms_records *records)
{
	void *record;

	if (!records_grow(records, 1))
		return NULL;
	record = record_at(records, records->nr++);
	kms_record_init(records->type, record);
	return record;
}

bool kms_records_fill(struct kms_records *records, const struct kms_rows *rows)
{
	size_t i;

	kms_records_free(records);
	if (rows->nr && !records_grow(records, rows->nr))
		return false;
	for (i = 0; i < rows->nr; i++) {
		void *record = record_at(records, records->nr++);

		if (!record_set(records->type, record, rows, i))
			return false;
	}
	return true;
}

void kms_records_free(struct kms_records *records)
{
	size_t i;

	for (i = 0; i < records->nr; i++)
		kms_record_clear(records->type, record_at(records, i));
	free(records->record);
	records->record = NULL;
	records->nr = 0;
}
