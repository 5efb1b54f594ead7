// SPDX-License-Identifier: GPL-2.0-only
/*
 * Snapshots, and that all their memory is freed.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "record/memory.h"
#include "record/snapshot.h"

#include "fake_record.h"

static struct ks_memory memory_read(void)
{
	struct ks_memory now;

	ks_memory_read(&now);
	return now;
}

static struct ks_snapshot *snapshot_new(struct kunit *test, const void *want)
{
	struct ks_snapshot *snap = ks_snapshot_new(&fake_kind, want);

	KUNIT_ASSERT_NOT_NULL(test, snap);
	return snap;
}

/* A snapshot whose records have 0, 1, 2, ... in the member small. */
static struct ks_snapshot *snapshot_filled(struct kunit *test, unsigned int nr)
{
	struct ks_snapshot *snap = snapshot_new(test, NULL);
	struct fake_record *record;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, 0, ks_snapshot_reserve(snap, nr, 0));
	for (i = 0; i < nr; i++) {
		record = ks_snapshot_begin(snap);
		KUNIT_ASSERT_NOT_NULL(test, record);
		record->small = i;
		ks_snapshot_commit(snap);
	}
	return snap;
}

static u32 record_small(const struct ks_snapshot *snap, unsigned int index)
{
	const struct fake_record *record = ks_snapshot_record(snap, index);

	return record->small;
}

static void begins_empty(struct kunit *test)
{
	struct ks_snapshot *snap = snapshot_new(test, NULL);

	KUNIT_EXPECT_PTR_EQ(test, &fake_kind, snap->kind);
	KUNIT_EXPECT_EQ(test, 0, snap->nr);
	KUNIT_EXPECT_FALSE(test, snap->changed);
	KUNIT_EXPECT_EQ(test, 0, memory_read().now);
	/* There is no room yet. */
	KUNIT_EXPECT_NULL(test, ks_snapshot_begin(snap));
	ks_snapshot_free(snap);
	ks_snapshot_free(NULL);
}

static void reserves_what_it_says(struct kunit *test)
{
	struct ks_snapshot *snap = snapshot_new(test, NULL);
	const u64 bytes = 10 * (sizeof(struct fake_record) + 24);

	KUNIT_EXPECT_EQ(test, 0, ks_snapshot_reserve(snap, 10, 24));
	KUNIT_EXPECT_EQ(test, 10, snap->cap);
	KUNIT_EXPECT_EQ(test, bytes, memory_read().now);
	KUNIT_EXPECT_GE(test, memory_read().peak, bytes);
	/* A second reserve replaces the first. */
	KUNIT_EXPECT_EQ(test, 0, ks_snapshot_reserve(snap, 5, 24));
	KUNIT_EXPECT_EQ(test, bytes / 2, memory_read().now);
	KUNIT_EXPECT_GE(test, memory_read().peak, bytes);
	KUNIT_EXPECT_EQ(test, 0, ks_snapshot_reserve(snap, 0, 0));
	KUNIT_EXPECT_EQ(test, 0, memory_read().now);
	KUNIT_EXPECT_NULL(test, ks_snapshot_begin(snap));
	ks_snapshot_free(snap);
}

static void keeps_records_in_order(struct kunit *test)
{
	struct ks_snapshot *snap = snapshot_filled(test, 100);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, 100, snap->nr);
	KUNIT_EXPECT_FALSE(test, snap->changed);
	for (i = 0; i < 100; i++)
		KUNIT_EXPECT_EQ(test, i, record_small(snap, i));
	/* There are more records than expected. */
	KUNIT_EXPECT_NULL(test, ks_snapshot_begin(snap));
	KUNIT_EXPECT_TRUE(test, snap->changed);
	KUNIT_EXPECT_EQ(test, 100, snap->nr);
	ks_snapshot_free(snap);
}

static void gives_the_same_record_until_it_is_kept(struct kunit *test)
{
	const struct fake_record unset = fake_record_unset();
	struct ks_snapshot *snap = snapshot_new(test, NULL);
	struct fake_record *record, *again;

	KUNIT_ASSERT_EQ(test, 0, ks_snapshot_reserve(snap, 2, 0));
	record = ks_snapshot_begin(snap);
	KUNIT_ASSERT_NOT_NULL(test, record);
	KUNIT_EXPECT_MEMEQ(test, &unset, record, sizeof(unset));
	memset(record, 0x5a, sizeof(*record));
	again = ks_snapshot_begin(snap);
	KUNIT_EXPECT_PTR_EQ(test, record, again);
	KUNIT_EXPECT_MEMEQ(test, &unset, again, sizeof(unset));
	ks_snapshot_commit(snap);
	KUNIT_EXPECT_PTR_EQ(test, record + 1,
			    (struct fake_record *)ks_snapshot_begin(snap));
	ks_snapshot_free(snap);
}

