// SPDX-License-Identifier: GPL-2.0-only
/* Rows, with the time and the version of the module that sent them. */
#include <linux/kmemscope.h>
#include <stdio.h>
#include <string.h>

#include "lib/clock.h"
#include "table/answer.h"
#include "table/diff.h"
#include "table/kinds.h"

struct kms_stamp kms_stamp_now(void)
{
	struct kms_stamp stamp = { "", 0 };
	FILE *file;

	stamp.boottime_ns = kms_now_ns();
	file = fopen("/proc/sys/kernel/random/boot_id", "re");
	if (file) {
		if (!fgets(stamp.boot_id, sizeof(stamp.boot_id), file))
			stamp.boot_id[0] = '\0';
		stamp.boot_id[strcspn(stamp.boot_id, "\n")] = '\0';
		fclose(file);
	}
	return stamp;
}

static enum kms_status older_check(const struct kms_answer *newer,
				   const struct kms_answer *older,
				   const char *what, struct kms_error *err)
{
	const struct kms_kind *kind = newer->rows.kind;
	size_t i;

	if (!*newer->stamp.boot_id ||
	    strcmp(newer->stamp.boot_id, older->stamp.boot_id))
		return kms_fail(err, KMS_ERROR,
				"%s: is from another boot (%s, now it is %s)",
				what, older->stamp.boot_id,
				newer->stamp.boot_id);
	if (older->stamp.boottime_ns > newer->stamp.boottime_ns)
		return kms_fail(err, KMS_ERROR,
				"%s: is from the future, by its boottime_ns",
				what);
	if (older->scope.top)
		return kms_fail(err, KMS_ERROR,
				"%s: was saved with --top, so it lacks rows",
				what);
	if (!kms_scope_within(&newer->scope, &older->scope))
		return kms_fail(err, KMS_ERROR,
				"%s: was saved with other filters; use the same filters",
				what);
	for (i = 0; older->scope.columns.nr && i < kind->nr_columns; i++) {
		if (kind->columns[i].key &&
		    !kms_select_has(&older->scope.columns, i))
			return kms_fail(err, KMS_ERROR,
					"%s: was saved without the column %s",
					what, kind->columns[i].title);
	}
	return KMS_OK;
}

enum kms_status kms_answer_subtract(struct kms_answer *newer,
				    struct kms_answer *older, const char *what,
				    const bool *watched, struct kms_error *err)
{
	struct kms_rows rows = { .kind = newer->rows.kind };
	struct kms_diff diff = {
		.newer = &newer->rows,
		.older = &older->rows,
		.watched = watched,
		.partial = newer->partial || older->partial,
	};
	enum kms_status status;

	status = older_check(newer, older, what, err);
	if (status)
		return status;
	kms_scope_apply(&newer->scope, &older->rows);
	status = kms_diff_rows(&diff, &rows, err);
	if (status && status != KMS_PARTIAL) {
		kms_rows_free(&rows);
		return status;
	}
	kms_rows_free(&newer->rows);
	newer->rows = rows;
	newer->difference = true;
	newer->since = older->stamp;
	newer->partial = diff.partial || status == KMS_PARTIAL;
	return status;
}

void kms_answer_free(struct kms_answer *answer)
{
	kms_rows_free(&answer->rows);
	kms_scope_free(&answer->scope);
	kms_value_clear(&answer->version);
}
