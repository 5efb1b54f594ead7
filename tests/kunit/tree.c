// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes dentries, and sees that what is counted of them is given back.
 */
#include <kunit/test.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/seqlock.h>
#include <linux/string.h>

#include "record/memory.h"
#include "record/snapshot.h"

#include "tree.h"

static struct file_system_type disk_type = { .name = "disk" };

/**
 * struct made - a dentry and its inode
 * @dentry: the dentry
 * @inode: its inode, if it has one
 */
struct made {
	struct dentry dentry;
	struct inode inode;
};

/**
 * tree_sb() - make a superblock of type "disk"
 * @test: what it is for; it is freed with it
 * @device: its device number
 *
 * Return: the superblock; the first root that is made is its root.
 */
struct super_block *tree_sb(struct kunit *test, u32 device)
{
	struct super_block *sb = kunit_kzalloc(test, sizeof(*sb), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, sb);
	sb->s_dev = device;
	sb->s_type = &disk_type;
	return sb;
}

/**
 * tree_dentry() - make a dentry
 * @test: what it is for; it is freed with it
 * @sb: its superblock
 * @parent: the directory it is in, or NULL to make a root
 * @name: its name; not copied
 * @ino: its inode's number, or 0 for a name that does not exist
 *
 * Return: the dentry.
 */
struct dentry *tree_dentry(struct kunit *test, struct super_block *sb,
			   struct dentry *parent, const char *name, u64 ino)
{
	struct made *made = kunit_kzalloc(test, sizeof(*made), GFP_KERNEL);
	struct dentry *dentry;

	KUNIT_ASSERT_NOT_NULL(test, made);
	dentry = &made->dentry;
	spin_lock_init(&dentry->d_lock);
	seqcount_spinlock_init(&dentry->d_seq, &dentry->d_lock);
	dentry->d_sb = sb;
	dentry->d_parent = parent ?: dentry;
	dentry->d_name.name = (const unsigned char *)name;
	dentry->d_name.len = strlen(name);
	dentry->d_flags = DCACHE_MISS_TYPE;
	if (ino) {
		made->inode.i_ino = ino;
		made->inode.i_generation = 3;
		dentry->d_inode = &made->inode;
		dentry->d_flags = DCACHE_REGULAR_TYPE;
	}
	if (!parent && !sb->s_root)
		sb->s_root = dentry;
	return dentry;
}

/**
 * tree_snapshot() - make room for records
 * @test: what it is for
 * @kind: their kind
 * @room: how many there is room for
 *
 * Return: the snapshot; free it by ks_snapshot_free().
 */
struct ks_snapshot *tree_snapshot(struct kunit *test,
				  const struct ks_kind *kind, u32 room)
{
	struct ks_snapshot *snap = ks_snapshot_new(kind, NULL);

	KUNIT_ASSERT_NOT_NULL(test, snap);
	KUNIT_ASSERT_EQ(test, 0, ks_snapshot_reserve(snap, room, 0));
	return snap;
}

/* What others have, before a test. */
static u64 memory_before;

/**
 * tree_begin() - note what memory is taken
 * @test: what it is for; for the init of a suite
 *
 * Return: 0.
 */
int tree_begin(struct kunit *test)
{
	struct ks_memory memory;

	ks_memory_read(&memory);
	memory_before = memory.now;
	return 0;
}

/**
 * tree_end() - see that no more is taken
 * @test: what it was for; fails if there is
 */
void tree_end(struct kunit *test)
{
	struct ks_memory memory;

	ks_memory_read(&memory);
	KUNIT_EXPECT_EQ(test, memory_before, memory.now);
}
