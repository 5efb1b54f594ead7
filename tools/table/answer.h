/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows, and when and from what they were got. */
#ifndef KMS_TABLE_ANSWER_H
#define KMS_TABLE_ANSWER_H

#include "lib/error.h"
#include "table/rows.h"
#include "table/scope.h"

#define KMS_BOOT_ID_MAX 40

/* A point in time, comparable within one boot. */
struct kms_stamp {
	char boot_id[KMS_BOOT_ID_MAX];	/* empty where it is not known */
	uint64_t boottime_ns;
};

struct kms_answer {
	struct kms_stamp stamp;
	struct kms_value version;	/* the module's */
	struct kms_scope scope;
	struct kms_rows rows;
	bool partial;
	struct kms_stamp since;		/* set when the rows are differences */
	bool difference;
};

struct kms_stamp kms_stamp_now(void);

/*
 * Read what --json printed into the file at path; root is the key of its rows.
 * answer->rows.kind must be set, all else be zero.
 */
enum kms_status kms_answer_read(struct kms_answer *answer, const char *path,
				const char *root, struct kms_error *err);

/*
 * Turn newer into the difference to older, from which rows out of newer's
 * scope are dropped; what names older in messages.  KMS_PARTIAL as in
 * kms_diff_rows().
 */
enum kms_status kms_answer_subtract(struct kms_answer *newer,
				    struct kms_answer *older, const char *what,
				    const bool *watched, struct kms_error *err);

void kms_answer_free(struct kms_answer *answer);

#endif /* KMS_TABLE_ANSWER_H */
