// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lock holds: their statistics, when a walk drops a lock, and when it must end.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/time64.h>

#include "internals/lock_hold.h"
#include "internals/progress.h"

static struct ks_hold hold_of(enum ks_lock lock)
{
	struct ks_hold hold;

	ks_hold_read(lock, &hold);
	return hold;
}

/* Two maxima for each lock, which may come from different holds. */
static void the_most_is_kept(struct kunit *test)
{
	const struct ks_hold list = hold_of(KS_LOCK_LIST);
	const struct ks_hold mutex = hold_of(KS_LOCK_SLAB_MUTEX);
	const u64 long_ns = 100 * (u64)NSEC_PER_SEC;

	ks_hold_note(KS_LOCK_ZONE, long_ns, 7);
	ks_hold_note(KS_LOCK_ZONE, 5, 1000);
	ks_hold_note(KS_LOCK_ZONE, long_ns - 1, 999);
	KUNIT_EXPECT_EQ(test, long_ns, hold_of(KS_LOCK_ZONE).longest_ns);
	KUNIT_EXPECT_EQ(test, 1000, hold_of(KS_LOCK_ZONE).most_entries);
	KUNIT_EXPECT_EQ(test, list.longest_ns,
			hold_of(KS_LOCK_LIST).longest_ns);
	KUNIT_EXPECT_EQ(test, list.most_entries,
			hold_of(KS_LOCK_LIST).most_entries);
	KUNIT_EXPECT_EQ(test, mutex.longest_ns,
			hold_of(KS_LOCK_SLAB_MUTEX).longest_ns);
}

static void locks_are_only_tried(struct kunit *test)
{
	const u64 contended = ks_hold_nr_contended();
	unsigned long flags;
	spinlock_t lock;	/* only this test takes it */

	spin_lock_init(&lock);
	KUNIT_EXPECT_TRUE(test, ks_hold_trylock(&lock, &flags));
	KUNIT_EXPECT_TRUE(test, irqs_disabled());
	spin_unlock_irqrestore(&lock, flags);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	KUNIT_EXPECT_EQ(test, contended, ks_hold_nr_contended());
	spin_lock(&lock);
	KUNIT_EXPECT_FALSE(test, ks_hold_trylock(&lock, &flags));
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	spin_unlock(&lock);
	KUNIT_EXPECT_EQ(test, contended + 1, ks_hold_nr_contended());
}

static void a_walk_goes_on_until_it_may_not(struct kunit *test)
{
	bool allowed = true;
	struct ks_progress progress = {
		.until_ns = U64_MAX, .allowed = &allowed,
	};

	KUNIT_EXPECT_EQ(test, 0, ks_progress_check(&progress));
	/* Ending early is no error. */
	progress.enough = true;
	KUNIT_EXPECT_EQ(test, 0, ks_progress_check(&progress));
	progress.until_ns = 0;
	KUNIT_EXPECT_EQ(test, -ETIME, ks_progress_check(&progress));
	/* A stopped walk does not report a timeout. */
	progress.stop = true;
	KUNIT_EXPECT_EQ(test, -EINTR, ks_progress_check(&progress));
	progress.stop = false;
	allowed = false;
	KUNIT_EXPECT_EQ(test, -EINTR, ks_progress_check(&progress));
}

static void what_is_left_is_never_negative(struct kunit *test)
{
	const u64 now = ks_hold_clock();
	struct ks_progress progress = { .until_ns = U64_MAX };

	KUNIT_EXPECT_LE(test, ks_progress_left(&progress), U64_MAX - now);
	KUNIT_EXPECT_GT(test, ks_progress_left(&progress), U64_MAX / 2);
	progress.until_ns = now + 1000 * (u64)NSEC_PER_SEC;
	KUNIT_EXPECT_LE(test, ks_progress_left(&progress),
			1000 * (u64)NSEC_PER_SEC);
	KUNIT_EXPECT_GT(test, ks_progress_left(&progress),
			100 * (u64)NSEC_PER_SEC);
	progress.until_ns = now;
	KUNIT_EXPECT_EQ(test, 0ULL, ks_progress_left(&progress));
	progress.until_ns = 0;
	KUNIT_EXPECT_EQ(test, 0ULL, ks_progress_left(&progress));
}

static struct kunit_case hold_cases[] = {
	KUNIT_CASE(the_most_is_kept),
	KUNIT_CASE(locks_are_only_tried),
	KUNIT_CASE(a_walk_goes_on_until_it_may_not),
	KUNIT_CASE(what_is_left_is_never_negative),
	{}
};

static struct kunit_suite hold_suite = {
	.name = "kmemscope_hold",
	.test_cases = hold_cases,
};

kunit_test_suite(hold_suite);
