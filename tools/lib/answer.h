/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows, and when and from what they were got. */
#ifndef KS_ANSWER_H
#define KS_ANSWER_H

#include "lib/error.h"
#include "lib/nl.h"
#include "lib/rows.h"
#include "lib/scope.h"

#define KS_BOOT_ID_MAX 40

/* A point in time, comparable within one boot. */
struct ks_stamp {
	char boot_id[KS_BOOT_ID_MAX];	/* empty where it is not known */
	uint64_t boottime_ns;
};

struct ks_answer {
	struct ks_stamp stamp;
	struct ks_value version;	/* the module's */
	struct ks_scope scope;
	struct ks_rows rows;
	bool partial;
	struct ks_stamp since;		/* set when the rows are differences */
	bool difference;
};

struct ks_stamp ks_stamp_now(void);

/* Ask the module for its version. */
enum ks_status ks_answer_version(struct ks_answer *answer, struct ks_nl *nl,
				 struct ks_error *err);

/*
 * Read what --json printed into the file at path; root is the key of its rows.
 * answer->rows.kind must be set, all else be zero.
 */
enum ks_status ks_answer_read(struct ks_answer *answer, const char *path,
			      const char *root, struct ks_error *err);

/*
 * Turn newer into the difference to older, from which rows out of newer's
 * scope are dropped; what names older in messages.  KS_PARTIAL as in
 * ks_diff_rows().
 */
enum ks_status ks_answer_subtract(struct ks_answer *newer,
				  struct ks_answer *older, const char *what,
				  const bool *watched, struct ks_error *err);

void ks_answer_free(struct ks_answer *answer);

#endif /* KS_ANSWER_H */
