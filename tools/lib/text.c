// SPDX-License-Identifier: GPL-2.0-only
/* Text that is safe to print. */
#include <ctype.h>
#include <errno.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "lib/text.h"

/*
 * Code points that print badly: control characters, changes of the reading
 * direction, invisible characters, and code points that are no characters.
 */
static const struct {
	uint32_t first;
	uint32_t last;
} unprintable[] = {
	{ 0x80, 0x9f },		/* controls */
	{ 0xad, 0xad },		/* soft hyphen */
	{ 0x34f, 0x34f },	/* grapheme joiner */
	{ 0x61c, 0x61c },	/* Arabic letter mark */
	{ 0x115f, 0x1160 },	/* Hangul fillers */
	{ 0x17b4, 0x17b5 },	/* Khmer vowels that show nothing */
	{ 0x180b, 0x180f },	/* Mongolian selectors */
	{ 0x200b, 0x200f },	/* zero width, direction marks */
	{ 0x2028, 0x202e },	/* separators, embeddings */
	{ 0x2060, 0x206f },	/* word joiner, isolates */
	{ 0x3164, 0x3164 },	/* Hangul filler */
	{ 0xfdd0, 0xfdef },	/* no characters */
	{ 0xfe00, 0xfe0f },	/* selectors */
	{ 0xfeff, 0xfeff },	/* byte order mark */
	{ 0xffa0, 0xffa0 },	/* Hangul filler */
	{ 0xfff0, 0xfffb },	/* annotations */
	{ 0x1bca0, 0x1bca3 },	/* shorthand controls */
	{ 0x1d173, 0x1d17a },	/* musical controls */
	{ 0xe0000, 0xe0fff },	/* tags, selectors */
};

static bool point_prints(uint32_t point)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(unprintable); i++)
		if (point >= unprintable[i].first &&
		    point <= unprintable[i].last)
			return false;
	/* The last two of each plane are no characters. */
	return (point & 0xfffe) != 0xfffe;
}

/* Length of the character at s; 0 if it is not UTF-8. */
static size_t point_length(const unsigned char *s, size_t left,
			   uint32_t *point)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len, i;

	*point = *s;
	if (*s < 0x80)
		return 1;
	if ((*s & 0xe0) == 0xc0)
		len = 2;
	else if ((*s & 0xf0) == 0xe0)
		len = 3;
	else if ((*s & 0xf8) == 0xf0)
		len = 4;
	else
		return 0;
	if (len > left)
		return 0;
	*point = *s & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*point = *point << 6 | (s[i] & 0x3f);
	}
	if (*point < least[len] || *point > 0x10ffff ||
	    (*point >= 0xd800 && *point <= 0xdfff))
		return 0;
	return len;
}

/* Length of the printable character at s; 0 if there is none. */
static size_t char_length(const unsigned char *s, size_t left)
{
	uint32_t point;
	size_t len = point_length(s, left, &point);

	if (*s < 0x80)
		return point >= 0x20 && point != 0x7f && point != '\\';
	return len && point_prints(point) ? len : 0;
}

bool kms_text_is_utf8(const char *bytes)
{
	const unsigned char *s = (const unsigned char *)bytes;
	size_t left = strlen(bytes), step;
	uint32_t point;

	for (; left; s += step, left -= step) {
		step = point_length(s, left, &point);
		if (!step)
			return false;
	}
	return true;
}

char *kms_text_escape(const char *bytes, size_t len)
{
	const unsigned char *s = (const unsigned char *)bytes;
	char *text, *end;
	size_t step;

	len = strnlen(bytes, len);
	text = malloc(4 * len + 1);
	if (!text)
		return NULL;
	for (end = text; len; s += step, len -= step) {
		step = char_length(s, len);
		if (step) {
			memcpy(end, s, step);
			end += step;
		} else {
			end += sprintf(end, "\\x%02x", *s);
			step = 1;
		}
	}
	*end = '\0';
	return text;
}

char *kms_text_unescape(const char *text)
{
	char *bytes = malloc(strlen(text) + 1), *end = bytes;
	unsigned int byte;

	if (!bytes)
		return NULL;
	while (*text) {
		if (text[0] == '\\' && text[1] == 'x' &&
		    isxdigit((unsigned char)text[2]) &&
		    isxdigit((unsigned char)text[3]) &&
		    sscanf(text + 2, "%2x", &byte) == 1 && byte) {
			*end++ = (char)byte;
			text += 4;
		} else {
			*end++ = *text++;
		}
	}
	*end = '\0';
	return bytes;
}

bool kms_text_prints(const char *text)
{
	size_t left = strlen(text), step;

	for (; left; text += step, left -= step) {
		step = *text == '\\' ? 1 :
		       char_length((const unsigned char *)text, left);
		if (!step)
			return false;
	}
	return true;
}

bool kms_text_fits(const char *text)
{
	const bool utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");

	while (!utf8 && (unsigned char)*text - 1u < 0x7f)
		text++;
	return utf8 || !*text;
}

char *kms_text_ascii(const char *text)
{
	char *ascii = malloc(4 * strlen(text) + 1), *end = ascii;

	if (!ascii)
		return NULL;
	for (; *text; text++) {
		if ((unsigned char)*text < 0x80)
			*end++ = *text;
		else
			end += sprintf(end, "\\x%02x", (unsigned char)*text);
	}
	*end = '\0';
	return ascii;
}

void kms_text_print(FILE *stream, const char *text)
{
	char *ascii;

	if (kms_text_fits(text)) {
		fputs(text, stream);
		return;
	}
	ascii = kms_text_ascii(text);
	fputs(ascii ?: "?", stream);
	free(ascii);
}

bool kms_text_number(const char *text, uint64_t max, uint64_t *number)
{
	unsigned long long parsed;

	if (!*text || text[strspn(text, "0123456789")])
		return false;
	errno = 0;
	parsed = strtoull(text, NULL, 10);
	if (errno || parsed > max)
		return false;
	*number = parsed;
	return true;
}
