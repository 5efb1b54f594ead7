/* SPDX-License-Identifier: GPL-2.0-only */
/* A record type of the tests' own, so that the spec may move freely. */
#ifndef KMS_TEST_SAMPLE_H
#define KMS_TEST_SAMPLE_H

#include <stdio.h>

#include "table/typed.h"

enum {
	SAMPLE_NAME,
	SAMPLE_NODE,
	SAMPLE_SIZE_BYTES,
	SAMPLE_LEFT_PAGES,
	SAMPLE_LAST_NS,
	SAMPLE_NOTE,
};

/* Numbers on the wire start here. */
#define SAMPLE_ATTR 2

extern const struct kms_kind sample;

/* Shorthands for the values of a row. */
#define ABSENT ((struct kms_value){ 0 })
#define NUMBER(n) kms_value_unsigned(n)
#define SIGNED(n) kms_value_signed(n)
#define TEXT(t) kms_value_text(t)

/* Append a row that has its first values set. */
struct kms_value *sample_add(struct kms_rows *rows, struct kms_value name,
			     struct kms_value node, struct kms_value size);

/* Append a row of a kind, of NAME=VALUE words; %20 in a value is a blank. */
void row_add(struct kms_rows *rows, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Append a record of a type, of such words. */
void record_add(struct kms_records *records, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The whole of a stream that a test printed to; the caller frees it. */
char *printed(void (*print)(FILE *stream, void *arg), void *arg);

#endif /* KMS_TEST_SAMPLE_H */
