// SPDX-License-Identifier: GPL-2.0-only
/*
 * The records of a walk over dentries: totals, superblocks, and estimates where
 * it covered a part.
 */
#include <kunit/test.h>
#include <linux/limits.h>

#include "collect/dentry_superblocks.h"
#include "record/kinds.h"
#include "record/snapshot.h"

#include "fake_dentry.h"

static const struct ks_dentry_scale whole = {
	.nr_parts = 1024, .nr_visited = 1024, .nr = 1000,
};

static void all_of_it_is_exact(struct kunit *test)
{
	static const u64 numbers[] = { 0, 1, 1000, 1ULL << 40, U64_MAX };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		KUNIT_EXPECT_EQ(test, numbers[i],
				ks_dentry_scaled(&whole, numbers[i]));
	KUNIT_EXPECT_EQ(test, 0, ks_dentry_approximate(&whole));
	KUNIT_EXPECT_EQ(test, 1000, ks_dentry_coverage(&whole));
}

static void a_part_is_scaled_up(struct kunit *test)
{
	struct ks_dentry_scale scale = { .nr_parts = 1024, .nr_visited = 512 };

	KUNIT_EXPECT_EQ(test, 0ULL, ks_dentry_scaled(&scale, 0));
	KUNIT_EXPECT_EQ(test, 14ULL, ks_dentry_scaled(&scale, 7));
	KUNIT_EXPECT_EQ(test, 1, ks_dentry_approximate(&scale));
	KUNIT_EXPECT_EQ(test, 500, ks_dentry_coverage(&scale));
	/* Rounded down, not up. */
	scale.nr_visited = 1000;
	KUNIT_EXPECT_EQ(test, 7ULL, ks_dentry_scaled(&scale, 7));
	KUNIT_EXPECT_EQ(test, 1022ULL, ks_dentry_scaled(&scale, 999));
	KUNIT_EXPECT_EQ(test, 976, ks_dentry_coverage(&scale));
	/* All but one bucket is not the whole. */
	scale.nr_visited = 1023;
	KUNIT_EXPECT_EQ(test, 1, ks_dentry_approximate(&scale));
	KUNIT_EXPECT_EQ(test, 999, ks_dentry_coverage(&scale));
	/* Rounded up to 1: a partial walk must not show as 0. */
	scale.nr_visited = 1;
	KUNIT_EXPECT_EQ(test, 1024ULL * 5, ks_dentry_scaled(&scale, 5));
	scale.nr_parts = 1 << 28;
	KUNIT_EXPECT_EQ(test, 1, ks_dentry_coverage(&scale));
}

/* A chain was too long to follow, so dentries of its bucket are missing. */
static void what_was_cut_is_approximate(struct kunit *test)
{
	struct ks_dentry_scale scale = whole;

	scale.cut = true;
	KUNIT_EXPECT_EQ(test, 1, ks_dentry_approximate(&scale));
}

/* The largest table there can be, 2^31 buckets, and 2^40 dentries. */
static void of_a_large_host(struct kunit *test)
{
	struct ks_dentry_scale scale = {
		.nr_parts = 1 << 28, .nr_visited = 512,
	};

	KUNIT_EXPECT_EQ(test, 1ULL << 40,
			ks_dentry_scaled(&scale, 1ULL << 21));
	scale.nr_visited = (1 << 28) - 1;
	/* (2^40 - 2^12) * 2^28 / (2^28 - 1) */
	KUNIT_EXPECT_EQ(test, 1ULL << 40,
			ks_dentry_scaled(&scale, (1ULL << 40) - (1 << 12)));
	scale.nr_visited = 1 << 27;
	KUNIT_EXPECT_EQ(test, 1ULL << 40,
			ks_dentry_scaled(&scale, 1ULL << 39));
	KUNIT_EXPECT_EQ(test, 500, ks_dentry_coverage(&scale));
}

/* The difference of two counts, if they fit together. */
static void unhashed_is_told_or_not(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 800ULL, ks_dentry_unhashed(1000, 1000, 200));
	/* Up to an eighth may have come or gone meanwhile. */
	KUNIT_EXPECT_EQ(test, 800ULL, ks_dentry_unhashed(1000, 1100, 200));
	KUNIT_EXPECT_EQ(test, 800ULL, ks_dentry_unhashed(1000, 900, 200));
	KUNIT_EXPECT_EQ(test, U64_MAX, ks_dentry_unhashed(1000, 1101, 200));
	KUNIT_EXPECT_EQ(test, U64_MAX, ks_dentry_unhashed(1000, 899, 200));
	/* 0 is a number; a negative difference is unknown. */
	KUNIT_EXPECT_EQ(test, 0ULL, ks_dentry_unhashed(1000, 1000, 1000));
	KUNIT_EXPECT_EQ(test, U64_MAX, ks_dentry_unhashed(1000, 1001, 1000));
	KUNIT_EXPECT_EQ(test, U64_MAX, ks_dentry_unhashed(1000, 1000, 1001));
	KUNIT_EXPECT_EQ(test, 0ULL, ks_dentry_unhashed(0, 0, 0));
	KUNIT_EXPECT_EQ(test, 1ULL << 40,
			ks_dentry_unhashed(1ULL << 41, 1ULL << 41, 1ULL << 40));
}

