// SPDX-License-Identifier: GPL-2.0-only
/*
 * The top-k table: when its counts are exact, their largest error, and the
 * keys that come most often, and that it must not miss.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "collect/dentry_topk.h"
#include "record/memory.h"

static struct ks_topk *table_new(struct kunit *test)
{
	struct ks_topk *topk = ks_topk_new();

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, topk);
	return topk;
}

static void table_add(struct ks_topk *topk, u64 inode, unsigned int times)
{
	const struct ks_directory_key key = { .inode = inode, .device = 7 };

	while (times--)
		ks_topk_add(topk, &key);
}

static const struct ks_topk_entry *find_inode(const struct ks_topk_entry *sorted,
					      unsigned int nr, u64 inode)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (sorted[i].key.inode == inode)
			return &sorted[i];
	return NULL;
}

static void is_exact_while_there_is_room(struct kunit *test)
{
	struct ks_topk *topk = table_new(test);
	const struct ks_topk_entry *sorted;
	unsigned int i, nr;

	/* Inode n comes n % 7 + 1 times, in rounds. */
	for (i = 0; i < 7 * KS_MAX_TOPK; i++)
		if (i / KS_MAX_TOPK <= i % KS_MAX_TOPK % 7)
			table_add(topk, i % KS_MAX_TOPK, 1);
	sorted = ks_topk_sort(topk, &nr);
	KUNIT_EXPECT_EQ(test, (unsigned int)KS_MAX_TOPK, nr);
	for (i = 0; i < nr; i++) {
		KUNIT_ASSERT_EQ(test, sorted[i].key.inode % 7 + 1,
				sorted[i].count);
		if (i)
			KUNIT_ASSERT_LE(test, sorted[i].count,
					sorted[i - 1].count);
	}
	ks_topk_free(topk);
}

static void tells_apart_all_of_a_key(struct kunit *test)
{
	struct ks_directory_key key = { .inode = 1ULL << 32 | 5 };
	struct ks_topk *topk = table_new(test);
	unsigned int nr;

	ks_topk_add(topk, &key);
	key.inode = 5;
	ks_topk_add(topk, &key);
	key.device = 5;
	ks_topk_add(topk, &key);
	key.generation = 5;
	ks_topk_add(topk, &key);
	ks_topk_add(topk, &key);
	KUNIT_EXPECT_EQ(test, 2ULL, ks_topk_sort(topk, &nr)->count);
	KUNIT_EXPECT_EQ(test, 4U, nr);
	ks_topk_free(topk);
}

/*
 * Five keys have a hundredth of all each, among keys that come once. That is
 * more than one in KS_MAX_TOPK, so the table may miss none.
 */
static void misses_no_heavy_one(struct kunit *test)
{
	struct ks_topk *topk = table_new(test);
	const unsigned int total = 30 * KS_MAX_TOPK;
	const struct ks_topk_entry *sorted, *found;
	unsigned int i, nr, times = total / 100;

	for (i = 0; i < total; i++)
		table_add(topk, i % 100 < 5 ? i % 100 : 1000 + i, 1);
	sorted = ks_topk_sort(topk, &nr);
	KUNIT_EXPECT_EQ(test, (unsigned int)KS_MAX_TOPK, nr);
	for (i = 0; i < 5; i++) {
		found = find_inode(sorted, 5, i);
		KUNIT_ASSERT_NOT_NULL(test, found);
		KUNIT_EXPECT_GE(test, found->count, (u64)times);
		KUNIT_EXPECT_LE(test, found->count,
				(u64)times + 1 + total / KS_MAX_TOPK);
	}
	ks_topk_free(topk);
}

/* The sum of all counts is the number of additions, whatever was evicted. */
static void loses_nothing(struct kunit *test)
{
	struct ks_topk *topk = table_new(test);
	const struct ks_topk_entry *sorted;
	unsigned int i, nr, total = 20 * KS_MAX_TOPK;
	struct rnd_state random;
	u64 sum = 0;

	prandom_seed_state(&random, 1);
	for (i = 0; i < total; i++)
		table_add(topk,
			  prandom_u32_state(&random) % (3 * KS_MAX_TOPK), 1);
	sorted = ks_topk_sort(topk, &nr);
	for (i = 0; i < nr; i++)
		sum += sorted[i].count;
	KUNIT_EXPECT_EQ(test, (u64)total, sum);
	ks_topk_free(topk);
}

static void gives_back_its_memory(struct kunit *test)
{
	struct ks_memory before, during, after;
	struct ks_topk *topk;

	ks_memory_read(&before);
	topk = table_new(test);
	ks_memory_read(&during);
	ks_topk_free(topk);
	ks_memory_read(&after);
	KUNIT_EXPECT_GT(test, during.now, before.now);
	KUNIT_EXPECT_EQ(test, before.now, after.now);
}

static struct kunit_case topk_cases[] = {
	KUNIT_CASE(is_exact_while_there_is_room),
	KUNIT_CASE(tells_apart_all_of_a_key),
	KUNIT_CASE(misses_no_heavy_one),
	KUNIT_CASE(loses_nothing),
	KUNIT_CASE(gives_back_its_memory),
	{}
};

static struct kunit_suite topk_suite = {
	.name = "kmemscope_topk",
	.test_cases = topk_cases,
};
kunit_test_suite(topk_suite);
