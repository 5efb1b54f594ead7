// SPDX-License-Identifier: GPL-2.0-only
/*
 * Directories: their counts, their paths, and the sample of names in them.
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/seqlock.h>
#include <linux/string.h>

#include "collect/dentry_directories.h"
#include "record/kinds.h"
#include "record/snapshot.h"

#include "fake_dentry.h"

static const struct ks_dentry_scale whole = {
	.nr_parts = 1024, .nr_visited = 1024, .nr = 1000,
};

static void a_directory_is_known_by_its_inode(struct kunit *test)
{
	struct super_block *sb = fake_superblock_new(test, 9);
	struct dentry *root = fake_dentry_new(test, sb, NULL, "/", 2);
	struct dentry *dentry = fake_dentry_new(test, sb, root, "x", 0);
	struct ks_directory_key key = {};

	KUNIT_EXPECT_PTR_EQ(test, root, ks_dentry_directory(dentry, &key));
	KUNIT_EXPECT_EQ(test, 2ULL, key.inode);
	KUNIT_EXPECT_EQ(test, 9, key.device);
	KUNIT_EXPECT_EQ(test, 3, key.generation);
	/* A root has no directory, nor has a dentry without an inode. */
	KUNIT_EXPECT_NULL(test, ks_dentry_directory(root, &key));
	root->d_inode = NULL;
	KUNIT_EXPECT_NULL(test, ks_dentry_directory(dentry, &key));
	/* An inode that was freed and unmapped meanwhile causes no oops. */
	root->d_inode = (void *)0x1000;
	KUNIT_EXPECT_NULL(test, ks_dentry_directory(dentry, &key));
}

static struct ks_directories *directories_with(struct kunit *test, u64 first,
					       unsigned int nr)
{
	struct ks_topk_entry *top = kunit_kcalloc(test, nr,
						  sizeof(*top),
						  GFP_KERNEL);
	struct ks_directories *directories;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, top);
	for (i = 0; i < nr; i++)
		top[i].key = (struct ks_directory_key){
			.inode = first + i, .device = 9, .generation = 3,
		};
	directories = ks_directories_new(top, nr);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, directories);
	return directories;
}

static struct ks_snapshot *
directories_snapshot(struct kunit *test,
		     const struct ks_directories *directories,
		     const struct ks_dentry_scale *scale)
{
	struct ks_snapshot *snap = snapshot_with_room(
		test, &ks_kind_dentry_directory, KMEMSCOPE_MAX_DIRECTORIES);

	ks_directories_fill(directories, snap, scale);
	return snap;
}

static struct ks_snapshot *
names_snapshot(struct kunit *test, const struct ks_directories *directories)
{
	struct ks_snapshot *snap = snapshot_with_room(
		test, &ks_kind_dentry_name, 4 * KS_MAX_DIRECTORY_NAMES);

	ks_directories_fill_names(directories, snap);
	return snap;
}

static void directories_are_counted_and_named(struct kunit *test)
{
	struct ks_directories *directories = directories_with(test, 100, 3);
	const struct ks_dentry_directory_record *record;
	struct super_block *sb = fake_superblock_new(test, 9);
	struct dentry *root = fake_dentry_new(test, sb, NULL, "/", 2);
	struct dentry *usr = fake_dentry_new(test, sb, root, "usr", 3);
	struct dentry *lib = fake_dentry_new(test, sb, usr, "lib", 101);
	const struct ks_dentry_name_record *name;
	struct ks_snapshot *snap;

	ks_directories_add(directories, fake_dentry_new(test, sb, lib, "a", 7));
	ks_directories_add(directories, fake_dentry_new(test, sb, lib, "b", 0));
	/* In another directory, in none, and in one that is gone. */
	ks_directories_add(directories, lib);
	ks_directories_add(directories, root);
	snap = directories_snapshot(test, directories, &whole);
	/* Only one of the three still has dentries. */
	KUNIT_ASSERT_EQ(test, 1, snap->nr);
	record = ks_snapshot_record(snap, 0);
	KUNIT_EXPECT_STREQ(test, "0:9", record->device);
	KUNIT_EXPECT_EQ(test, 101ULL, record->inode);
	KUNIT_EXPECT_EQ(test, 3, record->generation);
	KUNIT_EXPECT_STREQ(test, "disk", record->fs_type);
	KUNIT_EXPECT_STREQ(test, "/usr/lib", record->path);
	KUNIT_EXPECT_EQ(test, 2ULL, record->nr_dentries);
	KUNIT_EXPECT_EQ(test, 1ULL, record->nr_negative);
	KUNIT_EXPECT_EQ(test, 2, record->share_permille);
	ks_snapshot_free(snap);
	snap = names_snapshot(test, directories);
	KUNIT_ASSERT_EQ(test, 2, snap->nr);
	name = ks_snapshot_record(snap, 0);
	KUNIT_EXPECT_STREQ(test, "a", name->name);
	KUNIT_EXPECT_EQ(test, 0, name->negative);
	KUNIT_EXPECT_EQ(test, 101ULL, name->inode);
	name = ks_snapshot_record(snap, 1);
	KUNIT_EXPECT_STREQ(test, "b", name->name);
	KUNIT_EXPECT_EQ(test, 1, name->negative);
	ks_snapshot_free(snap);
	ks_directories_free(directories);
}

