// SPDX-License-Identifier: GPL-2.0-only
/* Parts of several names, as the one pattern that fits them all. */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fold.h"

/* Shorter ones may be anything. */
#define HEX_LEAST 4
#define MIXED_LEAST 6

bool kms_fold_is_word(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

static void literal_put(struct kms_fold *fold, const char *bytes, size_t len)
{
	fwrite(bytes, 1, len, fold->out);
	for (; len; bytes++, len--)
		fold->specific |= kms_fold_is_word(*bytes);
}

/* How the parts differ: by digits, by hexadecimal ones, and so on. */
static char parts_class(const struct kms_fold *fold)
{
	size_t i, j, with_digit = 0, with_both = 0, shortest = SIZE_MAX;
	bool digits = true, hex = true, mixed = true;

	for (i = 0; i < fold->nr; i++) {
		const struct kms_span *part = &fold->part[i];
		bool digit = false, letter = false;

		for (j = 0; j < part->len; j++) {
			unsigned char c = part->start[j];

			digits &= !!isdigit(c);
			hex &= !!isxdigit(c);
			mixed &= !!isalnum(c);
			digit |= !!isdigit(c);
			letter |= !!isalpha(c);
		}
		with_digit += digit;
		with_both += digit && letter;
		if (part->len < shortest)
			shortest = part->len;
	}
	/* Words of people may be hexadecimal, but have no digits. */
	if (digits && shortest)
		return 'N';
	if (hex && shortest >= HEX_LEAST && 2 * with_digit >= fold->nr)
		return 'H';
	if (mixed && shortest >= MIXED_LEAST && 2 * with_both >= fold->nr)
		return 'X';
	return '*';
}

static void class_put(struct kms_fold *fold, char class)
{
	fputc(class, fold->out);
	fold->specific |= class != '*';
}

static size_t run_length(const struct kms_span *part, size_t at)
{
	size_t len = 0;

	while (at + len < part->len &&
	       isdigit((unsigned char)part->start[at + len]))
		len++;
	return len;
}

/*
 * Are the parts equal but for the digits in them?  If so, and out is wanted,
 * put them: runs that differ as N.
 */
static bool digits_fold(struct kms_fold *fold, bool put)
{
	size_t at[KMS_PATTERN_NAMES_MAX] = { 0 }, run, len, i;
	const struct kms_span *first = &fold->part[0];
	bool same;

	while (at[0] < first->len) {
		run = run_length(first, at[0]);
		same = true;
		for (i = 1; i < fold->nr; i++) {
			const struct kms_span *part = &fold->part[i];

			len = run_length(part, at[i]);
			if (!run != !len || at[i] >= part->len)
				return false;
			if (!run && part->start[at[i]] != first->start[at[0]])
				return false;
			if (len != run || memcmp(part->start + at[i],
						 first->start + at[0], run))
				same = false;
			at[i] += run ? len : 1;
		}
		if (put && same)
			literal_put(fold, first->start + at[0], run ? run : 1);
		else if (put)
			class_put(fold, 'N');
		at[0] += run ? run : 1;
	}
	for (i = 1; i < fold->nr; i++)
		if (at[i] != fold->part[i].len)
			return false;
	return true;
}

static bool is_middle(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* How many bytes all parts begin with; no number or character is cut. */
static size_t prefix_length(const struct kms_fold *fold, size_t most)
{
	const struct kms_span *first = &fold->part[0];
	size_t len = most, i, j;

	for (i = 1; i < fold->nr; i++) {
		for (j = 0; j < len; j++)
			if (fold->part[i].start[j] != first->start[j])
				break;
		len = j;
	}
	while (len && (isdigit((unsigned char)first->start[len - 1]) ||
		       (len < first->len && is_middle(first->start[len]))))
		len--;
	return len;
}

static size_t suffix_length(const struct kms_fold *fold, size_t most)
{
	const struct kms_span *first = &fold->part[0];
	const char *end = first->start + first->len;
	size_t len = most, i, j;

	for (i = 1; i < fold->nr; i++) {
		const struct kms_span *part = &fold->part[i];

		for (j = 0; j < len; j++)
			if (part->start[part->len - 1 - j] != end[-1 - (long)j])
				break;
		len = j;
	}
	while (len && (isdigit((unsigned char)end[-(long)len]) ||
		       is_middle(end[-(long)len])))
		len--;
	return len;
}

void kms_fold_ends(struct kms_fold *fold)
{
	const struct kms_span *first = &fold->part[0];
	size_t shortest = SIZE_MAX, prefix, suffix, i;
	const char *begin = first->start;
	const char *end = first->start + first->len;

	for (i = 0; i < fold->nr; i++)
		if (fold->part[i].len < shortest)
			shortest = fold->part[i].len;
	prefix = prefix_length(fold, shortest);
	suffix = suffix_length(fold, shortest - prefix);
	literal_put(fold, begin, prefix);
	for (i = 0; i < fold->nr; i++) {
		fold->part[i].start += prefix;
		fold->part[i].len -= prefix + suffix;
	}
	class_put(fold, parts_class(fold));
	literal_put(fold, end - suffix, suffix);
}

static bool parts_equal(const struct kms_fold *fold)
{
	size_t i;

	for (i = 1; i < fold->nr; i++)
		if (fold->part[i].len != fold->part[0].len ||
		    memcmp(fold->part[i].start, fold->part[0].start,
			   fold->part[0].len))
			return false;
	return true;
}

void kms_fold_word(struct kms_fold *fold)
{
	char class = parts_class(fold);

	if (parts_equal(fold))
		literal_put(fold, fold->part[0].start, fold->part[0].len);
	else if (digits_fold(fold, false))
		digits_fold(fold, true);
	else if (class != '*')
		class_put(fold, class);
	else
		kms_fold_ends(fold);
}

char *kms_fold_digits(const char *name)
{
	char *text = malloc(strlen(name) + 1), *end = text;

	if (!text)
		return NULL;
	while (*name) {
		/* The digits of an escaped byte are no number. */
		if (!strncmp(name, "\\x", 2) && strlen(name) >= 4) {
			memcpy(end, name, 4);
			end += 4;
			name += 4;
			continue;
		}
		if (!isdigit((unsigned char)*name)) {
			*end++ = *name++;
			continue;
		}
		*end++ = 'N';
		while (isdigit((unsigned char)*name))
			name++;
	}
	*end = '\0';
	return text;
}
