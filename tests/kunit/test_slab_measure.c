// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fields of a slab record, from what was counted.
 */
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/mm.h>

#include "collect/slab_measure.h"

/* 100 slabs of 2 pages and 40 objects, 10 of them partial with 150 free. */
static const struct ks_geometry geometry = {
	.object_size = 192, .size = 200, .order = 1,
};

static const struct ks_cache_counts counted = {
	.nr_slabs = 100, .nr_objects = 4000, .nr_partial = 10,
	.nr_sampled = 10, .nr_free = 150, .free_known = true,
};

#define TOTAL	(100 * 2 * PAGE_SIZE)

static void by_lists_alone(struct kunit *test)
{
	struct ks_measured m;

	ks_measure(&m, &geometry, &counted, NULL);
	KUNIT_EXPECT_EQ(test, 3850ULL, m.nr_active);
	KUNIT_EXPECT_EQ(test, U64_MAX, m.nr_inuse);
	KUNIT_EXPECT_EQ(test, U64_MAX, m.inuse_error);
	KUNIT_EXPECT_EQ(test, (u64)TOTAL, m.total_bytes);
	KUNIT_EXPECT_EQ(test, 3850ULL * 200, m.active_bytes);
	KUNIT_EXPECT_EQ(test, TOTAL - 3850ULL * 192, m.wasted_bytes);
	KUNIT_EXPECT_EQ(test, 0, m.approximate);
	KUNIT_EXPECT_EQ(test, 1000, m.coverage_permille);
	KUNIT_EXPECT_STREQ(test, "active", m.basis);
	KUNIT_EXPECT_STREQ(test, "", m.inuse_basis);
}

static void nothing_but_totals(struct kunit *test)
{
	struct ks_cache_counts counts = counted;
	struct ks_exact exact = {};
	struct ks_measured m;

	counts.free_known = false;
	ks_measure(&m, &geometry, &counts, &exact);
	KUNIT_EXPECT_EQ(test, (u64)TOTAL, m.total_bytes);
	KUNIT_EXPECT_EQ(test, U64_MAX, m.nr_active);
	KUNIT_EXPECT_EQ(test, U64_MAX, m.nr_inuse);
	KUNIT_EXPECT_EQ(test, U64_MAX, m.active_bytes);
	KUNIT_EXPECT_EQ(test, U64_MAX, m.wasted_bytes);
	KUNIT_EXPECT_EQ(test, U32_MAX, m.approximate);
	KUNIT_EXPECT_EQ(test, U32_MAX, m.coverage_permille);
	KUNIT_EXPECT_STREQ(test, "", m.basis);
}

static void exact_by_lists(struct kunit *test)
{
	struct ks_exact exact = {
		.cached = { .nr_taken = 30, .nr_left = 20, .error = 3 },
	};
	struct ks_cache_counts counts = counted;
	struct ks_measured m;

	ks_measure(&m, &geometry, &counts, &exact);
	KUNIT_EXPECT_EQ(test, 3850ULL, m.nr_active);
	KUNIT_EXPECT_EQ(test, 3800ULL, m.nr_inuse);
	KUNIT_EXPECT_EQ(test, 3ULL, m.inuse_error);
	KUNIT_EXPECT_EQ(test, TOTAL - 3800ULL * 192, m.wasted_bytes);
	KUNIT_EXPECT_STREQ(test, "inuse", m.basis);
	KUNIT_EXPECT_STREQ(test, "lists", m.inuse_basis);
	/* A list that was read in part gives no exact count. */
	counts.nr_sampled = 5;
	ks_measure(&m, &geometry, &counts, &exact);
	KUNIT_EXPECT_EQ(test, 1, m.approximate);
	KUNIT_EXPECT_EQ(test, 500, m.coverage_permille);
	KUNIT_EXPECT_EQ(test, U64_MAX, m.nr_inuse);
	KUNIT_EXPECT_STREQ(test, "active", m.basis);
	/* Rounded up to 1, however long the list is. */
	counts.nr_partial = 1000000;
	ks_measure(&m, &geometry, &counts, NULL);
	KUNIT_EXPECT_EQ(test, 1, m.coverage_permille);
}