static void keeps_what_was_asked_for(struct kunit *test)
{
	struct fake_record want = fake_record_unset(), *record;
	struct ks_snapshot *snap;
	unsigned int i;

	want.large = 3;
	snap = snapshot_new(test, &want);
	/* The snapshot has a copy. */
	want.large = 4;
	KUNIT_ASSERT_EQ(test, 0, ks_snapshot_reserve(snap, 10, 0));
	for (i = 0; i < 40; i++) {
		record = ks_snapshot_begin(snap);
		KUNIT_ASSERT_NOT_NULL(test, record);
		record->small = i;
		/* Every tenth record is unknown. */
		if (i % 10)
			record->large = i % 5;
		ks_snapshot_commit(snap);
	}
	KUNIT_ASSERT_EQ(test, 8, snap->nr);
	for (i = 0; i < 8; i++)
		KUNIT_EXPECT_EQ(test, 5 * i + 3, record_small(snap, i));
	KUNIT_EXPECT_FALSE(test, snap->changed);
	ks_snapshot_free(snap);
}

static void completes_one_by_one(struct kunit *test)
{
	struct ks_snapshot *snap = snapshot_filled(test, 10);
	unsigned int i;

	for (i = 0; i < 10; i++) {
		KUNIT_EXPECT_EQ(test, i, snap->nr_done);
		/* The collector fills the record that was kept. */
		KUNIT_EXPECT_EQ(test, i, record_small(snap, snap->nr_done));
		ks_snapshot_complete(snap);
	}
	KUNIT_EXPECT_EQ(test, 10, snap->nr_done);
	KUNIT_ASSERT_EQ(test, 10, snap->nr_valid);
	KUNIT_EXPECT_EQ(test, 0, record_small(snap, 0));
	KUNIT_EXPECT_EQ(test, 9, record_small(snap, 9));
	/* A second reserve starts again. */
	KUNIT_EXPECT_EQ(test, 0, ks_snapshot_reserve(snap, 10, 0));
	KUNIT_EXPECT_EQ(test, 0, snap->nr);
	KUNIT_EXPECT_EQ(test, 0, snap->nr_done);
	KUNIT_EXPECT_EQ(test, 0, snap->nr_valid);
	ks_snapshot_free(snap);
}

/* Items with up to three records each, or none, and a block beside them. */
static void makes_records_of_items(struct kunit *test)
{
	struct ks_snapshot *snap = snapshot_new(test, NULL);
	struct fake_record *record;
	unsigned int i, j;
	u64 *items;

	KUNIT_ASSERT_EQ(test, 0,
			ks_snapshot_reserve_block(snap, 7, 4 * sizeof(*items)));
	KUNIT_EXPECT_EQ(test, 7 * sizeof(*record) + 4 * sizeof(*items),
			memory_read().now);
	items = snap->priv;
	for (i = 0; i < 4; i++) {
		KUNIT_EXPECT_EQ(test, 0, items[i]);
		items[i] = i;
	}
	for (i = 0; i < 4; i++) {
		for (j = 0; j < items[i]; j++) {
			record = ks_snapshot_begin_record(snap);
			KUNIT_ASSERT_NOT_NULL(test, record);
			/* The others are unset, even in reused memory. */
			KUNIT_EXPECT_EQ(test, fake_record_unset().large,
					record->large);
			record->small = 10 * i + j;
			ks_snapshot_commit_record(snap);
		}
	}
	KUNIT_EXPECT_EQ(test, 6, snap->nr_valid);
	KUNIT_EXPECT_EQ(test, 10, record_small(snap, 0));
	KUNIT_EXPECT_EQ(test, 32, record_small(snap, 5));
	KUNIT_EXPECT_NOT_NULL(test, ks_snapshot_begin_record(snap));
	ks_snapshot_commit_record(snap);
	KUNIT_EXPECT_FALSE(test, snap->changed);
	/* There is room for 7 records. */
	KUNIT_EXPECT_NULL(test, ks_snapshot_begin_record(snap));
	KUNIT_EXPECT_TRUE(test, snap->changed);
	/* A second reserve frees records and block. */
	KUNIT_EXPECT_EQ(test, 0, ks_snapshot_reserve_block(snap, 1, 8));
	KUNIT_EXPECT_EQ(test, sizeof(*record) + 8, memory_read().now);
	KUNIT_EXPECT_EQ(test, -ENOBUFS,
			ks_snapshot_reserve_block(snap, 1, SIZE_MAX));
	KUNIT_EXPECT_EQ(test, 0, memory_read().now);
	ks_snapshot_free(snap);
}

/* The limit also refuses a reserve per item, which frees all. */
static void takes_what_is_free_at_once(struct kunit *test)
{
	struct ks_snapshot *snap = ks_snapshot_new_now(&fake_kind, NULL);

	KUNIT_ASSERT_NOT_NULL(test, snap);
	KUNIT_EXPECT_EQ(test, 0, ks_snapshot_reserve(snap, 10, 24));
	KUNIT_EXPECT_EQ(test, 10 * (sizeof(struct fake_record) + 24),
			memory_read().now);
	KUNIT_EXPECT_EQ(test, 0, *(u64 *)ks_snapshot_priv(snap, 9));
	KUNIT_EXPECT_EQ(test, -ENOBUFS, ks_snapshot_reserve(snap, UINT_MAX, 0));
	KUNIT_EXPECT_EQ(test, 0, memory_read().now);
	ks_snapshot_free(snap);
}

