/* SPDX-License-Identifier: GPL-2.0-only */
/* Stacks as flame graphs are made of. */
#ifndef KS_FOLDED_H
#define KS_FOLDED_H

#include <stdio.h>

#include "lib/rows.h"

/*
 * Print a line for each allocator: its name and its stack from the outermost
 * function inwards, separated by ';', and the number of objects.
 */
void ks_folded_print(FILE *stream, const struct ks_rows *allocators,
		     const struct ks_rows *stacks);

#endif /* KS_FOLDED_H */
