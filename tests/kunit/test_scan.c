// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scans with a cap: how much of a partial list they read, and the estimate for
 * the rest. On fake caches.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/nodemask.h>

#include "collect/slab_measure.h"
#include "internals/cache.h"
#include "internals/lock_hold.h"

#include "fake_slab.h"

#define CAP	KS_MAX_HOLD_ENTRIES

static const struct ks_geometry geometry = {
	.object_size = 192, .size = 192,
};

/* A cache with a part on node 0 alone. */
static struct fake_cache *cache_with_node(struct kunit *test,
					  struct fake_node **node)
{
	struct fake_cache *cache = fake_cache_new(test);

	*node = fake_node_new(test, cache, first_online_node);
	return cache;
}

static struct ks_cache_counts count_cache(struct kunit *test,
					  const struct fake_cache *cache)
{
	struct ks_cache_counts counts;

	KUNIT_ASSERT_EQ(test, 0,
			fake_count(cache, NUMA_NO_NODE, &counts));
	return counts;
}

/* Count while another task holds the list_lock of the node. */
static struct ks_cache_counts count_contended(struct kunit *test,
					      const struct fake_cache *cache,
					      struct fake_node *node)
{
	struct ks_cache_counts counts;
	int err;

	mutex_lock(&fake_slab_mutex);
	spin_lock(&node->list_lock);
	err = ks_cache_count(fake_kmem_cache(cache), NUMA_NO_NODE, &counts);
	spin_unlock(&node->list_lock);
	mutex_unlock(&fake_slab_mutex);
	KUNIT_ASSERT_EQ(test, 0, err);
	return counts;
}

static struct ks_measured measure_cache(const struct ks_cache_counts *counts)
{
	struct ks_measured m;

	ks_measure(&m, &geometry, counts, NULL);
	return m;
}

static void full_slabs_need_no_lock(struct kunit *test)
{
	struct ks_cache_counts counts;
	struct fake_cache *cache;
	struct fake_node *node;
	struct ks_measured m;

	cache = cache_with_node(test, &node);
	node->nr_slabs = 10;
	node->nr_objects = 210;
	counts = count_contended(test, cache, node);
	KUNIT_EXPECT_TRUE(test, counts.free_known);
	KUNIT_EXPECT_EQ(test, 0ULL, counts.nr_partial);
	KUNIT_EXPECT_EQ(test, 0ULL, counts.nr_free);
	m = measure_cache(&counts);
	KUNIT_EXPECT_EQ(test, 210ULL, m.nr_active);
	KUNIT_EXPECT_EQ(test, 0, m.approximate);
	KUNIT_EXPECT_EQ(test, 1000, m.coverage_permille);
}

/* An empty cache has counts of 0, which are known. */
static void nothing_is_zero(struct kunit *test)
{
	struct ks_cache_counts counts;
	struct fake_cache *cache;
	struct fake_node *node;
	struct ks_measured m;

	cache = cache_with_node(test, &node);
	counts = count_cache(test, cache);
	m = measure_cache(&counts);
	KUNIT_EXPECT_EQ(test, 0ULL, m.nr_active);
	KUNIT_EXPECT_EQ(test, 0ULL, m.total_bytes);
	KUNIT_EXPECT_EQ(test, 0ULL, m.wasted_bytes);
	KUNIT_EXPECT_EQ(test, 0, m.approximate);
}

/* All slabs have different numbers of free objects, so doubles show. */
static void up_to_the_cap_all_are_counted(struct kunit *test)
{
	static const u32 lengths[] = { 1, 2, 3, CAP - 1, CAP };
	struct ks_cache_counts counts;
	struct fake_cache *cache;
	struct fake_slab *slabs;
	struct fake_node *node;
	struct ks_measured m;
	u32 i, j, nr;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		nr = lengths[i];
		cache = cache_with_node(test, &node);
		slabs = fake_slabs_add(test, node, nr, 512, 0);
		for (j = 0; j < nr; j++)
			slabs[j].inuse = 511 - j;
		counts = count_cache(test, cache);
		KUNIT_EXPECT_EQ(test, (u64)nr, counts.nr_partial);
		KUNIT_EXPECT_EQ(test, (u64)nr, counts.nr_sampled);
		KUNIT_EXPECT_EQ(test, (u64)nr * (nr + 1) / 2, counts.nr_free);
		m = measure_cache(&counts);
		KUNIT_EXPECT_EQ(test, 512ULL * nr - counts.nr_free,
				m.nr_active);
		KUNIT_EXPECT_EQ(test, 0, m.approximate);
		KUNIT_EXPECT_EQ(test, 1000, m.coverage_permille);
	}
}

