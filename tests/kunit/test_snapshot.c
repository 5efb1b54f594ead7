// SPDX-License-Identifier: GPL-2.0-only
/*
 * Snapshots, and that what they take is all given back.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "record/memory.h"
#include "record/snapshot.h"

#include "sample.h"

static struct ks_memory memory(void)
{
	struct ks_memory now;

	ks_memory_read(&now);
	return now;
}

static struct ks_snapshot *new_snapshot(struct kunit *test, const void *want)
{
	struct ks_snapshot *snap = ks_snapshot_new(&sample_kind, want);

	KUNIT_ASSERT_NOT_NULL(test, snap);
	return snap;
}

/* One with records whose small members are 0, 1, 2, ... */
static struct ks_snapshot *filled_snapshot(struct kunit *test, unsigned int nr)
{
	struct ks_snapshot *snap = new_snapshot(test, NULL);
	struct sample_record *record;
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

static u32 small_of(const struct ks_snapshot *snap, unsigned int index)
{
	const struct sample_record *record = ks_snapshot_record(snap, index);

	return record->small;
}

static void begins_empty(struct kunit *test)
{
	struct ks_snapshot *snap = new_snapshot(test, NULL);

	KUNIT_EXPECT_PTR_EQ(test, &sample_kind, snap->kind);
	KUNIT_EXPECT_EQ(test, 0, snap->nr);
	KUNIT_EXPECT_FALSE(test, snap->changed);
	KUNIT_EXPECT_EQ(test, 0, memory().now);
	/* There is room for nothing yet. */
	KUNIT_EXPECT_NULL(test, ks_snapshot_begin(snap));
	ks_snapshot_free(snap);
	ks_snapshot_free(NULL);
}

static void reserves_what_it_says(struct kunit *test)
{
	struct ks_snapshot *snap = new_snapshot(test, NULL);
	const u64 bytes = 10 * (sizeof(struct sample_record) + 24);

	KUNIT_EXPECT_EQ(test, 0, ks_snapshot_reserve(snap, 10, 24));
	KUNIT_EXPECT_EQ(test, 10, snap->cap);
	KUNIT_EXPECT_EQ(test, bytes, memory().now);
	KUNIT_EXPECT_GE(test, memory().peak, bytes);
	/* Again is instead of, not beside. */
	KUNIT_EXPECT_EQ(test, 0, ks_snapshot_reserve(snap, 5, 24));
	KUNIT_EXPECT_EQ(test, bytes / 2, memory().now);
	KUNIT_EXPECT_GE(test, memory().peak, bytes);
	KUNIT_EXPECT_EQ(test, 0, ks_snapshot_reserve(snap, 0, 0));
	KUNIT_EXPECT_EQ(test, 0, memory().now);
	KUNIT_EXPECT_NULL(test, ks_snapshot_begin(snap));
	ks_snapshot_free(snap);
}

static void keeps_records_in_order(struct kunit *test)
{
	struct ks_snapshot *snap = filled_snapshot(test, 100);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, 100, snap->nr);
	KUNIT_EXPECT_FALSE(test, snap->changed);
	for (i = 0; i < 100; i++)
		KUNIT_EXPECT_EQ(test, i, small_of(snap, i));
	/* The world has grown. */
	KUNIT_EXPECT_NULL(test, ks_snapshot_begin(snap));
	KUNIT_EXPECT_TRUE(test, snap->changed);
	KUNIT_EXPECT_EQ(test, 100, snap->nr);
	ks_snapshot_free(snap);
}

static void gives_the_same_record_until_it_is_kept(struct kunit *test)
{
	const struct sample_record unset = sample_unset();
	struct ks_snapshot *snap = new_snapshot(test, NULL);
	struct sample_record *record, *again;

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
			    (struct sample_record *)ks_snapshot_begin(snap));
	ks_snapshot_free(snap);
}

