/* SPDX-License-Identifier: GPL-2.0-only */
/* Text that is safe to print. */
#ifndef KMS_LIB_TEXT_H
#define KMS_LIB_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Copy len bytes that the kernel (or a file) says are text, up to the first
 * NUL.  What would not print, is no UTF-8 or is a backslash becomes \xNN, so
 * that the result is valid anywhere and can be turned back.  NULL when memory
 * is out.
 */
char *kms_text_escape(const char *bytes, size_t len);

/* The bytes that kms_text_escape() made text of, or NULL when memory is out. */
char *kms_text_unescape(const char *text);

/* Are all bytes up to the first NUL characters of UTF-8, of any kind? */
bool kms_text_is_utf8(const char *bytes);

/* Would kms_text_escape() leave text as it is, backslashes apart? */
bool kms_text_prints(const char *text);

/*
 * Can text be printed in the locale?  One whose characters are not UTF-8 takes
 * only ASCII: libsmartcols never ends with other bytes, and terminals take some
 * of them for commands.
 */
bool kms_text_fits(const char *text);

/* The same text with all but ASCII as \xNN, or NULL when memory is out. */
char *kms_text_ascii(const char *text);

/* Print text as the locale can take it. */
void kms_text_print(FILE *stream, const char *text);

/* All of text must be one decimal number of at most max. */
bool kms_text_number(const char *text, uint64_t max, uint64_t *number);

#endif /* KMS_LIB_TEXT_H */
