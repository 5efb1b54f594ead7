/* SPDX-License-Identifier: GPL-2.0-only */
/* The difference between two answers to the same request. */
#ifndef KMS_TABLE_DIFF_H
#define KMS_TABLE_DIFF_H

#include "lib/error.h"
#include "table/rows.h"

struct kms_diff {
	const struct kms_rows *newer;
	const struct kms_rows *older;
	const bool *watched;	/* for each column: does a change count? */
	bool partial;		/* one of the two may lack rows */
};

/*
 * Fill rows with the rows in which a watched column changed. Keys stay, text is
 * the newer one, numbers are newer - older. A number that is absent on one side
 * has no difference. A row that is missing on one side counts as 0 there, unless
 * that side may lack rows.
 *
 * Returns KMS_PARTIAL if rows were left out for that reason, or because one side
 * has more rows of the same key.
 */
enum kms_status kms_diff_rows(const struct kms_diff *diff,
			      struct kms_rows *rows, struct kms_error *err);

#endif /* KMS_TABLE_DIFF_H */
