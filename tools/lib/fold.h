/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts of several names, as the one pattern that fits them all. */
#ifndef KMS_LIB_FOLD_H
#define KMS_LIB_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A pattern is of this many names at most. */
#define KMS_PATTERN_NAMES_MAX 256

/* Bytes of a name, or of a part of it. */
struct kms_span {
	const char *start;
	size_t len;
};

struct kms_fold {
	FILE *out;		/* takes the pattern, as bytes */
	bool specific;		/* what was put says more than "any name" */
	struct kms_span part[KMS_PATTERN_NAMES_MAX];
	size_t nr;		/* at least one */
};

/* Does the byte belong to a word: a letter, a digit, or beyond ASCII? */
bool kms_fold_is_word(char c);

/* Put the pattern of parts that are words each, or the same byte each. */
void kms_fold_word(struct kms_fold *fold);

/* Put what all parts begin with, what lies between, and what they end with. */
void kms_fold_ends(struct kms_fold *fold);

/* A name with N for each number in it; NULL when memory is out. */
char *kms_fold_digits(const char *name);

#endif /* KMS_LIB_FOLD_H */
