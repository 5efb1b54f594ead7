// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of sums of a walk over pages: it finds what was added, and nothing
 * else, however full it is.
 */
#include <kunit/test.h>
#include <linux/errno.h>

#include "collect/slab_sums.h"
#include "record/memory.h"

/* Caches are some bytes apart. */
static const struct kmem_cache *cache_at(unsigned long i)
{
	return (const struct kmem_cache *)(0xffff888000000000UL + i * 256);
}

static struct ks_slab_sums sums_new(struct kunit *test, u32 nr)
{
	struct ks_slab_sums sums = {};

	KUNIT_ASSERT_EQ(test, 0, ks_slab_sums_init(&sums, nr));
	return sums;
}

static void finds_what_was_put_in(struct kunit *test)
{
	static const u32 numbers[] = { 1, 2, 3, 7, 8, 300, 1000 };
	struct ks_slab_sums sums;
	struct ks_slab_sum *sum;
	u32 i, j;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		sums = sums_new(test, numbers[i]);
		for (j = 0; j < numbers[i]; j++)
			ks_slab_sums_add(&sums, cache_at(j));
		for (j = 0; j < numbers[i]; j++) {
			sum = ks_slab_sums_find(&sums, cache_at(j));
			KUNIT_ASSERT_NOT_NULL(test, sum);
			KUNIT_ASSERT_PTR_EQ(test, cache_at(j), sum->cache);
			KUNIT_ASSERT_EQ(test, 0ULL, sum->nr_inuse);
			sum->nr_inuse = j + 1;
		}
		/* Each has an entry of its own. */
		for (j = 0; j < numbers[i]; j++)
			KUNIT_ASSERT_EQ(test, j + 1ULL,
					ks_slab_sums_find(&sums,
						     cache_at(j))->nr_inuse);
		for (; j < 2 * numbers[i] + 10; j++)
			KUNIT_ASSERT_NULL(test, ks_slab_sums_find(&sums,
								  cache_at(j)));
		ks_slab_sums_free(&sums);
	}
}

/* A page that is no slab any more has garbage as its cache. */
static void nothing_is_no_cache(struct kunit *test)
{
	struct ks_slab_sums sums = sums_new(test, 0);

	KUNIT_EXPECT_NULL(test, ks_slab_sums_find(&sums, NULL));
	KUNIT_EXPECT_NULL(test, ks_slab_sums_find(&sums, cache_at(0)));
	ks_slab_sums_add(&sums, cache_at(0));
	KUNIT_EXPECT_NULL(test, ks_slab_sums_find(&sums, NULL));
	ks_slab_sums_free(&sums);
}

/* A cache has a record for each node. */
static void twice_is_once(struct kunit *test)
{
	struct ks_slab_sums sums = sums_new(test, 2);

	ks_slab_sums_add(&sums, cache_at(1));
	ks_slab_sums_find(&sums, cache_at(1))->nr_objects = 5;
	ks_slab_sums_add(&sums, cache_at(1));
	KUNIT_EXPECT_EQ(test, 5ULL,
			ks_slab_sums_find(&sums, cache_at(1))->nr_objects);
	ks_slab_sums_free(&sums);
}

static void takes_no_more_than_it_may(struct kunit *test)
{
	struct ks_memory before, during, after;
	struct ks_slab_sums sums;

	ks_memory_read(&before);
	sums = sums_new(test, 100);
	ks_memory_read(&during);
	KUNIT_EXPECT_GT(test, during.now, before.now);
	KUNIT_EXPECT_EQ(test, -ENOBUFS,
			ks_slab_sums_init(&(struct ks_slab_sums){}, 1000000));
	ks_slab_sums_free(&sums);
	ks_memory_read(&after);
	KUNIT_EXPECT_EQ(test, before.now, after.now);
}

static struct kunit_case sums_cases[] = {
	KUNIT_CASE(finds_what_was_put_in),
	KUNIT_CASE(nothing_is_no_cache),
	KUNIT_CASE(twice_is_once),
	KUNIT_CASE(takes_no_more_than_it_may),
	{}
};

static struct kunit_suite sums_suite = {
	.name = "kmemscope_sums",
	.test_cases = sums_cases,
};

kunit_test_suite(sums_suite);