static void beyond_the_cap_it_says_so(struct kunit *test)
{
	struct ks_cache_counts counts;
	struct fake_cache *cache;
	struct fake_node *node;
	struct ks_measured m;

	cache = cache_with_node(test, &node);
	fake_slabs_add(test, node, CAP + 1, 10, 7);
	counts = count_cache(test, cache);
	KUNIT_EXPECT_EQ(test, (u64)CAP, counts.nr_sampled);
	KUNIT_EXPECT_EQ(test, (u64)CAP + 1, counts.nr_partial);
	/* All slabs are equal, so the estimate is exact. */
	KUNIT_EXPECT_EQ(test, 3ULL * (CAP + 1), counts.nr_free);
	m = measure_cache(&counts);
	KUNIT_EXPECT_EQ(test, 7ULL * (CAP + 1), m.nr_active);
	KUNIT_EXPECT_EQ(test, 1, m.approximate);
	KUNIT_EXPECT_EQ(test, CAP * 1000 / (CAP + 1), m.coverage_permille);
}

/* The scan must not read the middle of the list, which is broken. */
static void both_ends_are_sampled(struct kunit *test)
{
	struct ks_cache_counts counts;
	struct fake_cache *cache;
	struct fake_node *node;

	cache = cache_with_node(test, &node);
	fake_slabs_add(test, node, CAP / 2, 10, 9);
	fake_slabs_add(test, node, 1000 - CAP, 10, 11);
	fake_slabs_add(test, node, CAP / 2, 10, 7);
	counts = count_cache(test, cache);
	KUNIT_EXPECT_EQ(test, (u64)CAP, counts.nr_sampled);
	/* 1 free object at one end and 3 at the other: estimate 2. */
	KUNIT_EXPECT_EQ(test, 2ULL * 1000, counts.nr_free);
}

/* The estimate is never more than all objects of partial slabs. */
static void no_more_are_free_than_there_are(struct kunit *test)
{
	struct ks_cache_counts counts;
	struct fake_cache *cache;
	struct fake_node *node;
	struct ks_measured m;

	cache = cache_with_node(test, &node);
	fake_slabs_add(test, node, CAP / 2, 100, 0);
	fake_slabs_add(test, node, CAP, 10, 10);
	fake_slabs_add(test, node, CAP / 2, 100, 0);
	counts = count_cache(test, cache);
	KUNIT_EXPECT_EQ(test, counts.nr_objects, counts.nr_free);
	m = measure_cache(&counts);
	KUNIT_EXPECT_EQ(test, 0ULL, m.nr_active);
	KUNIT_EXPECT_EQ(test, m.total_bytes, m.wasted_bytes);
}

/* 2 TB in partial slabs of one page; and an impossible number of them. */
static void of_a_large_host(struct kunit *test)
{
	struct ks_cache_counts counts;
	struct fake_cache *cache;
	struct fake_node *node;
	struct ks_measured m;

	cache = cache_with_node(test, &node);
	fake_slabs_add(test, node, CAP, 21, 20);
	node->nr_slabs = 1ULL << 29;
	node->nr_partial = 1ULL << 29;
	node->nr_objects = 21ULL << 29;
	counts = count_cache(test, cache);
	KUNIT_EXPECT_EQ(test, 1ULL << 29, counts.nr_free);
	m = measure_cache(&counts);
	KUNIT_EXPECT_EQ(test, 20ULL << 29, m.nr_active);
	KUNIT_EXPECT_EQ(test, 2ULL << 40, m.total_bytes);
	KUNIT_EXPECT_EQ(test, (2ULL << 40) - (20ULL << 29) * 192,
			m.wasted_bytes);
	KUNIT_EXPECT_EQ(test, 1, m.approximate);
	/* Rounded up to 1: a partial scan must not show as 0. */
	KUNIT_EXPECT_EQ(test, 1, m.coverage_permille);

	cache = cache_with_node(test, &node);
	fake_slabs_add(test, node, CAP, 32767, 0);
	node->nr_slabs = 1ULL << 40;
	node->nr_partial = 1ULL << 40;
	node->nr_objects = 32768ULL << 40;
	counts = count_cache(test, cache);
	KUNIT_EXPECT_EQ(test, 32767ULL << 40, counts.nr_free);
	m = measure_cache(&counts);
	KUNIT_EXPECT_EQ(test, 1ULL << 40, m.nr_active);
}

