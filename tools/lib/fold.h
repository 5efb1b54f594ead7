/* SPDX-License-Identifier: GPL-2.0-only */
/* Turn parts of several names into one pattern that fits all. */
#ifndef KMS_LIB_FOLD_H
#define KMS_LIB_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The maximum number of names that one pattern is made from. */
#define KMS_MAX_PATTERN_NAMES 256

/* A part of a name. */
struct kms_span {
	const char *start;
	size_t len;
};

struct kms_fold {
	FILE *out;		/* takes the pattern, as bytes */
	bool specific;		/* the pattern is more than "any name" */
	struct kms_span part[KMS_MAX_PATTERN_NAMES];
	size_t nr;		/* at least one */
};

/* Does the byte belong to a word: is it a letter, a digit, or not ASCII? */
bool kms_fold_is_word(char c);

/* Write the pattern of parts that are all words, or all one byte. */
void kms_fold_word(struct kms_fold *fold);

/* Write the common start of all parts, a placeholder, and the common end. */
void kms_fold_ends(struct kms_fold *fold);

/* Copy a name with N for each number in it; NULL if memory is out. */
char *kms_fold_digits(const char *name);

#endif /* KMS_LIB_FOLD_H */
