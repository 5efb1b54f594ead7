// SPDX-License-Identifier: GPL-2.0-only
/* kmemscope dentry: the directories with the most dentries. */
#include <stdio.h>
#include <stdlib.h>

#include "client/job.h"
#include "cmd/cmd.h"
#include "cmd/list.h"
#include "host/directory.h"
#include "host/process.h"
#include "lib/array.h"
#include "table/kinds.h"

/* Columns that the module cannot have: only user space knows them. */
enum {
	FULL_PATH,
	CONTAINER,
	PATTERN,
	PATTERN_PERMILLE,
	NR_MADE,
};

static const struct kms_column made[NR_MADE] = {
	[FULL_PATH] = {
		.name = "full_path",
		.title = "FULL_PATH",
		.type = KMS_TYPE_STRING,
		.help = "Its path as process 1 sees it, or else another mount namespace",
	},
	[CONTAINER] = {
		.name = "container",
		.title = "CONTAINER",
		.type = KMS_TYPE_STRING,
		.help = "The only container that has it, or a cgroup where process 1 does not",
	},
	[PATTERN] = {
		.name = "pattern",
		.title = "PATTERN",
		.type = KMS_TYPE_STRING,
		.help = "What its names have in common: N digits, H hex, X mixed, * any",
	},
	[PATTERN_PERMILLE] = {
		.name = "pattern_permille",
		.title = "PATTERN_PERMILLE",
		.type = KMS_TYPE_U32,
		.unit = KMS_UNIT_PERMILLE,
		.help = "How many of the sampled names that covers, out of 1000",
	},
};

#define MAX_COLUMNS 32
static struct kms_column columns[MAX_COLUMNS];
static struct kms_kind directory_kind;

static struct kms_value *made_value(const struct kms_rows *rows, size_t row,
				    size_t index)
{
	return &rows->row[row][rows->kind->nr_columns - NR_MADE + index];
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
		text_set(made_value(rows, row, CONTAINER),
			 directory->container);
	if (pattern->text) {
		uint64_t permille = pattern->nr_covered * 1000 /
				    pattern->nr_names;

		text_set(made_value(rows, row, PATTERN), pattern->text);
		*made_value(rows, row, PATTERN_PERMILLE) =
			kms_value_unsigned(permille);
	}
	return !directory->reachable ||
	       path_set(made_value(rows, row, FULL_PATH), directory);
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

static const struct kms_list_view more[] = {
	{
		.by = "superblock",
		.kind = &kms_kind_dentry_superblock,
		.root = "dentry_superblocks",
		.columns = (const char * const[]){
			"fs_type", "device", "total_bytes", "nr_dentries",
			"nr_negative", "nr_lru", "share_permille",
			"coverage_permille", NULL
		},
		.sort = "nr_dentries",
		.change = "nr_dentries",
		.job = true,
	}, {
		.by = "name",
		.kind = &kms_kind_dentry_name,
		.root = "dentry_names",
		.columns = (const char * const[]){
			"device", "inode", "negative", "name", NULL
		},
		.change = "negative",
		.job = true,
	}, {
		.by = "total",
		.kind = &kms_kind_dentry,
		.root = "dentries",
		.columns = (const char * const[]){
			"nr_dentries", "nr_unused", "nr_hashed", "nr_unhashed",
			"nr_negative", "nr_lru", "total_bytes",
			"coverage_permille", NULL
		},
		.change = "nr_dentries",
		.job = true,
	},
};

static const struct kms_list_command dentry = {
	.summary = "Print the directories with the most cached names",
	.view = {
		.by = "directory",
		.kind = &directory_kind,
		.root = "dentry_directories",
		.columns = (const char * const[]){
			"total_bytes", "nr_dentries", "nr_negative",
			"share_permille", "coverage_permille", "fs_type",
			"full_path", "pattern", NULL
		},
		.sort = "nr_dentries",
		.change = "nr_dentries",
		.job = true,
		.fill = directories_fill,
	},
	.more = more,
	.nr_more = ARRAY_SIZE(more),
	.budget_help = "walk for that long at most, 3000 unless asked",
};

int kms_cmd_dentry(int argc, char **argv)
{
	kms_kind_widen(&directory_kind, &kms_kind_dentry_directory, columns,
		       ARRAY_SIZE(columns), made, NR_MADE);
	return kms_list_run(&dentry, argc, argv);
}