/* A path below another root, and a path that is too long. */
static void paths_that_cannot_be_told_are_not(struct kunit *test)
{
	struct ks_directories *directories = directories_with(test, 100, 2);
	const struct ks_dentry_directory_record *record;
	struct super_block *sb = fake_superblock_new(test, 9);
	struct dentry *root = fake_dentry_new(test, sb, NULL, "/", 2);
	struct dentry *other = fake_dentry_new(test, sb, NULL, "/", 100);
	char *long_name = kunit_kzalloc(test, 256, GFP_KERNEL);
	struct dentry *deep = root;
	struct ks_snapshot *snap;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, long_name);
	memset(long_name, 'x', 255);
	for (i = 0; i < 5; i++)
		deep = fake_dentry_new(test, sb, deep, long_name,
				       i == 4 ? 101 : 50 + i);
	ks_directories_add(directories,
			   fake_dentry_new(test, sb, other, "a", 0));
	ks_directories_add(directories,
			   fake_dentry_new(test, sb, deep, "b", 0));
	snap = directories_snapshot(test, directories, &whole);
	KUNIT_ASSERT_EQ(test, 2, snap->nr);
	for (i = 0; i < 2; i++) {
		record = ks_snapshot_record(snap, i);
		KUNIT_EXPECT_STREQ(test, "", record->path);
		KUNIT_EXPECT_STREQ(test, "disk", record->fs_type);
		KUNIT_EXPECT_EQ(test, 1ULL, record->nr_dentries);
	}
	ks_snapshot_free(snap);
	ks_directories_free(directories);
}

/* The table keeps the first ones in their order, and finds each. */
static void directories_beyond_the_cap(struct kunit *test)
{
	struct ks_directories *directories =
		directories_with(test, 100, KMEMSCOPE_MAX_DIRECTORIES + 10);
	const struct ks_dentry_directory_record *record;
	struct super_block *sb = fake_superblock_new(test, 9);
	struct dentry *dentry, *directory;
	struct ks_snapshot *snap;
	u32 i;

	for (i = 0; i < KMEMSCOPE_MAX_DIRECTORIES + 10; i++) {
		directory = fake_dentry_new(test, sb, NULL, "/", 100 + i);
		dentry = fake_dentry_new(test, sb, directory, "x", 0);
		ks_directories_add(directories, dentry);
		ks_directories_add(directories, dentry);
	}
	snap = directories_snapshot(test, directories, &whole);
	KUNIT_ASSERT_EQ(test, KMEMSCOPE_MAX_DIRECTORIES, snap->nr);
	for (i = 0; i < KMEMSCOPE_MAX_DIRECTORIES; i++) {
		record = ks_snapshot_record(snap, i);
		KUNIT_EXPECT_EQ(test, 100ULL + i, record->inode);
		KUNIT_EXPECT_EQ(test, 2ULL, record->nr_dentries);
	}
	ks_snapshot_free(snap);
	ks_directories_free(directories);
}

static u32 sampled_name_number(struct kunit *test,
			       const struct ks_snapshot *snap, u32 index)
{
	const struct ks_dentry_name_record *record =
		ks_snapshot_record(snap, index);
	u32 number = 0;

	KUNIT_EXPECT_EQ(test, 0, kstrtou32(record->name, 10, &number));
	return number;
}

