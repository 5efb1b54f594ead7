// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads of a cache: its name, its flags and sizes, and the next one.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "internals/cache.h"
#include "internals/lock_hold.h"

#include "fake_slab.h"

/* Letters, as many as the longest name here has. */
static char letters[KS_CACHE_NAME_SIZE + 8];

/* Expect the name that is read from a place with `length` characters. */
static void expect_name(struct kunit *test, char *place, size_t length)
{
	struct fake_cache *cache = fake_cache_new(test);
	char wanted[KS_CACHE_NAME_SIZE] = {}, name[KS_CACHE_NAME_SIZE];

	memcpy(place, letters, length);
	place[length] = '\0';
	memcpy(wanted, letters, min(length, sizeof(wanted) - 1));
	memset(name, 0x5a, sizeof(name));
	cache->name = place;
	KUNIT_EXPECT_EQ(test, 0,
			fake_locked(ks_cache_name(fake_kmem_cache(cache),
						  name)));
	/* All bytes, as those behind the end go into records too. */
	KUNIT_EXPECT_MEMEQ_MSG(test, wanted, name, sizeof(name),
			       "%zu characters", length);
}

static void names_of_each_length(struct kunit *test)
{
	char *place = kunit_kzalloc(test, 256, GFP_KERNEL);
	size_t length, shift;

	KUNIT_ASSERT_NOT_NULL(test, place);
	for (length = 0; length < KS_CACHE_NAME_SIZE + 8; length++)
		for (shift = 0; shift < 8; shift += 3) {
			memset(place, 'x', 255);
			expect_name(test, place + shift, length);
		}
}

/* The page after this one is not mapped. */
static void names_that_end_with_their_page(struct kunit *test)
{
	char *page = vmalloc(PAGE_SIZE);
	size_t length;

	KUNIT_ASSERT_NOT_NULL(test, page);
	for (length = 0; length < 24; length++)
		expect_name(test, page + PAGE_SIZE - length - 1, length);
	vfree(page);
}

static void names_that_are_not_there(struct kunit *test)
{
	struct fake_cache *cache = fake_cache_new(test);
	char name[KS_CACHE_NAME_SIZE];
	char *page = vmalloc(PAGE_SIZE);

	KUNIT_ASSERT_NOT_NULL(test, page);
	cache->name = NULL;
	KUNIT_EXPECT_EQ(test, -EFAULT,
			fake_locked(ks_cache_name(fake_kmem_cache(cache),
						  name)));
	/* A name without an end goes on into memory that is not mapped. */
	memset(page, 'x', PAGE_SIZE);
	cache->name = page + PAGE_SIZE - 5;
	KUNIT_EXPECT_EQ(test, -EFAULT,
			fake_locked(ks_cache_name(fake_kmem_cache(cache),
						  name)));
	vfree(page);
}

static void tells_what_a_cache_is(struct kunit *test)
{
	struct fake_cache *cache = fake_cache_new(test);
	struct ks_cache_info info;

	cache->object_size = 190;
	cache->size = 192;
	cache->oo = 3 << 16 | 170;
	cache->refcount = 4;
	cache->flags = (__force u32)SLAB_ACCOUNT;
	KUNIT_EXPECT_EQ(test, 0,
			fake_locked(ks_cache_info(fake_kmem_cache(cache),
						  &info)));
	KUNIT_EXPECT_EQ(test, 190, info.object_size);
	KUNIT_EXPECT_EQ(test, 192, info.size);
	KUNIT_EXPECT_EQ(test, 3, info.order);
	KUNIT_EXPECT_EQ(test, 170, info.objects_per_slab);
	KUNIT_EXPECT_EQ(test, 3, info.nr_aliases);
	KUNIT_EXPECT_FALSE(test, info.reclaimable);
	KUNIT_EXPECT_TRUE(test, info.accounted);
	/* A cache made at boot has a negative count, and no aliases. */
	cache->refcount = -1;
	cache->oo = 65535;
	cache->flags = (__force u32)SLAB_RECLAIM_ACCOUNT;
	KUNIT_EXPECT_EQ(test, 0,
			fake_locked(ks_cache_info(fake_kmem_cache(cache),
						  &info)));
	KUNIT_EXPECT_EQ(test, 0, info.nr_aliases);
	KUNIT_EXPECT_EQ(test, 0, info.order);
	KUNIT_EXPECT_EQ(test, 65535, info.objects_per_slab);
	KUNIT_EXPECT_TRUE(test, info.reclaimable);
	KUNIT_EXPECT_FALSE(test, info.accounted);
}

