/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fake dentries, inodes and superblocks, for the code that counts them.
 */
#ifndef KUNIT_FAKE_DENTRY_H
#define KUNIT_FAKE_DENTRY_H

#include <linux/types.h>

struct dentry;
struct ks_kind;
struct ks_snapshot;
struct kunit;
struct super_block;

int fake_dentry_begin(struct kunit *test);
void fake_dentry_end(struct kunit *test);
struct super_block *fake_superblock_new(struct kunit *test, u32 device);
struct dentry *fake_dentry_new(struct kunit *test, struct super_block *sb,
			       struct dentry *parent, const char *name,
			       u64 ino);
struct ks_snapshot *snapshot_with_room(struct kunit *test,
				       const struct ks_kind *kind, u32 room);

#endif /* KUNIT_FAKE_DENTRY_H */