/* All names while there is room, else a sample without doubles. */
static void names_are_a_fair_sample(struct kunit *test)
{
	struct ks_directories *directories = directories_with(test, 100, 1);
	struct super_block *sb = fake_superblock_new(test, 9);
	struct dentry *root = fake_dentry_new(test, sb, NULL, "/", 100);
	struct dentry *dentry = fake_dentry_new(test, sb, root, "x", 0);
	const u32 nr = 4096;
	struct ks_snapshot *snap;
	char name[16];
	u32 i, early = 0, late = 0;

	dentry->d_name.name = (const unsigned char *)name;
	for (i = 1; i <= nr; i++) {
		scnprintf(name, sizeof(name), "%u", i);
		ks_directories_add(directories, dentry);
		if (i != KS_MAX_DIRECTORY_NAMES)
			continue;
		snap = names_snapshot(test, directories);
		KUNIT_ASSERT_EQ(test, KS_MAX_DIRECTORY_NAMES, snap->nr);
		while (early < KS_MAX_DIRECTORY_NAMES) {
			KUNIT_EXPECT_EQ(test, early + 1,
					sampled_name_number(test, snap, early));
			early++;
		}
		ks_snapshot_free(snap);
	}
	snap = names_snapshot(test, directories);
	KUNIT_ASSERT_EQ(test, KS_MAX_DIRECTORY_NAMES, snap->nr);
	for (i = 0, early = 0; i < KS_MAX_DIRECTORY_NAMES; i++) {
		early += sampled_name_number(test, snap, i) <= nr - nr / 8;
		late += sampled_name_number(test, snap, i) > nr / 8;
	}
	/* 16 samples miss seven eighths of all once in 2^48 runs. */
	KUNIT_EXPECT_GT(test, early, 0);
	KUNIT_EXPECT_GT(test, late, 0);
	ks_snapshot_free(snap);
	ks_directories_free(directories);
}

/* A name of 255 bytes is whole; a name that is being changed is left out. */
static void names_are_whole_or_not_there(struct kunit *test)
{
	struct ks_directories *directories = directories_with(test, 100, 1);
	struct super_block *sb = fake_superblock_new(test, 9);
	struct dentry *root = fake_dentry_new(test, sb, NULL, "/", 100);
	char *long_name = kunit_kzalloc(test, 300, GFP_KERNEL);
	const struct ks_dentry_name_record *record;
	struct ks_snapshot *snap;
	struct dentry *dentry;

	KUNIT_ASSERT_NOT_NULL(test, long_name);
	memset(long_name, 'y', 255);
	ks_directories_add(directories,
			   fake_dentry_new(test, sb, root, long_name, 0));
	dentry = fake_dentry_new(test, sb, root, "renamed", 0);
	spin_lock(&dentry->d_lock);
	write_seqcount_begin(&dentry->d_seq);
	ks_directories_add(directories, dentry);
	write_seqcount_end(&dentry->d_seq);
	spin_unlock(&dentry->d_lock);
	snap = names_snapshot(test, directories);
	KUNIT_ASSERT_EQ(test, 1, snap->nr);
	record = ks_snapshot_record(snap, 0);
	KUNIT_EXPECT_STREQ(test, long_name, record->name);
	ks_snapshot_free(snap);
	/* It still counts. */
	snap = directories_snapshot(test, directories, &whole);
	KUNIT_EXPECT_EQ(test, 2ULL,
			((struct ks_dentry_directory_record *)
			 ks_snapshot_record(snap, 0))->nr_dentries);
	ks_snapshot_free(snap);
	ks_directories_free(directories);
}

static struct kunit_case directories_cases[] = {
	KUNIT_CASE(a_directory_is_known_by_its_inode),
	KUNIT_CASE(directories_are_counted_and_named),
	KUNIT_CASE(paths_that_cannot_be_told_are_not),
	KUNIT_CASE(directories_beyond_the_cap),
	KUNIT_CASE(names_are_a_fair_sample),
	KUNIT_CASE(names_are_whole_or_not_there),
	{}
};

static struct kunit_suite directories_suite = {
	.name = "kmemscope_directories",
	.init = fake_dentry_begin,
	.exit = fake_dentry_end,
	.test_cases = directories_cases,
};

kunit_test_suite(directories_suite);
