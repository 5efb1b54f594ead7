// SPDX-License-Identifier: GPL-2.0-only
/* kmemscope dentry: the directories with the most dentries, and whose they are. */
#include "cmd/cmd.h"
#include "cmd/list.h"
#include "lib/array.h"
#include "lib/kinds.h"

static const struct ks_list_view more[] = {
	{
		.by = "superblock",
		.kind = &ks_kind_dentry_superblock,
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
		.kind = &ks_kind_dentry_name,
		.root = "dentry_names",
		.columns = (const char * const[]){
			"device", "inode", "negative", "name", NULL
		},
		.change = "negative",
		.job = true,
	}, {
		.by = "total",
		.kind = &ks_kind_dentry,
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

static const struct ks_list_command dentry = {
	.summary = "Print the directories with the most cached names",
	.view = {
		.by = "directory",
		.kind = &ks_kind_dentry_directory,
		.root = "dentry_directories",
		.columns = (const char * const[]){
			"total_bytes", "nr_dentries", "nr_negative",
			"share_permille", "coverage_permille", "fs_type",
			"device", "path", NULL
		},
		.sort = "nr_dentries",
		.change = "nr_dentries",
		.job = true,
	},
	.more = more,
	.nr_more = ARRAY_SIZE(more),
	.budget_help = "walk for that long at most, 3000 unless asked",
};

int ks_cmd_dentry(int argc, char **argv)
{
	return ks_list_run(&dentry, argc, argv);
}