static void keeps_something_beside_records(struct kunit *test)
{
	struct ks_snapshot *snap = snapshot_new(test, NULL);
	struct fake_record *record;
	unsigned int i;
	u64 *priv;

	KUNIT_ASSERT_EQ(test, 0, ks_snapshot_reserve(snap, 8, sizeof(*priv)));
	for (i = 0; i < 8; i++) {
		priv = ks_snapshot_priv(snap, i);
		KUNIT_EXPECT_EQ(test, 0, *priv);
		*priv = ~0ULL - i;
		record = ks_snapshot_begin(snap);
		KUNIT_ASSERT_NOT_NULL(test, record);
		record->small = i;
		ks_snapshot_commit(snap);
	}
	for (i = 0; i < 8; i++) {
		priv = ks_snapshot_priv(snap, i);
		KUNIT_EXPECT_EQ(test, ~0ULL - i, *priv);
		KUNIT_EXPECT_EQ(test, i, record_small(snap, i));
	}
	ks_snapshot_free(snap);
}

/* Records of this size fill the limit, which is whole KiB, exactly. */
#define BESIDE	16
#define EACH	(sizeof(struct fake_record) + BESIDE)

static void all_together_have_a_limit(struct kunit *test)
{
	const unsigned int most = memory_read().limit / EACH;
	struct ks_snapshot *one = snapshot_new(test, NULL);
	struct ks_snapshot *two = snapshot_new(test, NULL);

	KUNIT_ASSERT_GT(test, most, 100);
	KUNIT_ASSERT_EQ(test, memory_read().limit, most * EACH);
	KUNIT_EXPECT_EQ(test, 0, ks_snapshot_reserve(one, most - 100, BESIDE));
	KUNIT_EXPECT_EQ(test, -ENOBUFS, ks_snapshot_reserve(two, 101, BESIDE));
	/* A refused snapshot costs nothing, and may try again with less. */
	KUNIT_EXPECT_EQ(test, (most - 100) * EACH, memory_read().now);
	KUNIT_EXPECT_EQ(test, 0, two->cap);
	KUNIT_EXPECT_NULL(test, ks_snapshot_begin(two));
	KUNIT_EXPECT_EQ(test, 0, ks_snapshot_reserve(two, 100, BESIDE));
	KUNIT_EXPECT_EQ(test, memory_read().limit, memory_read().now);
	/* A reserve frees the old records first, even if it is refused. */
	KUNIT_EXPECT_EQ(test, -ENOBUFS, ks_snapshot_reserve(two, 101, BESIDE));
	KUNIT_EXPECT_EQ(test, (most - 100) * EACH, memory_read().now);
	ks_snapshot_free(one);
	KUNIT_EXPECT_EQ(test, 0, memory_read().now);
	KUNIT_EXPECT_EQ(test, 0, ks_snapshot_reserve(two, most, BESIDE));
	KUNIT_EXPECT_EQ(test, memory_read().limit, memory_read().peak);
	ks_snapshot_free(two);
}

static void absurd_numbers_are_refused(struct kunit *test)
{
	struct ks_snapshot *snap = snapshot_new(test, NULL), *other;

	KUNIT_EXPECT_EQ(test, -ENOBUFS, ks_snapshot_reserve(snap, UINT_MAX, 0));
	KUNIT_EXPECT_EQ(test, -ENOBUFS,
			ks_snapshot_reserve(snap, 3, SIZE_MAX / 2));
	KUNIT_EXPECT_EQ(test, 0, memory_read().now);
	/* The sum with the memory of others must not wrap around. */
	other = snapshot_filled(test, 10);
	KUNIT_EXPECT_EQ(test, -ENOBUFS,
			ks_snapshot_reserve(snap, 3, SIZE_MAX / 2));
	KUNIT_EXPECT_EQ(test, 10 * sizeof(struct fake_record),
			memory_read().now);
	KUNIT_EXPECT_LE(test, memory_read().peak, memory_read().limit);
	ks_snapshot_free(other);
	ks_snapshot_free(snap);
}

/* A test has freed all snapshots, and no other code has any here. */
static void snapshot_exit(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 0, memory_read().now);
}

static struct kunit_case snapshot_cases[] = {
	KUNIT_CASE(begins_empty),
	KUNIT_CASE(reserves_what_it_says),
	KUNIT_CASE(keeps_records_in_order),
	KUNIT_CASE(gives_the_same_record_until_it_is_kept),
	KUNIT_CASE(keeps_what_was_asked_for),
	KUNIT_CASE(completes_one_by_one),
	KUNIT_CASE(keeps_something_beside_records),
	KUNIT_CASE(makes_records_of_items),
	KUNIT_CASE(takes_what_is_free_at_once),
	KUNIT_CASE(all_together_have_a_limit),
	KUNIT_CASE(absurd_numbers_are_refused),
	{}
};

static struct kunit_suite snapshot_suite = {
	.name = "kmemscope_snapshot",
	.exit = snapshot_exit,
	.test_cases = snapshot_cases,
};

kunit_test_suite(snapshot_suite);
