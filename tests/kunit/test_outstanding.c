// SPDX-License-Identifier: GPL-2.0-only
/*
 * Outstanding objects: exact while they fit in the table, then a fair sample.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "trace/outstanding.h"

#define PLACES	4096
#define OWNERS	8

/* The addresses of objects in a slab: one after the other. */
static u64 address_of(u32 number, u32 size)
{
	return 0x100000000ULL + (u64)number * size;
}

static struct ks_outstanding table_new(struct kunit *test)
{
	struct ks_outstanding objects = {};

	KUNIT_ASSERT_EQ(test, 0, ks_outstanding_init(&objects, PLACES));
	return objects;
}

static u32 count_of(const struct ks_outstanding *objects, u32 owner)
{
	u32 counts[OWNERS] = {};

	ks_outstanding_count(objects, counts, OWNERS);
	return counts[owner];
}

static void few_are_followed_exactly(struct kunit *test)
{
	struct ks_outstanding objects = table_new(test);
	u32 i;

	for (i = 0; i < 600; i++)
		KUNIT_EXPECT_TRUE(test, ks_outstanding_add(&objects,
							   address_of(i, 192), i
							   % 3));
	KUNIT_EXPECT_EQ(test, 1, ks_outstanding_rate(&objects));
	KUNIT_EXPECT_EQ(test, 200, count_of(&objects, 0));
	for (i = 0; i < 600; i += 3)
		KUNIT_EXPECT_TRUE(test, ks_outstanding_remove(&objects,
							      address_of(i,
									 192)));
	KUNIT_EXPECT_EQ(test, 0, count_of(&objects, 0));
	KUNIT_EXPECT_EQ(test, 200, count_of(&objects, 1));
	KUNIT_EXPECT_EQ(test, 200, count_of(&objects, 2));
	/* Freed already, or never seen. */
	KUNIT_EXPECT_FALSE(test, ks_outstanding_remove(&objects, address_of(0, 192)));
	KUNIT_EXPECT_FALSE(test, ks_outstanding_remove(&objects, 64));
	ks_outstanding_free(&objects);
}

/* It was freed without an event. */
static void the_same_address_again_replaces(struct kunit *test)
{
	struct ks_outstanding objects = table_new(test);

	KUNIT_EXPECT_TRUE(test, ks_outstanding_add(&objects, 4096, 1));
	KUNIT_EXPECT_TRUE(test, ks_outstanding_add(&objects, 4096, 2));
	KUNIT_EXPECT_EQ(test, 0, count_of(&objects, 1));
	KUNIT_EXPECT_EQ(test, 1, count_of(&objects, 2));
	KUNIT_EXPECT_TRUE(test, ks_outstanding_remove(&objects, 4096));
	KUNIT_EXPECT_FALSE(test, ks_outstanding_remove(&objects, 4096));
	ks_outstanding_free(&objects);
}

/* The largest address and owner that fit in an entry. */
static void any_address_and_owner_fits(struct kunit *test)
{
	struct ks_outstanding objects = table_new(test);
	const u64 last = BIT_ULL(52) - 8;
	u32 *counts = kunit_kzalloc(test, KS_MAX_OWNERS * sizeof(*counts),
				    GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, counts);
	KUNIT_EXPECT_TRUE(test, ks_outstanding_add(&objects, 0, 0));
	KUNIT_EXPECT_TRUE(test, ks_outstanding_add(&objects, last,
						   KS_MAX_OWNERS - 1));
	ks_outstanding_count(&objects, counts, KS_MAX_OWNERS);
	KUNIT_EXPECT_EQ(test, 1, counts[0]);
	KUNIT_EXPECT_EQ(test, 1, counts[KS_MAX_OWNERS - 1]);
	KUNIT_EXPECT_TRUE(test, ks_outstanding_remove(&objects, 0));
	KUNIT_EXPECT_TRUE(test, ks_outstanding_remove(&objects, last));
	ks_outstanding_free(&objects);
}

