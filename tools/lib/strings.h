/* SPDX-License-Identifier: GPL-2.0-only */
/* A list of texts that are freed together. */
#ifndef KMS_LIB_STRINGS_H
#define KMS_LIB_STRINGS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct kms_strings {
	char **text;
	size_t nr;
	bool failed;		/* memory was out; texts are missing */
};

/* Add a text that lives as long as strings; returns "" if memory is out. */
const char *kms_strings_add(struct kms_strings *strings, const char *format,
			    ...) __attribute__
	((format(printf, 2, 3)));
const char *kms_strings_vadd(struct kms_strings *strings, const char *format,
			     va_list args);

void kms_strings_free(struct kms_strings *strings);

#endif /* KMS_LIB_STRINGS_H */
