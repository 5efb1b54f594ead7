// SPDX-License-Identifier: GPL-2.0-only
/* Turn parts of several names into one pattern that fits all. */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fold.h"

/* Minimum lengths: shorter parts match by chance. */
#define MIN_HEX 4
#define MIN_MIXED 6

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

/* The placeholder for parts that differ. */
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
	/* Plain words may look hexadecimal, but have no digits. */
	if (digits && shortest)
		return 'N';
	if (hex && shortest >= MIN_HEX && 2 * with_digit >= fold->nr)
		return 'H';
	if (mixed && shortest >= MIN_MIXED && 2 * with_both >= fold->nr)
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

/* Does each part have a number, or the same byte, at its place in at[]? */
static bool parts_agree(const struct kms_fold *fold, const size_t *at,
			bool *same)
{
	const struct kms_span *first = &fold->part[0];
	size_t run = run_length(first, at[0]), len, i;

	*same = true;
	for (i = 1; i < fold->nr; i++) {
		const struct kms_span *part = &fold->part[i];

		len = run_length(part, at[i]);
		if (!run != !len || at[i] >= part->len)
			return false;
		if (!run && part->start[at[i]] != first->start[at[0]])
			return false;
		if (len != run || memcmp(part->start + at[i],
					 first->start + at[0], run))
			*same = false;
	}
	return true;
}

/* Go on by one number or byte in each part. */
static void parts_step(const struct kms_fold *fold, size_t *at)
{
	size_t run, i;

	for (i = 0; i < fold->nr; i++) {
		run = run_length(&fold->part[i], at[i]);
		at[i] += run ? run : 1;
	}
}

/* Are the parts equal, apart from the numbers in them? */
static bool digits_agree(const struct kms_fold *fold)
{
	size_t at[KMS_MAX_PATTERN_NAMES] = { 0 }, i;
	bool same;

	while (at[0] < fold->part[0].len) {
		if (!parts_agree(fold, at, &same))
			return false;
		parts_step(fold, at);
	}
	for (i = 1; i < fold->nr; i++)
		if (at[i] != fold->part[i].len)
			return false;
	return true;
}

/* Write such parts, with N for numbers that differ. */
static void digits_put(struct kms_fold *fold)
{
	const struct kms_span *first = &fold->part[0];
	size_t at[KMS_MAX_PATTERN_NAMES] = { 0 }, run;
	bool same;

	while (at[0] < first->len) {
		run = run_length(first, at[0]);
		parts_agree(fold, at, &same);
		if (same)
			literal_put(fold, first->start + at[0], run ? run : 1);
		else
			class_put(fold, 'N');
		parts_step(fold, at);
	}
}

static bool is_middle(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Length of the common start, without cutting a number or character. */
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
	else if (digits_agree(fold))
		digits_put(fold);
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
		/* The digits of an escaped byte are not a number. */
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
