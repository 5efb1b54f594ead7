/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts of several names, as the one pattern that fits them all. */
#ifndef KS_FOLD_H
#define KS_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "diagnose/pattern.h"

/* Bytes of a name, or of a part of it. */
struct ks_span {
	const char *start;
	size_t len;
};

struct ks_fold {
	FILE *out;		/* takes the pattern, as bytes */
	bool specific;		/* what was put says more than "any name" */
	struct ks_span part[KS_PATTERN_NAMES_MAX];
	size_t nr;		/* at least one */
};

/* Does the byte belong to a word: a letter, a digit, or beyond ASCII? */
bool ks_fold_is_word(char c);

/* Put the pattern of parts that are words each, or the same byte each. */
void ks_fold_word(struct ks_fold *fold);

/* Put what all parts begin with, what lies between, and what they end with. */
void ks_fold_ends(struct ks_fold *fold);

/* A name with N for each number in it; NULL when memory is out. */
char *ks_fold_digits(const char *name);

#endif /* KS_FOLD_H */