static void tallies_tell_dentries_apart(struct kunit *test)
{
	static const struct {
		unsigned int flags;
		u64 nr_negative, nr_lru, nr_lru_negative;
	} kinds[] = {
		{ DCACHE_MISS_TYPE, 1, 0, 0 },
		{ DCACHE_MISS_TYPE | DCACHE_LRU_LIST, 1, 1, 1 },
		{ DCACHE_REGULAR_TYPE, 0, 0, 0 },
		{ DCACHE_DIRECTORY_TYPE | DCACHE_LRU_LIST, 0, 1, 0 },
		/* On a list of dentries that are about to be freed. */
		{ DCACHE_MISS_TYPE | DCACHE_LRU_LIST | DCACHE_SHRINK_LIST,
		  1, 0, 0 },
	};
	struct super_block *sb = fake_superblock_new(test, 1);
	struct dentry *dentry = fake_dentry_new(test, sb, NULL, "x", 0);
	struct ks_dentry_tally tally;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		tally = (struct ks_dentry_tally){};
		dentry->d_flags = kinds[i].flags;
		ks_dentry_tally_add(&tally, dentry);
		KUNIT_EXPECT_EQ(test, 1ULL, tally.nr);
		KUNIT_EXPECT_EQ(test, kinds[i].nr_negative, tally.nr_negative);
		KUNIT_EXPECT_EQ(test, kinds[i].nr_lru, tally.nr_lru);
		KUNIT_EXPECT_EQ(test, kinds[i].nr_lru_negative,
				tally.nr_lru_negative);
	}
}

static void superblocks_are_counted(struct kunit *test)
{
	const struct ks_dentry_scale scale = {
		.nr_parts = 64, .nr_visited = 16, .nr = 6,
	};
	struct ks_superblocks *superblocks = ks_superblocks_new();
	const struct ks_dentry_superblock_record *record;
	struct super_block *one =
		fake_superblock_new(test, MKDEV(4095, 1048575));
	struct super_block *two = fake_superblock_new(test, MKDEV(0, 7));
	struct ks_snapshot *snap;
	struct dentry *negative;
	u32 i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, superblocks);
	negative = fake_dentry_new(test, one, NULL, "no", 0);
	negative->d_flags |= DCACHE_LRU_LIST;
	for (i = 0; i < 3; i++)
		ks_superblocks_add(superblocks, negative);
	ks_superblocks_add(superblocks,
			   fake_dentry_new(test, one, NULL, "a", 5));
	ks_superblocks_add(superblocks,
			   fake_dentry_new(test, two, NULL, "b", 5));
	ks_superblocks_add(superblocks,
			   fake_dentry_new(test, two, NULL, "c", 5));
	snap = snapshot_with_room(test, &ks_kind_dentry_superblock, 2);
	ks_superblocks_fill(superblocks, snap, &scale);
	KUNIT_ASSERT_EQ(test, 2, snap->nr);
	record = ks_snapshot_record(snap, 0);
	KUNIT_EXPECT_STREQ(test, "4095:1048575", record->device);
	KUNIT_EXPECT_STREQ(test, "disk", record->fs_type);
	KUNIT_EXPECT_EQ(test, 16ULL, record->nr_dentries);
	KUNIT_EXPECT_EQ(test, 12ULL, record->nr_negative);
	KUNIT_EXPECT_EQ(test, 4ULL, record->nr_positive);
	KUNIT_EXPECT_EQ(test, 12ULL, record->nr_lru);
	KUNIT_EXPECT_EQ(test, 12ULL, record->nr_lru_negative);
	KUNIT_EXPECT_EQ(test, 16ULL * sizeof(struct dentry),
			record->total_bytes);
	/* Shares of the walked dentries, so that they add up to 1000. */
	KUNIT_EXPECT_EQ(test, 666, record->share_permille);
	KUNIT_EXPECT_EQ(test, 1, record->approximate);
	KUNIT_EXPECT_EQ(test, 250, record->coverage_permille);
	record = ks_snapshot_record(snap, 1);
	KUNIT_EXPECT_STREQ(test, "0:7", record->device);
	KUNIT_EXPECT_EQ(test, 8ULL, record->nr_dentries);
	KUNIT_EXPECT_EQ(test, 0ULL, record->nr_negative);
	KUNIT_EXPECT_EQ(test, 333, record->share_permille);
	ks_snapshot_free(snap);
	ks_superblocks_free(superblocks);
}