static void keeps_what_was_asked_for(struct kunit *test)
{
	struct sample_record want = sample_unset(), *record;
	struct ks_snapshot *snap;
	unsigned int i;

	want.large = 3;
	snap = new_snapshot(test, &want);
	/* It has a copy. */
	want.large = 4;
	KUNIT_ASSERT_EQ(test, 0, ks_snapshot_reserve(snap, 10, 0));
	for (i = 0; i < 40; i++) {
		record = ks_snapshot_begin(snap);
		KUNIT_ASSERT_NOT_NULL(test, record);
		record->small = i;
		/* Every tenth is not known. */
		if (i % 10)
			record->large = i % 5;
		ks_snapshot_commit(snap);
	}
	KUNIT_ASSERT_EQ(test, 8, snap->nr);
	for (i = 0; i < 8; i++)
		KUNIT_EXPECT_EQ(test, 5 * i + 3, small_of(snap, i));
	KUNIT_EXPECT_FALSE(test, snap->changed);
	ks_snapshot_free(snap);
}

static void completes_one_by_one(struct kunit *test)
{
	struct ks_snapshot *snap = filled_snapshot(test, 10);
	unsigned int i;

	for (i = 0; i < 10; i++) {
		KUNIT_EXPECT_EQ(test, i, snap->nr_done);
		/* What the collector fills next is where it was kept. */
		KUNIT_EXPECT_EQ(test, i, small_of(snap, snap->nr_done));
		ks_snapshot_complete(snap);
	}
	KUNIT_EXPECT_EQ(test, 10, snap->nr_done);
	KUNIT_ASSERT_EQ(test, 10, snap->nr_valid);
	KUNIT_EXPECT_EQ(test, 0, small_of(snap, 0));
	KUNIT_EXPECT_EQ(test, 9, small_of(snap, 9));
	/* To reserve again is to begin again. */
	KUNIT_EXPECT_EQ(test, 0, ks_snapshot_reserve(snap, 10, 0));
	KUNIT_EXPECT_EQ(test, 0, snap->nr);
	KUNIT_EXPECT_EQ(test, 0, snap->nr_done);
	KUNIT_EXPECT_EQ(test, 0, snap->nr_valid);
	ks_snapshot_free(snap);
}

/* Items of which each has up to three records, or none. */
static void makes_records_of_items(struct kunit *test)
{
	struct ks_snapshot *snap = new_snapshot(test, NULL);
	struct sample_record *record;
	unsigned int i, j;
	u64 *item;

	KUNIT_ASSERT_EQ(test, 0, ks_snapshot_reserve_items(snap, 4, 3,
							   sizeof(*item)));
	KUNIT_EXPECT_EQ(test, 4 * (3 * sizeof(*record) + sizeof(*item)),
			memory().now);
	for (i = 0; i < 4; i++) {
		item = ks_snapshot_begin_item(snap);
		KUNIT_ASSERT_NOT_NULL(test, item);
		*item = i;
		snap->nr++;
	}
	KUNIT_EXPECT_FALSE(test, snap->changed);
	KUNIT_EXPECT_NULL(test, ks_snapshot_begin_item(snap));
	KUNIT_EXPECT_TRUE(test, snap->changed);
	snap->changed = false;
	for (i = 0; i < 4; i++) {
		item = ks_snapshot_priv(snap, i);
		for (j = 0; j < *item; j++) {
			record = ks_snapshot_begin_record(snap);
			KUNIT_ASSERT_NOT_NULL(test, record);
			/* Those before are not known, even where memory is. */
			KUNIT_EXPECT_EQ(test, sample_unset().large,
					record->large);
			record->small = 10 * i + j;
			snap->nr_valid++;
		}
	}
	KUNIT_EXPECT_EQ(test, 6, snap->nr_valid);
	KUNIT_EXPECT_EQ(test, 10, small_of(snap, 0));
	KUNIT_EXPECT_EQ(test, 32, small_of(snap, 5));
	/* There is room for 12, and no more. */
	snap->nr_valid = 12;
	KUNIT_EXPECT_NULL(test, ks_snapshot_begin_record(snap));
	KUNIT_EXPECT_TRUE(test, snap->changed);
	ks_snapshot_free(snap);
}

