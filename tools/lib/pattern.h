/* SPDX-License-Identifier: GPL-2.0-only */
/* What many names have in common. */
#ifndef KMS_LIB_PATTERN_H
#define KMS_LIB_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/fold.h"

/*
 * The notation, for people; the example beside it tells a letter from a
 * placeholder:
 *	N	one or more digits
 *	H	four or more hexadecimal digits
 *	X	six or more letters and digits, mixed
 *	*	anything, also nothing
 * All else stands for itself, escaped as all text is.
 */
struct kms_pattern {
	char *text;		/* NULL: they have nothing in common */
	char *example;		/* a name that it covers, or NULL */
	size_t nr_names;
	size_t nr_covered;
};

/*
 * Find the pattern that covers the most of nr names, which are escaped text
 * and of which only the first KMS_PATTERN_NAMES_MAX are looked at.  False when
 * memory is out.
 */
bool kms_pattern_find(struct kms_pattern *pattern, const char * const *names,
		      size_t nr);

void kms_pattern_free(struct kms_pattern *pattern);

#endif /* KMS_LIB_PATTERN_H */
