// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of distinct keys, which several probes may fill at once.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/errno.h>
#include <linux/kthread.h>
#include <linux/string.h>

#include "record/memory.h"
#include "trace/intern.h"

#define PLACES	256

struct key {
	u32 word[5];
};

static struct key key_of(u32 number)
{
	struct key key = { .word = { number, 0, ~number, 7, number * 3 } };

	return key;
}

static int table_add(struct ks_intern *in, u32 number)
{
	const struct key key = key_of(number);

	return ks_intern_add(in, &key);
}

static u64 memory_now(void)
{
	struct ks_memory memory;

	ks_memory_read(&memory);
	return memory.now;
}

static struct ks_intern table_new(struct kunit *test, u32 places)
{
	struct ks_intern in = {};

	KUNIT_ASSERT_EQ(test, 0,
			ks_intern_init(&in, places, sizeof(struct key)));
	return in;
}

static void same_key_same_number(struct kunit *test)
{
	struct ks_intern in = table_new(test, PLACES);
	u32 i, seen = 0;

	for (i = 0; i < PLACES / 2; i++) {
		const int index = table_add(&in, i);
		const struct key key = key_of(i);

		KUNIT_ASSERT_GE(test, index, 0);
		KUNIT_ASSERT_LT(test, index, PLACES);
		KUNIT_EXPECT_MEMEQ(test, &key, ks_intern_key(&in, index),
				   sizeof(key));
		KUNIT_EXPECT_EQ(test, index, table_add(&in, i));
		KUNIT_EXPECT_EQ(test, index, ks_intern_first(&in, index));
	}
	for (i = 0; i < PLACES; i++)
		seen += !!ks_intern_key(&in, i);
	KUNIT_EXPECT_EQ(test, PLACES / 2, seen);
	ks_intern_free(&in);
}

/* A full table still finds its keys, and takes no new one. */
static void a_full_table_says_so(struct kunit *test)
{
	struct ks_intern in = table_new(test, 16);
	u32 i;

	for (i = 0; i < 16; i++)
		KUNIT_EXPECT_GE(test, table_add(&in, i), 0);
	KUNIT_EXPECT_EQ(test, -ENOSPC, table_add(&in, 16));
	for (i = 0; i < 16; i++)
		KUNIT_EXPECT_GE(test, table_add(&in, i), 0);
	ks_intern_free(&in);
}

/* Two CPUs may add the same key at once: then one entry counts for both. */
static void of_two_the_first_counts(struct kunit *test)
{
	struct ks_intern in = table_new(test, PLACES);
	const int index = table_add(&in, 1);
	const u32 next = (index + 1) % PLACES;

	in.states[next] = in.states[index];
	memcpy(in.keys + next * sizeof(struct key),
	       in.keys + index * sizeof(struct key), sizeof(struct key));
	KUNIT_EXPECT_EQ(test, index, ks_intern_first(&in, next));
	KUNIT_EXPECT_EQ(test, index, ks_intern_first(&in, index));
	KUNIT_EXPECT_EQ(test, index, table_add(&in, 1));
	ks_intern_free(&in);
}

/* An entry that the interrupted task is just filling. */
static void does_not_wait(struct kunit *test)
{
	struct ks_intern in = table_new(test, PLACES);
	struct ks_intern other = table_new(test, PLACES);
	const int index = table_add(&other, 1);

	in.states[index] = 1;
	KUNIT_EXPECT_EQ(test, (index + 1) % PLACES, table_add(&in, 1));
	KUNIT_EXPECT_NULL(test, ks_intern_key(&in, index));
	ks_intern_free(&other);
	ks_intern_free(&in);
}

#define THREADS	4
#define KEYS	100

struct crowd {
	struct ks_intern *in;
	atomic_t failed;
	atomic_t left;
	struct completion done;
};

static int thread_add_all(void *data)
{
	struct crowd *crowd = data;
	u32 i, round;

	for (round = 0; round < 20; round++)
		for (i = 0; i < KEYS; i++) {
			const struct key key = key_of(i);
			const int index = ks_intern_add(crowd->in, &key);

			if (index < 0 ||
			    memcmp(ks_intern_key(crowd->in, index), &key,
				   sizeof(key)))
				atomic_inc(&crowd->failed);
		}
	if (atomic_dec_and_test(&crowd->left))
		complete(&crowd->done);
	return 0;
}

static void many_may_add_at_once(struct kunit *test)
{
	struct ks_intern in = table_new(test, 4 * PLACES);
	struct crowd crowd = { .in = &in, .left = ATOMIC_INIT(THREADS) };
	u32 i, distinct = 0;

	init_completion(&crowd.done);
	for (i = 0; i < THREADS; i++)
		KUNIT_ASSERT_FALSE(test,
				   IS_ERR(kthread_run(thread_add_all, &crowd,
						      "ks_crowd")));
	wait_for_completion(&crowd.done);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&crowd.failed));
	for (i = 0; i < 4 * PLACES; i++)
		distinct += ks_intern_key(&in, i) &&
			    ks_intern_first(&in, i) == i;
	KUNIT_EXPECT_EQ(test, KEYS, distinct);
	ks_intern_free(&in);
}

static void gives_its_memory_back(struct kunit *test)
{
	struct ks_intern in = table_new(test, PLACES), none = {};

	KUNIT_EXPECT_EQ(test, PLACES * (4 + sizeof(struct key)), memory_now());
	ks_intern_free(&in);
	ks_intern_free(&in);
	ks_intern_free(&none);
	KUNIT_EXPECT_EQ(test, 0, memory_now());
	KUNIT_EXPECT_EQ(test, -ENOBUFS,
			ks_intern_init(&none, BIT(20), sizeof(struct key)));
	ks_intern_free(&none);
	KUNIT_EXPECT_EQ(test, 0, memory_now());
}

static struct kunit_case interned_cases[] = {
	KUNIT_CASE(same_key_same_number),
	KUNIT_CASE(a_full_table_says_so),
	KUNIT_CASE(of_two_the_first_counts),
	KUNIT_CASE(does_not_wait),
	KUNIT_CASE(many_may_add_at_once),
	KUNIT_CASE(gives_its_memory_back),
	{}
};

static struct kunit_suite interned_suite = {
	.name = "kmemscope_interned",
	.test_cases = interned_cases,
};

kunit_test_suite(interned_suite);
