/* SPDX-License-Identifier: GPL-2.0-only */
/* Values as text, and text that is safe to print. */
#ifndef KS_TEXT_H
#define KS_TEXT_H

#include <stdio.h>

#include "lib/value.h"

/* Enough for any number in any form. */
#define KS_TEXT_MAX 32

struct ks_style {
	bool exact;	/* all digits, no units */
	bool sign;	/* differences: '+' before what grew, but for keys */
};

/*
 * Copy len bytes that the kernel (or a file) says are text, up to the first
 * NUL.  What would not print, is no UTF-8 or is a backslash becomes \xNN, so
 * that the result is valid anywhere and can be turned back.  NULL when memory
 * is out.
 */
char *ks_text_escape(const char *bytes, size_t len);

/* The bytes that ks_text_escape() made text of, or NULL when memory is out. */
char *ks_text_unescape(const char *text);

/* Are all bytes up to the first NUL characters of UTF-8, of any kind? */
bool ks_text_is_utf8(const char *bytes);

/* Would ks_text_escape() leave text as it is, backslashes apart? */
bool ks_text_prints(const char *text);

/*
 * Can text be printed in the locale?  One whose characters are not UTF-8 takes
 * only ASCII: libsmartcols never ends with other bytes, and terminals take some
 * of them for commands.
 */
bool ks_text_fits(const char *text);

/* The same text with all but ASCII as \xNN, or NULL when memory is out. */
char *ks_text_ascii(const char *text);

/* Print text as the locale can take it. */
void ks_text_print(FILE *stream, const char *text);

/* A present value as text: in buffer, or the value's own. */
const char *ks_text_value(const struct ks_column *column,
			  const struct ks_value *value,
			  const struct ks_style *style,
			  char buffer[KS_TEXT_MAX]);

/* All of text must be one decimal number of at most max. */
bool ks_text_number(const char *text, uint64_t max, uint64_t *number);

#endif /* KS_TEXT_H */
