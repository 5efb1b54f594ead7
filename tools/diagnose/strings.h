/* SPDX-License-Identifier: GPL-2.0-only */
/* Texts that are made while a verdict is, and go with it. */
#ifndef KS_STRINGS_H
#define KS_STRINGS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct ks_strings {
	char **text;
	size_t nr;
	bool failed;		/* memory was out; later texts are lost, too */
};

/* A text that lives as long as strings; "" when memory is out. */
const char *ks_strings_add(struct ks_strings *strings, const char *format,
			   ...) __attribute__
	((format(printf, 2, 3)));
const char *ks_strings_vadd(struct ks_strings *strings, const char *format,
			    va_list args);

void ks_strings_free(struct ks_strings *strings);

#endif /* KS_STRINGS_H */
