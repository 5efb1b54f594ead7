// SPDX-License-Identifier: GPL-2.0-only
/* Rows, and when and from what they were got. */
#include <linux/kmemscope.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/answer.h"
#include "lib/diff.h"
#include "lib/kinds.h"

struct ks_stamp ks_stamp_now(void)
{
	struct ks_stamp stamp = { "", 0 };
	struct timespec now;
	FILE *file;

	clock_gettime(CLOCK_BOOTTIME, &now);
	stamp.boottime_ns = (uint64_t)now.tv_sec * 1000000000 + now.tv_nsec;
	file = fopen("/proc/sys/kernel/random/boot_id", "re");
	if (file) {
		if (!fgets(stamp.boot_id, sizeof(stamp.boot_id), file))
			stamp.boot_id[0] = '\0';
		stamp.boot_id[strcspn(stamp.boot_id, "\n")] = '\0';
		fclose(file);
	}
	return stamp;
}

enum ks_status ks_answer_version(struct ks_answer *answer, struct ks_nl *nl,
				 struct ks_error *err)
{
	struct ks_request request = ks_request_rows(&ks_kind_status);
	struct ks_rows rows = { .kind = &ks_kind_status };
	enum ks_status status;
	size_t column;

	status = ks_nl_do(nl, &request, &rows, err);
	if (!status && rows.nr &&
	    ks_kind_find_attr(rows.kind, KMEMSCOPE_A_STATUS_VERSION, &column) &&
	    !ks_value_copy(&answer->version, &rows.row[0][column]))
		status = ks_fail_memory(err);
	ks_rows_free(&rows);
	return status;
}

static enum ks_status older_check(const struct ks_answer *newer,
				  const struct ks_answer *older,
				  const char *what, struct ks_error *err)
{
	const struct ks_kind *kind = newer->rows.kind;
	size_t i;

	if (!*newer->stamp.boot_id ||
	    strcmp(newer->stamp.boot_id, older->stamp.boot_id))
		return ks_fail(err, KS_ERROR,
			       "%s: is of another boot (%s, now it is %s)",
			       what, older->stamp.boot_id,
			       newer->stamp.boot_id);
	if (older->stamp.boottime_ns > newer->stamp.boottime_ns)
		return ks_fail(err, KS_ERROR,
			       "%s: was made later than now, by its boottime_ns",
			       what);
	if (older->scope.top)
		return ks_fail(err, KS_ERROR,
			       "%s: was made with --top, so it lacks rows",
			       what);
	if (!ks_scope_within(&newer->scope, &older->scope))
		return ks_fail(err, KS_ERROR,
			       "%s: was asked for less than is asked for now; use the same filters",
			       what);
	for (i = 0; older->scope.columns.nr && i < kind->nr_columns; i++) {
		if (kind->columns[i].key &&
		    !ks_select_has(&older->scope.columns, i))
			return ks_fail(err, KS_ERROR,
				       "%s: was made without the column %s",
				       what, kind->columns[i].title);
	}
	return KS_OK;
}

enum ks_status ks_answer_subtract(struct ks_answer *newer,
				  struct ks_answer *older, const char *what,
				  const bool *watched, struct ks_error *err)
{
	struct ks_rows rows = { .kind = newer->rows.kind };
	struct ks_diff diff = {
		.newer = &newer->rows,
		.older = &older->rows,
		.watched = watched,
		.partial = newer->partial || older->partial,
	};
	enum ks_status status;

	status = older_check(newer, older, what, err);
	if (status)
		return status;
	ks_scope_apply(&newer->scope, &older->rows);
	status = ks_diff_rows(&diff, &rows, err);
	if (status && status != KS_PARTIAL) {
		ks_rows_free(&rows);
		return status;
	}
	ks_rows_free(&newer->rows);
	newer->rows = rows;
	newer->difference = true;
	newer->since = older->stamp;
	newer->partial = diff.partial || status == KS_PARTIAL;
	return status;
}

void ks_answer_free(struct ks_answer *answer)
{
	ks_rows_free(&answer->rows);
	ks_scope_free(&answer->scope);
	ks_value_clear(&answer->version);
}
