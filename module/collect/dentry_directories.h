/* SPDX-License-Identifier: GPL-2.0-only */
/* The directories with the most dentries, and some of the names in them. */
#ifndef KS_COLLECT_DENTRY_DIRECTORIES_H
#define KS_COLLECT_DENTRY_DIRECTORIES_H

#include <linux/kmemscope.h>

#include "collect/dentry_tally.h"

#define KS_MAX_DIRECTORY_NAMES	16	/* of each */

struct ks_directories;
struct ks_snapshot;

struct ks_directories *ks_directories_new(const struct ks_topk_entry *top,
					  unsigned int nr);
void ks_directories_free(struct ks_directories *directories);
void ks_directories_add(struct ks_directories *directories,
			const struct dentry *dentry);
void ks_directories_fill(const struct ks_directories *directories,
			 struct ks_snapshot *snap,
			 const struct ks_dentry_scale *scale);
void ks_directories_fill_names(const struct ks_directories *directories,
			       struct ks_snapshot *snap);

#endif /* KS_COLLECT_DENTRY_DIRECTORIES_H */