/* What is refused by the limit is refused there, too, and gives all back. */
static void takes_what_is_free_at_once(struct kunit *test)
{
	struct ks_snapshot *snap = ks_snapshot_new_now(&sample_kind, NULL);

	KUNIT_ASSERT_NOT_NULL(test, snap);
	KUNIT_EXPECT_EQ(test, 0, ks_snapshot_reserve(snap, 10, 24));
	KUNIT_EXPECT_EQ(test, 10 * (sizeof(struct sample_record) + 24),
			memory().now);
	KUNIT_EXPECT_EQ(test, 0, *(u64 *)ks_snapshot_priv(snap, 9));
	KUNIT_EXPECT_EQ(test, -ENOBUFS, ks_snapshot_reserve(snap, UINT_MAX, 0));
	KUNIT_EXPECT_EQ(test, 0, memory().now);
	ks_snapshot_free(snap);
}

static void keeps_something_beside_records(struct kunit *test)
{
	struct ks_snapshot *snap = new_snapshot(test, NULL);
	struct sample_record *record;
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
		KUNIT_EXPECT_EQ(test, i, small_of(snap, i));
	}
	ks_snapshot_free(snap);
}

/* The limit is whole KiB, and so many times this. */
#define BESIDE	16
#define EACH	(sizeof(struct sample_record) + BESIDE)

static void all_together_have_a_limit(struct kunit *test)
{
	const unsigned int most = memory().limit / EACH;
	struct ks_snapshot *one = new_snapshot(test, NULL);
	struct ks_snapshot *two = new_snapshot(test, NULL);

	KUNIT_ASSERT_GT(test, most, 100);
	KUNIT_ASSERT_EQ(test, memory().limit, most * EACH);
	KUNIT_EXPECT_EQ(test, 0, ks_snapshot_reserve(one, most - 100, BESIDE));
	KUNIT_EXPECT_EQ(test, -ENOBUFS, ks_snapshot_reserve(two, 101, BESIDE));
	/* The refused one costs nothing, and may try again with less. */
	KUNIT_EXPECT_EQ(test, (most - 100) * EACH, memory().now);
	KUNIT_EXPECT_EQ(test, 0, two->cap);
	KUNIT_EXPECT_NULL(test, ks_snapshot_begin(two));
	KUNIT_EXPECT_EQ(test, 0, ks_snapshot_reserve(two, 100, BESIDE));
	KUNIT_EXPECT_EQ(test, memory().limit, memory().now);
	/* What was there is given up first, also for one that is refused. */
	KUNIT_EXPECT_EQ(test, -ENOBUFS, ks_snapshot_reserve(two, 101, BESIDE));
	KUNIT_EXPECT_EQ(test, (most - 100) * EACH, memory().now);
	ks_snapshot_free(one);
	KUNIT_EXPECT_EQ(test, 0, memory().now);
	KUNIT_EXPECT_EQ(test, 0, ks_snapshot_reserve(two, most, BESIDE));
	KUNIT_EXPECT_EQ(test, memory().limit, memory().peak);
	ks_snapshot_free(two);
}

static void absurd_numbers_are_refused(struct kunit *test)
{
	struct ks_snapshot *snap = new_snapshot(test, NULL), *other;

	KUNIT_EXPECT_EQ(test, -ENOBUFS, ks_snapshot_reserve(snap, UINT_MAX, 0));
	KUNIT_EXPECT_EQ(test, -ENOBUFS,
			ks_snapshot_reserve(snap, 3, SIZE_MAX / 2));
	KUNIT_EXPECT_EQ(test, 0, memory().now);
	/* Added to what others take, it must not wrap around to little. */
	other = filled_snapshot(test, 10);
	KUNIT_EXPECT_EQ(test, -ENOBUFS,
			ks_snapshot_reserve(snap, 3, SIZE_MAX / 2));
	KUNIT_EXPECT_EQ(test, 10 * sizeof(struct sample_record), memory().now);
	KUNIT_EXPECT_LE(test, memory().peak, memory().limit);
	ks_snapshot_free(other);
	ks_snapshot_free(snap);
}

/* All that a test took is given back; nobody else has snapshots here. */
static void snapshot_exit(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 0, memory().now);
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
