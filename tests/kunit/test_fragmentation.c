// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compare the fragmentation indices with examples worked out by hand, and with
 * their definitions, computed block by block.
 */
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/prandom.h>
#include <linux/string.h>

#include "collect/fragmentation.h"

#define NR_ORDERS	11

/* The free blocks, as a request of some order sees them. */
struct free_blocks {
	s64 pages;
	s64 blocks;
	s64 pages_usable;
};

static struct free_blocks
blocks_meet(const u64 *nr_free, unsigned int nr_orders, unsigned int order)
{
	const s64 request = 1LL << order;
	struct free_blocks met = {};
	unsigned int i;
	s64 size, left;
	u64 block;

	for (i = 0; i < nr_orders; i++)
		for (block = 0; block < nr_free[i]; block++) {
			size = 1LL << i;
			met.blocks++;
			met.pages += size;
			/* Count how many requests fit into the block. */
			for (left = size; left >= request; left -= request)
				met.pages_usable += request;
		}
	return met;
}

/* The permille of free pages in blocks that are too small. */
static s64 unusable_by_definition(struct free_blocks met)
{
	s64 permille = 0;

	if (!met.pages)
		return 1000;
	while ((permille + 1) * met.pages <=
	       1000 * (met.pages - met.pages_usable))
		permille++;
	return permille;
}

/*
 * 1 - (1 + pages / request) / blocks, in permille: compares the blocks that the
 * pages would fill with the blocks there are. The kernel rounds both quotients
 * down.
 */
static s64 extfrag_by_definition(struct free_blocks met, unsigned int order)
{
	const s64 request = 1LL << order;

	if (!met.blocks)
		return 0;
	if (met.pages_usable)
		return -1000;
	return 1000 - (1000 + met.pages * 1000 / request) / met.blocks;
}

static void expect_definitions(struct kunit *test, const u64 *nr_free,
			       unsigned int nr_orders)
{
	unsigned int order;

	for (order = 0; order < nr_orders; order++) {
		struct free_blocks met = blocks_meet(nr_free, nr_orders, order);

		KUNIT_EXPECT_EQ_MSG(test,
				    ks_unusable_index(nr_free, nr_orders, order),
				    unusable_by_definition(met),
				    "order %u of %u", order, nr_orders);
		KUNIT_EXPECT_EQ_MSG(test,
				    ks_extfrag_index(nr_free, nr_orders, order),
				    extfrag_by_definition(met, order),
				    "order %u of %u", order, nr_orders);
	}
}

struct example {
	const char *name;
	u64 nr_free[NR_ORDERS];
	unsigned int order;
	s64 unusable;
	s64 extfrag;
};

static const struct example answers[] = {
	{ "nothing is free", {}, 3, 1000, 0 },
	{ "one page, one wanted", { 1 }, 0, 0, -1000 },
	{ "one page, two wanted", { 1 }, 1, 1000, -500 },
	{ "one page, the most wanted", { 1 }, 10, 1000, 0 },
	{ "four pages apart, two wanted", { 4 }, 1, 1000, 250 },
	{ "1024 pages apart, all wanted", { 1024 }, 10, 1000, 999 },
	{ "half in small blocks", { 8, 0, 0, 1 }, 3, 500, -1000 },
	{ "a third in small blocks", { 4, 0, 0, 1 }, 3, 333, -1000 },
	{ "two thirds in small blocks", { 4, 2, 2, 1 }, 3, 666, -1000 },
	{ "in one large block", { [10] = 1 }, 4, 0, -1000 },
	{ "just one too small", { [9] = 1 }, 10, 1000, -500 },
	{ "two just too small", { [9] = 2 }, 10, 1000, 0 },
	{ "many just too small", { [9] = 1000 }, 10, 1000, 499 },
};

static void example_name(const struct example *answer, char *name)
{
	strscpy(name, answer->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(answer, answers, example_name);

static void worked_out_by_hand(struct kunit *test)
{
	const struct example *answer = test->param_value;

	KUNIT_EXPECT_EQ(test, answer->unusable,
			ks_unusable_index(answer->nr_free, NR_ORDERS,
					  answer->order));
	KUNIT_EXPECT_EQ(test, answer->extfrag,
			ks_extfrag_index(answer->nr_free, NR_ORDERS,
					 answer->order));
	expect_definitions(test, answer->nr_free, NR_ORDERS);
}

/* Blocks of a single order, a few of them. */
static void one_order_alone(struct kunit *test)
{
	u64 nr_free[NR_ORDERS] = {};
	unsigned int i;

	for (i = 0; i < NR_ORDERS; i++) {
		for (nr_free[i] = 1; nr_free[i] <= 5; nr_free[i]++)
			expect_definitions(test, nr_free, NR_ORDERS);
		nr_free[i] = 0;
	}
}

static void any_free_blocks(struct kunit *test)
{
	u64 nr_free[NR_ORDERS];
	struct rnd_state state;
	unsigned int i, round;

	prandom_seed_state(&state, 20260);
	for (round = 0; round < 300; round++) {
		/* Often no block, mostly more small ones. */
		for (i = 0; i < NR_ORDERS; i++)
			nr_free[i] = prandom_u32_state(&state) % 3 ?
				     prandom_u32_state(&state) %
					     (40 / (i + 1) + 1) : 0;
		expect_definitions(test, nr_free, NR_ORDERS);
	}
}

/* A kernel may have fewer orders, or more. */
static void other_numbers_of_orders(struct kunit *test)
{
	static const u64 nr_free[14] = {
		7, 0, 3, 1, 0, 2, 1, 0, 0, 1, 1, 0, 1, 1,
	};
	unsigned int nr_orders;

	for (nr_orders = 1; nr_orders <= ARRAY_SIZE(nr_free); nr_orders++)
		expect_definitions(test, nr_free, nr_orders);
}

/* 4 TiB in single pages, and 4 TiB in the largest blocks. */
static void of_a_large_host(struct kunit *test)
{
	u64 nr_free[NR_ORDERS] = { 1ULL << 30 };

	KUNIT_EXPECT_EQ(test, ks_unusable_index(nr_free, NR_ORDERS, 9), 1000);
	KUNIT_EXPECT_EQ(test, ks_extfrag_index(nr_free, NR_ORDERS, 9), 999);
	nr_free[10] = 1ULL << 20;
	KUNIT_EXPECT_EQ(test, ks_unusable_index(nr_free, NR_ORDERS, 9), 500);
	KUNIT_EXPECT_EQ(test, ks_extfrag_index(nr_free, NR_ORDERS, 9), -1000);
	/* The number of blocks does not fit into 32 bits. */
	nr_free[0] = 1ULL << 33;
	nr_free[10] = 0;
	KUNIT_EXPECT_EQ(test, ks_extfrag_index(nr_free, NR_ORDERS, 1), 500);
}

static struct kunit_case fragmentation_cases[] = {
	KUNIT_CASE_PARAM(worked_out_by_hand, answer_gen_params),
	KUNIT_CASE(one_order_alone),
	KUNIT_CASE_SLOW(any_free_blocks),
	KUNIT_CASE(other_numbers_of_orders),
	KUNIT_CASE(of_a_large_host),
	{}
};

static struct kunit_suite fragmentation_suite = {
	.name = "kmemscope_fragmentation",
	.test_cases = fragmentation_cases,
};

kunit_test_suite(fragmentation_suite);