/* Fill the table by one dentry that moves from superblock to superblock. */
static void table_fill(struct kunit *test, struct ks_superblocks *superblocks,
		       u32 nr)
{
	struct super_block *sb = fake_superblock_new(test, 0);
	struct dentry *dentry = fake_dentry_new(test, sb, NULL, "x", 0);
	u32 i, round;

	for (round = 0; round < 2; round++)
		for (i = 0; i < nr; i++) {
			sb->s_dev = MKDEV(0, 17 * i);
			ks_superblocks_add(superblocks, dentry);
		}
}

static void superblocks_beyond_the_cap(struct kunit *test)
{
	static const u32 beyond[] = { 0, 1, 100 };
	const struct ks_dentry_superblock_record *record;
	struct ks_superblocks *superblocks;
	struct ks_snapshot *snap;
	char device[16];
	u32 i, j;

	for (i = 0; i < ARRAY_SIZE(beyond); i++) {
		superblocks = ks_superblocks_new();
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, superblocks);
		table_fill(test, superblocks, KS_MAX_SUPERBLOCKS + beyond[i]);
		snap = snapshot_with_room(test, &ks_kind_dentry_superblock,
					  KS_MAX_SUPERBLOCKS + 1);
		ks_superblocks_fill(superblocks, snap, &whole);
		KUNIT_ASSERT_EQ(test, KS_MAX_SUPERBLOCKS + !!beyond[i],
				snap->nr);
		for (j = 0; j < KS_MAX_SUPERBLOCKS; j++) {
			record = ks_snapshot_record(snap, j);
			scnprintf(device, sizeof(device), "0:%u", 17 * j);
			KUNIT_ASSERT_STREQ(test, device, record->device);
			KUNIT_ASSERT_EQ(test, 2ULL, record->nr_dentries);
		}
		if (beyond[i]) {
			/* One record for all that do not fit. */
			record = ks_snapshot_record(snap, KS_MAX_SUPERBLOCKS);
			KUNIT_EXPECT_STREQ(test, "", record->device);
			KUNIT_EXPECT_STREQ(test, "", record->fs_type);
			KUNIT_EXPECT_EQ(test, 2ULL * beyond[i],
					record->nr_dentries);
		}
		KUNIT_EXPECT_FALSE(test, snap->changed);
		ks_snapshot_free(snap);
		ks_superblocks_free(superblocks);
	}
}

/* A share of 0 dentries is unknown. */
static void a_share_of_nothing_is_unknown(struct kunit *test)
{
	struct ks_superblocks *superblocks = ks_superblocks_new();
	const struct ks_dentry_superblock_record *record;
	struct ks_dentry_scale scale = whole;
	struct ks_snapshot *snap;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, superblocks);
	table_fill(test, superblocks, 1);
	scale.nr = 0;
	snap = snapshot_with_room(test, &ks_kind_dentry_superblock, 1);
	ks_superblocks_fill(superblocks, snap, &scale);
	record = ks_snapshot_record(snap, 0);
	KUNIT_EXPECT_EQ(test, U32_MAX, record->share_permille);
	ks_snapshot_free(snap);
	ks_superblocks_free(superblocks);
}

static struct kunit_case dentry_cases[] = {
	KUNIT_CASE(all_of_it_is_exact),
	KUNIT_CASE(a_part_is_scaled_up),
	KUNIT_CASE(what_was_cut_is_approximate),
	KUNIT_CASE(of_a_large_host),
	KUNIT_CASE(unhashed_is_told_or_not),
	KUNIT_CASE(tallies_tell_dentries_apart),
	KUNIT_CASE(superblocks_are_counted),
	KUNIT_CASE(superblocks_beyond_the_cap),
	KUNIT_CASE(a_share_of_nothing_is_unknown),
	{}
};

static struct kunit_suite dentry_suite = {
	.name = "kmemscope_dentry",
	.init = fake_dentry_begin,
	.exit = fake_dentry_end,
	.test_cases = dentry_cases,
};

kunit_test_suite(dentry_suite);
