/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Dentries, inodes and superblocks made up, for the code that counts them.
 */
#ifndef KUNIT_TREE_H
#define KUNIT_TREE_H

#include <linux/types.h>

struct dentry;
struct ks_kind;
struct ks_snapshot;
struct kunit;
struct super_block;

int tree_begin(struct kunit *test);
void tree_end(struct kunit *test);
struct super_block *tree_sb(struct kunit *test, u32 device);
struct dentry *tree_dentry(struct kunit *test, struct super_block *sb,
			   struct dentry *parent, const char *name, u64 ino);
struct ks_snapshot *tree_snapshot(struct kunit *test,
				  const struct ks_kind *kind, u32 room);

#endif /* KUNIT_TREE_H */
