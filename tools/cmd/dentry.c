// SPDX-License-Identifier: GPL-2.0-only
/* kmemscope dentry: the directories with the most dentries. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/job.h"
#include "cmd/cmd.h"
#include "cmd/list.h"
#include "host/directory.h"
#include "host/process.h"
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

static void text_set(struct kms_value *value, const char *text)
{
	if (text)
		*value = kms_value_text(text);
}

static bool path_set(struct kms_value *value,
		     const struct kms_directory *directory)
{
	char *text;

	if (!directory->deleted) {
		*value = kms_value_text(directory->path);
		return true;
	}
	/* The column PATH has the same mark, by the kernel. */
	if (asprintf(&text, "%s//deleted", directory->path) < 0)
		return false;
	*value = kms_value_text(text);
	free(text);
	return true;
}

/* Fill in a row's columns; false when memory is out. */
static bool row_fill(const struct kms_rows *rows, size_t row,
		     const struct kms_directory *directory)
{
	const struct kms_pattern *pattern =
		&directory->pattern[KMS_DENTRIES_ALL];

	if (directory->is_container || directory->hidden)
		text_set(own_value(rows, row, "container"),
			 directory->container);
	if (pattern->text) {
		uint64_t permille = pattern->nr_covered * 1000 /
				    pattern->nr_names;

		text_set(own_value(rows, row, "pattern"), pattern->text);
		*own_value(rows, row, "pattern_percent") =
			kms_value_unsigned(permille);
	}
	return !directory->reachable ||
	       path_set(own_value(rows, row, "full_path"), directory);
}

static bool rows_fill(const struct kms_rows *rows,
		      const struct kms_dentry_directory_records *directories,
		      const struct kms_dentry_name_records *names,
		      const struct kms_mounts *mounts)
{
	struct kms_directory directory;
	bool complete = true;
	size_t i;

	for (i = 0; complete && i < rows->nr; i++) {
		complete = kms_directory_find(&directory,
					      &directories->record[i], names,
					      mounts, NULL, NULL) &&
			   row_fill(rows, i, &directory);
		kms_directory_free(&directory);
	}
	return complete;
}

/* Fill in these columns for all directories of a walk. */
static bool walk_fill(const struct kms_rows *rows,
		      const struct kms_rows *name_rows)
{
	struct kms_dentry_directory_records directories = {
		.type = &kms_dentry_directory_type,
	};
	struct kms_dentry_name_records names = {
		.type = &kms_dentry_name_type,
	};
	struct kms_devices devices = { 0 };
	struct kms_mounts mounts = { 0 };
	bool complete;

	complete = kms_records_fill(&directories.any, rows) &&
		   kms_records_fill(&names.any, name_rows) &&
		   kms_devices_add(&devices, &directories);
	/* In another PID namespace process 1 is not the host's. */
	if (complete && kms_proc_is_initial())
		complete = kms_mounts_read(&mounts, "/proc", &devices);
	complete = complete && rows_fill(rows, &directories, &names, &mounts);
	kms_mounts_free(&mounts);
	free(devices.device);
	kms_records_free(&names.any);
	kms_records_free(&directories.any);
	return complete;
}

static enum kms_status directories_fill(struct kms_nl *nl, uint32_t job,
					struct kms_rows *rows,
					struct kms_error *err)
{
	struct kms_rows names = { .kind = &kms_kind_dentry_name };
	enum kms_status status = kms_job_take(nl, job, &names, err);

	if (!status && !walk_fill(rows, &names))
		status = kms_fail_memory(err);
	kms_rows_free(&names);
	return status;
}

int kms_cmd_dentry(int argc, char **argv)
{
	static const struct kms_list_command command = {
		.summary = "Print the directories with the most cached names",
		.page = "kmemscope-dentry",
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
