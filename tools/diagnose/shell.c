// SPDX-License-Identifier: GPL-2.0-only
/* Text in the commands of remedies. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/verdict.h"

/* As a word of a shell; \xNN in it is what $'' knows as well. */
const char *ks_shell_word(struct ks_case *c, const char *text)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._:@+=,-";
	char *quoted, *end;

	if (!text[strspn(text, plain)])
		return text;
	quoted = malloc(2 * strlen(text) + 4);
	if (!quoted) {
		c->strings->failed = true;
		return "";
	}
	end = quoted + sprintf(quoted, "$'");
	for (; *text; text++) {
		if (*text == '\'')
			*end++ = '\\';
		*end++ = *text;
	}
	*end++ = '\'';
	*end = '\0';
	text = ks_strings_add(c->strings, "%s", quoted);
	free(quoted);
	return text;
}
