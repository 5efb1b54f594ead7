// SPDX-License-Identifier: GPL-2.0-only
/* A list of texts that are freed together. */
#include <stdio.h>
#include <stdlib.h>

#include "lib/strings.h"

const char *kms_strings_vadd(struct kms_strings *strings, const char *format,
			     va_list args)
{
	char **more, *text;
	int len;

	if (strings->failed)
		return "";
	len = vasprintf(&text, format, args);
	if (len < 0) {
		strings->failed = true;
		return "";
	}
	more = realloc(strings->text, (strings->nr + 1) * sizeof(*more));
	if (!more) {
		free(text);
		strings->failed = true;
		return "";
	}
	strings->text = more;
	more[strings->nr++] = text;
	return text;
}

const char *kms_strings_add(struct kms_strings *strings, const char *format,
			    ...)
{
	const char *text;
	va_list args;

	va_start(args, format);
	text = kms_strings_vadd(strings, format, args);
	va_end(args);
	return text;
}

void kms_strings_free(struct kms_strings *strings)
{
	while (strings->nr)
		free(strings->text[--strings->nr]);
	free(strings->text);
	strings->text = NULL;
}