/* Without the lock totals are known; free objects are unknown, and not 0. */
static void a_busy_lock_leaves_it_unknown(struct kunit *test)
{
	const u64 contended = ks_hold_nr_contended();
	struct ks_cache_counts counts;
	struct fake_cache *cache;
	struct fake_node *node;
	struct ks_measured m;

	cache = cache_with_node(test, &node);
	fake_slabs_add(test, node, 5, 10, 7);
	counts = count_contended(test, cache, node);
	KUNIT_EXPECT_EQ(test, contended + 1, ks_hold_nr_contended());
	KUNIT_EXPECT_FALSE(test, counts.free_known);
	KUNIT_EXPECT_EQ(test, 5ULL, counts.nr_slabs);
	KUNIT_EXPECT_EQ(test, 50ULL, counts.nr_objects);
	KUNIT_EXPECT_EQ(test, 5ULL, counts.nr_partial);
	m = measure_cache(&counts);
	KUNIT_EXPECT_EQ(test, 5 * (u64)PAGE_SIZE, m.total_bytes);
	KUNIT_EXPECT_EQ(test, U64_MAX, m.nr_active);
	KUNIT_EXPECT_EQ(test, U64_MAX, m.active_bytes);
	KUNIT_EXPECT_EQ(test, U64_MAX, m.wasted_bytes);
	KUNIT_EXPECT_EQ(test, U32_MAX, m.approximate);
	KUNIT_EXPECT_EQ(test, U32_MAX, m.coverage_permille);
	/* And the lock was free again at once. */
	counts = count_cache(test, cache);
	KUNIT_EXPECT_TRUE(test, counts.free_known);
	KUNIT_EXPECT_EQ(test, 15ULL, counts.nr_free);
}

/* Each node has a cap of its own: one count may be scaled up, another exact. */
static void nodes_add_up(struct kunit *test)
{
	struct fake_cache *cache = fake_cache_new(test);
	struct ks_cache_counts all, counts;
	struct fake_node *node;
	u64 nr_free = 0;
	int nid, nr = 0;

	if (num_online_nodes() < 2)
		kunit_skip(test, "there is one node");
	for_each_online_node(nid) {
		node = fake_node_new(test, cache, nid);
		fake_slabs_add(test, node, nr ? 3 : 4 * CAP, 10, 8 - nr);
		KUNIT_EXPECT_EQ(test, 0,
				fake_count(cache, nid, &counts));
		KUNIT_EXPECT_EQ(test, (2ULL + nr) * node->nr_slabs,
				counts.nr_free);
		nr_free += counts.nr_free;
		nr++;
	}
	all = count_cache(test, cache);
	KUNIT_EXPECT_EQ(test, nr_free, all.nr_free);
	KUNIT_EXPECT_EQ(test, CAP + 3ULL * (nr - 1), all.nr_sampled);
	KUNIT_EXPECT_EQ(test, 4ULL * CAP + 3 * (nr - 1), all.nr_slabs);
	KUNIT_EXPECT_EQ(test, 1, measure_cache(&all).approximate);
}

static void nodes_that_are_not_there(struct kunit *test)
{
	struct fake_cache *cache = fake_cache_new(test);
	struct ks_cache_counts counts;

	KUNIT_EXPECT_EQ(test, -ENOENT,
			fake_count(cache, first_online_node, &counts));
	KUNIT_EXPECT_EQ(test, -ENOENT,
			fake_count(cache, NUMA_NO_NODE, &counts));
	KUNIT_EXPECT_EQ(test, -EFAULT,
			fake_count(cache, MAX_NUMNODES, &counts));
	KUNIT_EXPECT_EQ(test, -EFAULT,
			fake_count(cache, -2, &counts));
}

/* A broken list is an error, and the scan does not follow it. */
static void broken_lists_are_an_error(struct kunit *test)
{
	struct ks_cache_counts counts;
	struct fake_cache *cache;
	struct fake_slab *slabs;
	struct fake_node *node;

	cache = cache_with_node(test, &node);
	slabs = fake_slabs_add(test, node, 4, 10, 7);
	slabs[1].inuse = 11;
	KUNIT_EXPECT_EQ(test, -EFAULT,
			fake_count(cache, NUMA_NO_NODE, &counts));
	slabs[1].inuse = 10;
	KUNIT_EXPECT_EQ(test, 9ULL, count_cache(test, cache).nr_free);
	slabs[0].list.next = (void *)0x100;
	KUNIT_EXPECT_EQ(test, -EFAULT,
			fake_count(cache, NUMA_NO_NODE, &counts));
	/* The lock was released each time. */
	KUNIT_ASSERT_TRUE(test, spin_trylock(&node->list_lock));
	spin_unlock(&node->list_lock);
}

