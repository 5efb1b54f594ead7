/* SPDX-License-Identifier: GPL-2.0-only */
/* Texts that are made while a verdict is, and go with it. */
#ifndef KMS_LIB_STRINGS_H
#define KMS_LIB_STRINGS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct kms_strings {
	char **text;
	size_t nr;
	bool failed;		/* memory was out; later texts are lost, too */
};

/* A text that lives as long as strings; "" when memory is out. */
const char *kms_strings_add(struct kms_strings *strings, const char *format,
			    ...) __attribute__
	((format(printf, 2, 3)));
const char *kms_strings_vadd(struct kms_strings *strings, const char *format,
			     va_list args);

void kms_strings_free(struct kms_strings *strings);

#endif /* KMS_LIB_STRINGS_H */