static void exact_by_pages(struct kunit *test)
{
	struct ks_slab_sum sum = { .nr_inuse = 3830, .nr_objects = 4040 };
	struct ks_exact exact = {
		.cached = { .nr_taken = 30, .nr_left = 20, .error = 3 },
		.sum = &sum,
	};
	struct ks_cache_counts counts = counted;
	struct ks_measured m;

	counts.nr_sampled = 5;
	ks_measure(&m, &geometry, &counts, &exact);
	KUNIT_EXPECT_EQ(test, 3850ULL, m.nr_active);
	KUNIT_EXPECT_EQ(test, 3800ULL, m.nr_inuse);
	/* Changes during the walk are unknown, and so is the error. */
	KUNIT_EXPECT_EQ(test, U64_MAX, m.inuse_error);
	KUNIT_EXPECT_EQ(test, 1, m.approximate);
	KUNIT_EXPECT_EQ(test, 500, m.coverage_permille);
	KUNIT_EXPECT_STREQ(test, "pages", m.inuse_basis);
	/* An impossible count is unknown. */
	sum.nr_inuse = 29;
	ks_measure(&m, &geometry, &counts, &exact);
	KUNIT_EXPECT_EQ(test, U64_MAX, m.nr_inuse);
	KUNIT_EXPECT_EQ(test, 1, m.approximate);
}

/* All objects may be per-CPU free objects, but not more than all. */
static void none_in_use_is_a_number(struct kunit *test)
{
	struct ks_slab_sum sum = { .nr_inuse = 3000, .nr_objects = 3851 };
	struct ks_exact exact = {
		.cached = { .nr_taken = 3000, .nr_left = 850 },
	};
	struct ks_measured m;

	ks_measure(&m, &geometry, &counted, &exact);
	KUNIT_EXPECT_EQ(test, 0ULL, m.nr_inuse);
	KUNIT_EXPECT_EQ(test, 0ULL, m.inuse_error);
	KUNIT_EXPECT_EQ(test, (u64)TOTAL, m.wasted_bytes);
	exact.cached.nr_left++;
	ks_measure(&m, &geometry, &counted, &exact);
	KUNIT_EXPECT_EQ(test, U64_MAX, m.nr_inuse);
	KUNIT_EXPECT_EQ(test, U64_MAX, m.inuse_error);
	KUNIT_EXPECT_STREQ(test, "", m.inuse_basis);
	KUNIT_EXPECT_STREQ(test, "active", m.basis);

	/* By pages: the count of the slabs, up to all object slots. */
	exact.sum = &sum;
	ks_measure(&m, &geometry, &counted, &exact);
	KUNIT_EXPECT_EQ(test, 0ULL, m.nr_inuse);
	KUNIT_EXPECT_EQ(test, 3851ULL, m.nr_active);
	KUNIT_EXPECT_EQ(test, U64_MAX, m.inuse_error);
	sum.nr_inuse = 4000 - 851;
	ks_measure(&m, &geometry, &counted, &exact);
	KUNIT_EXPECT_EQ(test, 4000ULL, m.nr_active);
	KUNIT_EXPECT_EQ(test, 149ULL, m.nr_inuse);
	sum.nr_inuse++;
	ks_measure(&m, &geometry, &counted, &exact);
	KUNIT_EXPECT_EQ(test, U64_MAX, m.nr_inuse);
	KUNIT_EXPECT_EQ(test, 3850ULL, m.nr_active);
}

/* The kernel counts a new slab before its objects. */
static void waste_is_never_negative(struct kunit *test)
{
	struct ks_cache_counts counts = counted;
	struct ks_measured m;

	counts.nr_slabs = 0;
	ks_measure(&m, &geometry, &counts, NULL);
	KUNIT_EXPECT_EQ(test, 3850ULL, m.nr_active);
	KUNIT_EXPECT_EQ(test, U64_MAX, m.wasted_bytes);
	KUNIT_EXPECT_STREQ(test, "", m.basis);
}

static struct kunit_case measure_cases[] = {
	KUNIT_CASE(by_lists_alone),
	KUNIT_CASE(nothing_but_totals),
	KUNIT_CASE(exact_by_lists),
	KUNIT_CASE(exact_by_pages),
	KUNIT_CASE(none_in_use_is_a_number),
	KUNIT_CASE(waste_is_never_negative),
	{}
};

static struct kunit_suite measure_suite = {
	.name = "kmemscope_measure",
	.test_cases = measure_cases,
};

kunit_test_suite(measure_suite);
