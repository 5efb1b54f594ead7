// SPDX-License-Identifier: GPL-2.0-only
/* kmemscope dentry: the directories with the most dentries, and whose they are. */
#include <linux/kmemscope.h>
#include <stdio.h>
#include <stdlib.h>

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

/* The module's columns, and what only user space knows of a directory. */
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

#define COLUMNS_MAX 32
static struct kms_column columns[COLUMNS_MAX];
static struct kms_kind directory_kind;

static struct kms_value *made_value(const struct kms_rows *rows, size_t row,
				    size_t index)
{
	return &rows->row[row][rows->kind->nr_columns - NR_MADE + index];
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
	value = made_value(rows, row, CONTAINER);
	if (place.cgroup && kms_container_find(&container, place.cgroup)) {
		snprintf(name, sizeof(name), "%s %s", container.engine,
			 container.name);
		*value = kms_value_text(name);
	} else if (place.cgroup && !place.path) {
		*value = kms_value_text(place.cgroup);
	}
	value = made_value(rows, row, FULL_PATH);
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
	const char *name[KMS_PATTERN_NAMES_MAX];
	struct kms_pattern pattern;
	size_t nr;

	nr = kms_samples_find(rows, row, names, KMS_DENTRIES_ALL, name,
			      ARRAY_SIZE(name));
	if (!kms_pattern_find(&pattern, name, nr))
		return false;
	if (pattern.text && nr) {
		*made_value(rows, row, PATTERN) = kms_value_text(pattern.text);
		*made_value(rows, row, PATTERN_PERMILLE) =
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
