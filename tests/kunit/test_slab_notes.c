// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of noted caches: it finds what was added, and nothing else, however
 * full it is.
 */
#include <kunit/test.h>
#include <linux/string.h>

#include "collect/slab_notes.h"

/* Caches are some bytes apart. */
static const struct kmem_cache *cache_at(unsigned long i)
{
	return (const struct kmem_cache *)(0xffff888000000000UL + i * 256);
}

static struct ks_slab_notes notes_new(struct kunit *test, u32 room, bool sums)
{
	const size_t bytes = ks_slab_notes_bytes(room, sums);
	struct ks_slab_notes notes;
	void *memory = kunit_kzalloc(test, bytes, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	ks_slab_notes_init(&notes, memory, room, sums);
	return notes;
}

/* Fill a table, and expect what is in it. */
static void expect_found(struct kunit *test, u32 room)
{
	struct ks_slab_notes notes = notes_new(test, room, false);
	struct ks_slab_note *note;
	u32 i;

	for (i = 0; i < room; i++) {
		note = ks_slab_notes_add(&notes, cache_at(i));
		KUNIT_ASSERT_NOT_NULL(test, note);
		KUNIT_ASSERT_PTR_EQ(test, cache_at(i), note->cache);
		KUNIT_ASSERT_EQ(test, 0, note->name_hash);
		KUNIT_ASSERT_FALSE(test, note->done);
		note->name_hash = i + 1;
	}
	KUNIT_EXPECT_EQ(test, room, notes.nr);
	KUNIT_EXPECT_NULL(test, ks_slab_notes_add(&notes, cache_at(room)));
	KUNIT_EXPECT_EQ(test, room, notes.nr);
	for (i = 0; i < room; i++) {
		note = ks_slab_notes_find(&notes, cache_at(i));
		KUNIT_ASSERT_NOT_NULL(test, note);
		KUNIT_ASSERT_EQ(test, i + 1, note->name_hash);
	}
	for (; i < 2 * room + 10; i++)
		KUNIT_ASSERT_NULL(test, ks_slab_notes_find(&notes,
							   cache_at(i)));
}

static void finds_what_was_noted(struct kunit *test)
{
	static const u32 rooms[] = { 1, 2, 3, 7, 8, 300, 1000 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rooms); i++)
		expect_found(test, rooms[i]);
}

/* A page that is no slab any more has garbage as its cache. */
static void nothing_is_no_cache(struct kunit *test)
{
	struct ks_slab_notes notes = notes_new(test, 1, false);

	KUNIT_EXPECT_NULL(test, ks_slab_notes_find(&notes, NULL));
	KUNIT_EXPECT_NULL(test, ks_slab_notes_find(&notes, cache_at(0)));
	ks_slab_notes_add(&notes, cache_at(0));
	KUNIT_EXPECT_NULL(test, ks_slab_notes_find(&notes, NULL));
	KUNIT_EXPECT_NULL(test, ks_slab_notes_find(&notes, (void *)1));
}

static void each_has_a_sum_of_its_own(struct kunit *test)
{
	struct ks_slab_notes notes = notes_new(test, 100, true);
	struct ks_slab_note *note;
	u32 i;

	for (i = 0; i < 100; i++) {
		note = ks_slab_notes_add(&notes, cache_at(i));
		KUNIT_ASSERT_NOT_NULL(test, note);
		ks_slab_notes_sum(&notes, note)->nr_inuse = i;
		ks_slab_notes_sum(&notes, note)->nr_objects = 2 * i;
	}
	for (i = 0; i < 100; i++) {
		note = ks_slab_notes_find(&notes, cache_at(i));
		KUNIT_ASSERT_NOT_NULL(test, note);
		KUNIT_EXPECT_EQ(test, (u64)i,
				ks_slab_notes_sum(&notes, note)->nr_inuse);
		KUNIT_EXPECT_EQ(test, 2ULL * i,
				ks_slab_notes_sum(&notes, note)->nr_objects);
	}
}

static void takes_the_bytes_that_it_says(struct kunit *test)
{
	struct ks_slab_notes notes = notes_new(test, 5, true);

	KUNIT_EXPECT_EQ(test, ks_slab_notes_bytes(5, true),
			(size_t)((void *)(notes.sums + notes.nr_places) -
				 (void *)notes.places));
}

static u32 hash_of(const char *text)
{
	char name[KS_CACHE_NAME_SIZE] = {};

	strscpy(name, text, sizeof(name));
	return ks_slab_name_hash(name);
}

/* Every byte counts, up to the longest name. */
static void names_differ_by_their_hash(struct kunit *test)
{
	char name[KS_CACHE_NAME_SIZE] = {};
	u32 last, hash = hash_of("");
	u32 i;

	KUNIT_EXPECT_EQ(test, hash_of("dentry"), hash_of("dentry"));
	KUNIT_EXPECT_NE(test, hash_of("dentry"), hash_of("dentrx"));
	KUNIT_EXPECT_NE(test, hash_of("kmalloc-64"), hash_of("kmalloc-46"));
	for (i = 0; i < sizeof(name) - 1; i++) {
		last = hash;
		name[i] = 'x';
		hash = ks_slab_name_hash(name);
		KUNIT_EXPECT_NE(test, last, hash);
		name[i] = 'y';
		KUNIT_EXPECT_NE(test, hash, ks_slab_name_hash(name));
		name[i] = 'x';
	}
}

static struct kunit_case notes_cases[] = {
	KUNIT_CASE(finds_what_was_noted),
	KUNIT_CASE(nothing_is_no_cache),
	KUNIT_CASE(each_has_a_sum_of_its_own),
	KUNIT_CASE(takes_the_bytes_that_it_says),
	KUNIT_CASE(names_differ_by_their_hash),
	{}
};

static struct kunit_suite notes_suite = {
	.name = "kmemscope_notes",
	.test_cases = notes_cases,
};

kunit_test_suite(notes_suite);
