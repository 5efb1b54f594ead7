/* SPDX-License-Identifier: GPL-2.0-only */
/* What changed between two answers to the same question. */
#ifndef KMS_TABLE_DIFF_H
#define KMS_TABLE_DIFF_H

#include "lib/error.h"
#include "table/rows.h"

struct kms_diff {
	const struct kms_rows *newer;
	const struct kms_rows *older;
	const bool *watched;	/* per column: a change in it is of interest */
	bool partial;		/* one of the two may lack rows */
};

/*
 * Fill rows with the rows of which a watched column changed.  Keys are as they
 * were, text is the newer one, numbers are newer - older; a number that one
 * side does not know has no difference.  A row that only one side has counts
 * as 0 on the other, unless that side may lack rows.
 *
 * KMS_PARTIAL when rows were left out for that, or because several rows have
 * the same key and one side has more of them.
 */
enum kms_status kms_diff_rows(const struct kms_diff *diff,
			      struct kms_rows *rows, struct kms_error *err);

#endif /* KMS_TABLE_DIFF_H */
