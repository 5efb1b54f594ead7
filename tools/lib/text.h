/* SPDX-License-Identifier: GPL-2.0-only */
/* Text that is safe to print. */
#ifndef KMS_LIB_TEXT_H
#define KMS_LIB_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Copy text of the kernel or of a file, up to len bytes or the first NUL. Bytes
 * that do not print, bytes that are not UTF-8, and backslashes become \xNN. The
 * result is valid everywhere and can be turned back. NULL if memory is out.
 */
char *kms_text_escape(const char *bytes, size_t len);

/* Turn the result of kms_text_escape() back; NULL if memory is out. */
char *kms_text_unescape(const char *text);

/* Are all bytes up to the first NUL valid UTF-8? */
bool kms_text_is_utf8(const char *bytes);

/* Would kms_text_escape() change nothing but backslashes? */
bool kms_text_prints(const char *text);

/*
 * Can text be printed in the locale? If that is not UTF-8, only ASCII can:
 * libsmartcols hangs on other bytes, and some are commands to terminals.
 */
bool kms_text_fits(const char *text);

/* Copy text with all but ASCII as \xNN; NULL if memory is out. */
char *kms_text_ascii(const char *text);

/* Print text as the locale can print it. */
void kms_text_print(FILE *stream, const char *text);

/* Parse a decimal number up to max; false if text is none. */
bool kms_text_number(const char *text, uint64_t max, uint64_t *number);

#endif /* KMS_LIB_TEXT_H */
