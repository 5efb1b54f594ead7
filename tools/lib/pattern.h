/* SPDX-License-Identifier: GPL-2.0-only */
/* The pattern that many names share. */
#ifndef KMS_LIB_PATTERN_H
#define KMS_LIB_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/fold.h"

/*
 * Placeholders of a pattern. Whether a letter is one, people see by the example:
 *	N	one or more digits
 *	H	four or more hexadecimal digits
 *	X	six or more letters and digits, mixed
 *	*	anything, also nothing
 * Other characters stand for themselves, escaped as all text is.
 */
struct kms_pattern {
	char *text;		/* NULL: there is no common pattern */
	char *example;		/* a name that matches, or NULL */
	size_t nr_names;
	size_t nr_covered;
};

/*
 * Find the pattern that matches most of the nr names, which are escaped text.
 * Only the first KMS_MAX_PATTERN_NAMES count. False if memory is out.
 */
bool kms_pattern_find(struct kms_pattern *pattern, const char * const *names,
		      size_t nr);

void kms_pattern_free(struct kms_pattern *pattern);

#endif /* KMS_LIB_PATTERN_H */