static void steps_through_caches(struct kunit *test)
{
	struct kmem_cache *cache = NULL;
	struct fake_cache *made[3];
	u32 i;

	KUNIT_EXPECT_EQ(test, 0, fake_locked(ks_cache_next(&cache)));
	KUNIT_EXPECT_NULL(test, cache);
	for (i = 0; i < ARRAY_SIZE(made); i++)
		made[i] = fake_cache_new(test);
	for (i = 0; i < ARRAY_SIZE(made); i++) {
		KUNIT_EXPECT_EQ(test, 0, fake_locked(ks_cache_next(&cache)));
		KUNIT_EXPECT_PTR_EQ(test, fake_kmem_cache(made[i]), cache);
	}
	KUNIT_EXPECT_EQ(test, 0, fake_locked(ks_cache_next(&cache)));
	KUNIT_EXPECT_NULL(test, cache);
	cache = fake_kmem_cache(made[1]);
	made[1]->list.next = NULL;
	/* A broken list leads to memory that is not mapped. */
	KUNIT_EXPECT_EQ(test, 0, fake_locked(ks_cache_next(&cache)));
	KUNIT_EXPECT_EQ(test, -EFAULT, fake_locked(ks_cache_next(&cache)));
	INIT_LIST_HEAD(&fake_caches);
}

/* A limit on tries, a counter of failures, and a note of each hold. */
static void takes_the_mutex_if_it_is_free(struct kunit *test)
{
	const u64 contended = ks_hold_nr_contended();
	struct ks_hold hold;
	u64 since = 0;

	mutex_lock(&fake_slab_mutex);
	KUNIT_EXPECT_FALSE(test, ks_caches_hold(3, 10, &since));
	mutex_unlock(&fake_slab_mutex);
	KUNIT_EXPECT_EQ(test, contended + 1, ks_hold_nr_contended());
	KUNIT_EXPECT_TRUE(test, ks_caches_hold(1, 10, &since));
	KUNIT_EXPECT_TRUE(test, mutex_is_locked(&fake_slab_mutex));
	KUNIT_EXPECT_LE(test, since, ks_hold_clock());
	ks_caches_release(since, 12345);
	KUNIT_EXPECT_EQ(test, contended + 1, ks_hold_nr_contended());
	ks_hold_read(KS_LOCK_SLAB_MUTEX, &hold);
	KUNIT_EXPECT_EQ(test, 12345, hold.most_entries);
	KUNIT_EXPECT_GT(test, hold.longest_ns, 0ULL);
}

static int cache_init(struct kunit *test)
{
	u32 i;

	for (i = 0; i < sizeof(letters); i++)
		letters[i] = '0' + i % 75;
	return fake_slab_begin(test);
}

static struct kunit_case access_cases[] = {
	KUNIT_CASE(names_of_each_length),
	KUNIT_CASE(names_that_end_with_their_page),
	KUNIT_CASE(names_that_are_not_there),
	KUNIT_CASE(tells_what_a_cache_is),
	KUNIT_CASE(steps_through_caches),
	KUNIT_CASE(takes_the_mutex_if_it_is_free),
	{}
};

static struct kunit_suite access_suite = {
	.name = "kmemscope_access",
	.init = cache_init,
	.exit = fake_slab_end,
	.test_cases = access_cases,
};

kunit_test_suite(access_suite);
