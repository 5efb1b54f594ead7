// SPDX-License-Identifier: GPL-2.0-only
/* kmemscope dentry: the directories with the most dentries, and whose they are. */
#include <linux/kmemscope.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/job.h"
#include "cmd/cmd.h"
#include "cmd/list.h"
#include "host/container.h"
#include "host/mounts.h"
#include "host/process.h"
#include "host/samples.h"
#include "lib/array.h"
#include "lib/pattern.h"
#include "table/kinds.h"

/* The value of a column that reader.yaml adds, by its name. */
static struct kms_value *own_value(const struct kms_rows *rows, size_t row,
				   const char *name)
{
	size_t column;

	/* Another name is a mistake in the program. */
	if (!kms_kind_find(rows->kind, name, strlen(name), &column))
		abort();
	return &rows->row[row][column];
}

/* A text that the value owns from now on; NULL leaves it absent. */
static void text_give(struct kms_value *value, char *text)
{
	if (text)
		*value = (struct kms_value){ .presence = KMS_TEXT,
					     .text = text };
}

static bool place_fill(const struct kms_rows *rows, size_t row,
		       const struct kms_mounts *mounts)
{
	const char *device = kms_field_text(rows, row,
					KMEMSCOPE_A_DENTRY_DIRECTORY_DEVICE);
	const char *path = kms_field_text(rows, row,
					  KMEMSCOPE_A_DENTRY_DIRECTORY_PATH);
	struct kms_container container;
	struct kms_value *value;
	struct kms_place place;
	char name[sizeof(container.name) + 32];

	if (!device || !path)
		return true;
	if (!kms_mounts_find(mounts, device, path, NULL, NULL, &place))
		return false;
	value = own_value(rows, row, "container");
	if (place.cgroup && kms_container_find(&container, place.cgroup)) {
		snprintf(name, sizeof(name), "%s %s", container.engine,
			 container.name);
		*value = kms_value_text(name);
	} else if (place.cgroup && !place.path) {
		*value = kms_value_text(place.cgroup);
	}
	value = own_value(rows, row, "full_path");
	if (place.path) {
		text_give(value, place.path);
		free(place.inside);
	} else {
		text_give(value, place.inside);
	}
	return true;
}

static bool pattern_fill(const struct kms_rows *rows, size_t row,
			 const struct kms_rows *names)
{
	const char *name[KMS_MAX_PATTERN_NAMES];
	struct kms_pattern pattern;
	size_t nr;

	nr = kms_samples_find(rows, row, names, KMS_DENTRIES_ALL, name,
			      ARRAY_SIZE(name));
	if (!kms_pattern_find(&pattern, name, nr))
		return false;
	if (pattern.text && nr) {
		*own_value(rows, row, "pattern") = kms_value_text(pattern.text);
		*own_value(rows, row, "pattern_percent") =
			kms_value_unsigned(pattern.nr_covered * 1000 / nr);
	}
	kms_pattern_free(&pattern);
	return true;
}

static enum kms_status directories_fill(struct kms_nl *nl, uint32_t job,
					struct kms_rows *rows,
					struct kms_error *err)
{
	struct kms_rows names = { .kind = &kms_kind_dentry_name };
	struct kms_mounts mounts = { 0 };
	enum kms_status status;
	bool done = true;
	size_t i;

	status = kms_job_take(nl, job, &names, err);
	/* In another PID namespace process 1 is not the host's. */
	if (kms_proc_is_initial())
		done = kms_mounts_read(&mounts, "/proc", rows, 1);
	for (i = 0; !status && done && i < rows->nr; i++)
		done = place_fill(rows, i, &mounts) &&
		       pattern_fill(rows, i, &names);
	kms_mounts_free(&mounts);
	kms_rows_free(&names);
	return done ? status : kms_fail_memory(err);
}

int kms_cmd_dentry(int argc, char **argv)
{
	static const struct kms_list_command command = {
		.summary = "Print the directories with the most cached names",
		.views = {
			{
				.kind = &kms_kind_dentry_directory,
				.by = "directory",
				.fill = directories_fill,
			},
			{ .kind = &kms_kind_dentry_superblock, .by = "superblock" },
			{ .kind = &kms_kind_dentry_name, .by = "name" },
			{ .kind = &kms_kind_dentry, .by = "total" },
		},
		.budget_help = "limit the walk to that many milliseconds (3000)",
	};

	return kms_list_run(&command, argc, argv);
}
