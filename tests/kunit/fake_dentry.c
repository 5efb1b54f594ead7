// SPDX-License-Identifier: GPL-2.0-only
/*
 * Make fake dentries, and check that tests free all memory.
 */
#include <kunit/test.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/seqlock.h>
#include <linux/string.h>

#include "record/memory.h"
#include "record/snapshot.h"

#include "fake_dentry.h"

static struct file_system_type disk_type = { .name = "disk" };

/**
 * struct fake_dentry - a dentry and its inode
 * @dentry: the dentry
 * @inode: its inode, if it has one
 */
struct fake_dentry {
	struct dentry dentry;
	struct inode inode;
};

/**
 * fake_superblock_new() - make a superblock of type "disk"
 * @test: the test, which frees it
 * @device: its device number
 *
 * Return: the superblock; the first root becomes its root.
 */
struct super_block *fake_superblock_new(struct kunit *test, u32 device)
{
	struct super_block *sb = kunit_kzalloc(test, sizeof(*sb), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, sb);
	sb->s_dev = device;
	sb->s_type = &disk_type;
	return sb;
}

/**
 * fake_dentry_new() - make a dentry
 * @test: the test, which frees it
 * @sb: its superblock
 * @parent: the directory it is in, or NULL to make a root
 * @name: its name; not copied
 * @ino: the number of its inode, or 0 for a negative dentry
 *
 * Return: the dentry.
 */
struct dentry *fake_dentry_new(struct kunit *test, struct super_block *sb,
			       struct dentry *parent, const char *name, u64 ino)
{
	struct fake_dentry *fake =
		kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	struct dentry *dentry;

	KUNIT_ASSERT_NOT_NULL(test, fake);
	dentry = &fake->dentry;
	spin_lock_init(&dentry->d_lock);
	seqcount_spinlock_init(&dentry->d_seq, &dentry->d_lock);
	dentry->d_sb = sb;
	dentry->d_parent = parent ?: dentry;
	dentry->d_name.name = (const unsigned char *)name;
	dentry->d_name.len = strlen(name);
	dentry->d_flags = DCACHE_MISS_TYPE;
	if (ino) {
		fake->inode.i_ino = ino;
		fake->inode.i_generation = 3;
		dentry->d_inode = &fake->inode;
		dentry->d_flags = DCACHE_REGULAR_TYPE;
	}
	if (!parent && !sb->s_root)
		sb->s_root = dentry;
	return dentry;
}

/**
 * snapshot_with_room() - make a snapshot
 * @test: the test
 * @kind: the kind of its records
 * @room: the number of records it has room for
 *
 * Return: the snapshot; free it by ks_snapshot_free().
 */
struct ks_snapshot *snapshot_with_room(struct kunit *test,
				       const struct ks_kind *kind, u32 room)
{
	struct ks_snapshot *snap = ks_snapshot_new(kind, NULL);

	KUNIT_ASSERT_NOT_NULL(test, snap);
	KUNIT_ASSERT_EQ(test, 0, ks_snapshot_reserve(snap, room, 0));
	return snap;
}

/* Bytes that others take before a test. */
static u64 memory_before;

/**
 * fake_dentry_begin() - note how much memory is taken
 * @test: the test; for the init of a suite
 *
 * Return: 0.
 */
int fake_dentry_begin(struct kunit *test)
{
	struct ks_memory memory;

	ks_memory_read(&memory);
	memory_before = memory.now;
	return 0;
}

/**
 * fake_dentry_end() - check that no more memory is taken
 * @test: the test, which fails if memory is left
 */
void fake_dentry_end(struct kunit *test)
{
	struct ks_memory memory;

	ks_memory_read(&memory);
	KUNIT_EXPECT_EQ(test, memory_before, memory.now);
}
