/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows, with the time and the version of the module that sent them. */
#ifndef KMS_TABLE_ANSWER_H
#define KMS_TABLE_ANSWER_H

#include "lib/error.h"
#include "table/rows.h"
#include "table/scope.h"

#define KMS_MAX_BOOT_ID 40

/* A point in time, comparable within one boot. */
struct kms_stamp {
	char boot_id[KMS_MAX_BOOT_ID];	/* empty if it is unknown */
	uint64_t boottime_ns;
};

struct kms_answer {
	struct kms_stamp stamp;
	struct kms_value version;	/* the module's */
	struct kms_scope scope;
	struct kms_rows rows;
	bool partial;
	struct kms_stamp since;		/* of the older answer of a difference */
	bool difference;
};

struct kms_stamp kms_stamp_now(void);

/*
 * Read an answer that --json printed from the file at path; root is the key of
 * its rows. The caller sets answer->rows.kind, and all else to zero.
 */
enum kms_status kms_answer_read(struct kms_answer *answer, const char *path,
				const char *root, struct kms_error *err);

/*
 * Turn newer into the difference to older. Rows of older that are out of newer's
 * scope are dropped; what is the name of older in messages. Returns KMS_PARTIAL
 * as kms_diff_rows() does.
 */
enum kms_status kms_answer_subtract(struct kms_answer *newer,
				    struct kms_answer *older, const char *what,
				    const bool *watched, struct kms_error *err);

void kms_answer_free(struct kms_answer *answer);

#endif /* KMS_TABLE_ANSWER_H */