/* The lock holds in the status record. */
static void holds_are_noted(struct kunit *test)
{
	struct fake_cache *cache;
	struct fake_node *node;
	struct ks_hold hold;

	cache = cache_with_node(test, &node);
	fake_slabs_add(test, node, 5 * CAP, 10, 7);
	count_cache(test, cache);
	ks_hold_read(KS_LOCK_LIST, &hold);
	KUNIT_EXPECT_EQ(test, CAP, hold.most_entries);
	KUNIT_EXPECT_GT(test, hold.longest_ns, 0ULL);
}

static void looks_before_it_counts(struct kunit *test)
{
	const struct kmem_cache *kmem;
	struct fake_cache *cache;
	struct fake_node *node;

	cache = cache_with_node(test, &node);
	kmem = fake_kmem_cache(cache);
	/* A node for which the caller knows that it has objects. */
	KUNIT_EXPECT_EQ(test, -EBADMSG, fake_locked(ks_cache_check(kmem, 0,
								   10)));
	fake_slabs_add(test, node, 3, 10, 7);
	KUNIT_EXPECT_EQ(test, 0, fake_locked(ks_cache_check(kmem, 0, 10)));
	KUNIT_EXPECT_EQ(test, -EBADMSG, fake_locked(ks_cache_check(kmem, 0,
								   9)));
	node->nr_partial = 4;
	KUNIT_EXPECT_EQ(test, -EBADMSG, fake_locked(ks_cache_check(kmem, 0,
								   10)));
	node->nr_partial = 3;
	node->nr_objects = 2;
	KUNIT_EXPECT_EQ(test, -EBADMSG, fake_locked(ks_cache_check(kmem, 0,
								   10)));
	node->nr_objects = 30;
	node->partial.next->prev = NULL;
	KUNIT_EXPECT_EQ(test, -EBADMSG, fake_locked(ks_cache_check(kmem, 0,
								   10)));
	node->partial.next = NULL;
	KUNIT_EXPECT_EQ(test, -EBADMSG, fake_locked(ks_cache_check(kmem, 0,
								   10)));
}

/* The free lists of a zone: a scan counts their length alone. */
static void free_lists_are_counted_to_the_cap(struct kunit *test)
{
	struct fake_slab *slabs;
	struct fake_node *node;
	bool more = true;
	u32 i;

	node = fake_node_new(test, fake_cache_new(test), first_online_node);
	KUNIT_EXPECT_EQ(test, 0, ks_hold_count(&node->partial, &more));
	KUNIT_EXPECT_FALSE(test, more);
	slabs = fake_slabs_add(test, node, CAP + 2, 1, 0);
	KUNIT_EXPECT_EQ(test, CAP, ks_hold_count(&node->partial, &more));
	KUNIT_EXPECT_TRUE(test, more);
	/* A list exactly as long as the cap is counted to its end. */
	for (i = CAP + 2; i-- > CAP - 1; list_del(&slabs[i].list)) {
		KUNIT_EXPECT_EQ(test, min_t(u32, i + 1, CAP),
				ks_hold_count(&node->partial, &more));
		KUNIT_EXPECT_EQ(test, i + 1 > CAP, more);
	}
}

static struct kunit_case scan_cases[] = {
	KUNIT_CASE(full_slabs_need_no_lock),
	KUNIT_CASE(nothing_is_zero),
	KUNIT_CASE(up_to_the_cap_all_are_counted),
	KUNIT_CASE(beyond_the_cap_it_says_so),
	KUNIT_CASE(both_ends_are_sampled),
	KUNIT_CASE(no_more_are_free_than_there_are),
	KUNIT_CASE(of_a_large_host),
	KUNIT_CASE(a_busy_lock_leaves_it_unknown),
	KUNIT_CASE(nodes_add_up),
	KUNIT_CASE(nodes_that_are_not_there),
	KUNIT_CASE(broken_lists_are_an_error),
	KUNIT_CASE(holds_are_noted),
	KUNIT_CASE(looks_before_it_counts),
	KUNIT_CASE(free_lists_are_counted_to_the_cap),
	{}
};

static struct kunit_suite scan_suite = {
	.name = "kmemscope_scan",
	.init = fake_slab_begin,
	.exit = fake_slab_end,
	.test_cases = scan_cases,
};

kunit_test_suite(scan_suite);
