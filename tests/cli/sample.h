/* SPDX-License-Identifier: GPL-2.0-only */
/* A kind of record of the tests' own, so that the spec may move freely. */
#ifndef KS_TEST_SAMPLE_H
#define KS_TEST_SAMPLE_H

#include <stdio.h>

#include "lib/rows.h"

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

extern const struct ks_kind sample;

/* Shorthands for the values of a row. */
#define ABSENT ((struct ks_value){ 0 })
#define NUMBER(n) ks_value_unsigned(n)
#define SIGNED(n) ks_value_signed(n)
#define TEXT(t) ks_value_text(t)

/* Append a row that has its first values set. */
struct ks_value *sample_add(struct ks_rows *rows, struct ks_value name,
			    struct ks_value node, struct ks_value size);

/* Append a row of a kind, of NAME=VALUE words; %20 in a value is a blank. */
void row_add(struct ks_rows *rows, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The whole of a stream that a test printed to; the caller frees it. */
char *printed(void (*print)(FILE *stream, void *arg), void *arg);

#endif /* KS_TEST_SAMPLE_H */
