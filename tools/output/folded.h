/* SPDX-License-Identifier: GPL-2.0-only */
/* Stacks in the form that flame graphs are made from. */
#ifndef KMS_OUTPUT_FOLDED_H
#define KMS_OUTPUT_FOLDED_H

#include <stdio.h>

#include "table/rows.h"

/*
 * Print a line for each allocator: its name and its stack from the outermost
 * function inwards, separated by ';', and the number of objects.
 */
void kms_folded_print(FILE *stream, const struct kms_rows *allocators,
		      const struct kms_rows *stacks);

#endif /* KMS_OUTPUT_FOLDED_H */