/* The rate rises, and the estimate is right within its error. */
static void check_sample(struct kunit *test, u32 size)
{
	struct ks_outstanding objects = table_new(test);
	const u32 nr = 200000;
	u64 rate, owner, scaled;
	u32 i, lost = 0;

	for (i = 0; i < nr; i++)
		lost += !ks_outstanding_add(&objects, address_of(i, size), i %
					    2);
	rate = ks_outstanding_rate(&objects);
	KUNIT_EXPECT_EQ(test, 0, lost);
	KUNIT_EXPECT_GE(test, rate, nr / PLACES);
	/* The table is as full as it can be. */
	KUNIT_EXPECT_LE(test, rate, 16 * nr / PLACES);
	for (owner = 0; owner < 2; owner++) {
		/* Four standard deviations, not to fail by chance. */
		scaled = count_of(&objects, owner) * rate;
		KUNIT_EXPECT_LE(test, abs((s64)scaled - nr / 2),
				4 * int_sqrt(nr / 2 * (rate - 1)));
	}
	for (i = 0; i < nr; i++)
		ks_outstanding_remove(&objects, address_of(i, size));
	KUNIT_EXPECT_EQ(test, 0, count_of(&objects, 0));
	KUNIT_EXPECT_EQ(test, 0, count_of(&objects, 1));
	ks_outstanding_free(&objects);
}

static void many_are_a_fair_sample(struct kunit *test)
{
	check_sample(test, 192);
	check_sample(test, 8);
	check_sample(test, 4096);
}

/* Objects that leave the sample when the rate rises make room. */
static void room_is_used_again(struct kunit *test)
{
	struct ks_outstanding objects = table_new(test);
	u32 i, round, rate;

	for (i = 0; i < 20000; i++)
		ks_outstanding_add(&objects, address_of(i, 64), 0);
	rate = ks_outstanding_rate(&objects);
	/* The same number of live objects, but new ones each time. */
	for (round = 1; round < 8; round++)
		for (i = 0; i < 20000; i++) {
			ks_outstanding_remove(&objects, address_of((round - 1) *
								   20000 + i,
								   64));
			ks_outstanding_add(&objects, address_of(round * 20000 +
								i, 64), 0);
		}
	KUNIT_EXPECT_LE(test, ks_outstanding_rate(&objects), 4 * rate);
	ks_outstanding_free(&objects);
}

/* A caller that looks at followed objects needs the rate alone. */
static void a_thinned_sample_is_followed_less(struct kunit *test)
{
	struct ks_outstanding objects = table_new(test);
	u32 i, nr = 0;

	for (i = 0; i < 4096; i++)
		KUNIT_EXPECT_EQ(test, 1, ks_outstanding_follows(&objects,
							    address_of(i, 64)));
	ks_outstanding_thin(&objects);
	ks_outstanding_thin(&objects);
	KUNIT_EXPECT_EQ(test, 4, ks_outstanding_rate(&objects));
	for (i = 0; i < 4096; i++) {
		const u32 rate = ks_outstanding_follows(&objects,
						    address_of(i, 64));

		KUNIT_EXPECT_TRUE(test, !rate || rate == 4);
		nr += !!rate;
		KUNIT_EXPECT_TRUE(test, ks_outstanding_add(&objects,
							   address_of(i, 64),
							   1));
	}
	/* Four standard deviations. */
	KUNIT_EXPECT_LE(test, abs((int)nr - 1024), 4 * 28);
	/* Only those are kept. */
	KUNIT_EXPECT_EQ(test, nr, count_of(&objects, 1));
	for (i = 0; i < 40; i++)
		ks_outstanding_thin(&objects);
	KUNIT_EXPECT_EQ(test, 1U << 20, ks_outstanding_rate(&objects));
	ks_outstanding_free(&objects);
}

static struct kunit_case objects_cases[] = {
	KUNIT_CASE(few_are_followed_exactly),
	KUNIT_CASE(the_same_address_again_replaces),
	KUNIT_CASE(any_address_and_owner_fits),
	KUNIT_CASE(many_are_a_fair_sample),
	KUNIT_CASE(room_is_used_again),
	KUNIT_CASE(a_thinned_sample_is_followed_less),
	{}
};

static struct kunit_suite objects_suite = {
	.name = "kmemscope_objects",
	.test_cases = objects_cases,
};

kunit_test_suite(objects_suite);
