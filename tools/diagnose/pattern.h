/* SPDX-License-Identifier: GPL-2.0-only */
/* What many names have in common. */
#ifndef KS_PATTERN_H
#define KS_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The notation, for people; the example beside it tells a letter from a
 * placeholder:
 *	N	one or more digits
 *	H	four or more hexadecimal digits
 *	X	six or more letters and digits, mixed
 *	*	anything, also nothing
 * All else stands for itself, escaped as all text is.
 */
struct ks_pattern {
	char *text;		/* NULL: they have nothing in common */
	char *example;		/* a name that it covers, or NULL */
	size_t nr_names;
	size_t nr_covered;
};

/*
 * Find the pattern that covers the most of nr names, which are escaped text
 * and of which only the first KS_PATTERN_NAMES_MAX are looked at.  False when
 * memory is out.
 */
#define KS_PATTERN_NAMES_MAX 256

bool ks_pattern_find(struct ks_pattern *pattern, const char * const *names,
		     size_t nr);

void ks_pattern_free(struct ks_pattern *pattern);

#endif /* KS_PATTERN_H */
