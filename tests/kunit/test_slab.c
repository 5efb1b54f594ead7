// SPDX-License-Identifier: GPL-2.0-only
/*
 * The collector of caches: a collection takes several holds of slab_mutex, and
 * the list of caches changes between them. A cache that stays comes once.
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "collect/collectors.h"
#include "internals/progress.h"
#include "record/kinds.h"
#include "run/view.h"

#include "fake_slab.h"

/* A hold notes or counts so many caches when each read of the clock is late. */
#define PER_HOLD	16
#define LATE_NS		NSEC_PER_SEC

/* More than any collection here takes. */
#define MAX_STEPS	2000

static struct fake_cache *cache_new(struct kunit *test, const char *name)
{
	struct fake_cache *cache = fake_cache_new(test);

	cache->name = name;
	cache->size = 64;
	fake_node_new(test, cache, 0);
	return cache;
}

/* Make caches with names of their own, each behind those before it. */
static struct fake_cache **caches_new(struct kunit *test, u32 nr)
{
	struct fake_cache **caches =
		kunit_kcalloc(test, nr, sizeof(*caches), GFP_KERNEL);
	char *names = kunit_kcalloc(test, nr, 16, GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, caches);
	KUNIT_ASSERT_NOT_NULL(test, names);
	for (i = 0; i < nr; i++) {
		scnprintf(names + 16 * i, 16, "cache-%u", i);
		caches[i] = cache_new(test, names + 16 * i);
	}
	return caches;
}

/* The kernel adds new caches at the head. */
static struct fake_cache *cache_new_first(struct kunit *test, const char *name)
{
	struct fake_cache *cache = cache_new(test, name);

	list_move(&cache->list, &fake_caches);
	return cache;
}

/* Nobody may read it after that. */
static void cache_destroy(struct fake_cache *cache)
{
	list_del(&cache->list);
	memset(cache, 0x5a, sizeof(*cache));
}

/* Make another cache at the same address. */
static void cache_again(struct kunit *test, struct fake_cache *cache,
			const char *name)
{
	list_del(&cache->list);
	memset(cache, 0, sizeof(*cache));
	cache->name = name;
	cache->refcount = 1;
	cache->size = 64;
	fake_node_new(test, cache, 0);
	list_add(&cache->list, &fake_caches);
}

static struct ks_snapshot *slab_begin(struct kunit *test,
				      const struct ks_view *view,
				      const void *want, unsigned long options)
{
	struct ks_snapshot *snap = ks_snapshot_new(view->kind, want);

	KUNIT_ASSERT_NOT_NULL(test, snap);
	snap->options = options;
	KUNIT_ASSERT_EQ(test, 0, view->collect(snap, NULL));
	return snap;
}

static const struct ks_view *view_slab(void)
{
	return &ks_collector_slab.views[0];
}

static const struct ks_view *view_node(void)
{
	return &ks_collector_slab.views[1];
}

static struct ks_snapshot *slab_begin_all(struct kunit *test)
{
	return slab_begin(test, view_slab(), NULL, 0);
}

static bool is_complete(const struct ks_snapshot *snap)
{
	return !snap->more_items && snap->nr_done == snap->nr;
}

static void slab_step(struct kunit *test, struct ks_snapshot *snap)
{
	const struct ks_view *view = snap->kind == view_slab()->kind ?
				     view_slab() : view_node();

	KUNIT_ASSERT_FALSE(test, is_complete(snap));
	KUNIT_ASSERT_EQ(test, 0, view->step(snap, NULL));
}

/* Run all steps that are left; returns their number. */
static u32 slab_finish(struct kunit *test, struct ks_snapshot *snap)
{
	u32 steps = 0;

	while (!is_complete(snap)) {
		KUNIT_ASSERT_LT(test, steps, MAX_STEPS);
		slab_step(test, snap);
		steps++;
	}
	return steps;
}

static void slab_note_all(struct kunit *test, struct ks_snapshot *snap)
{
	while (snap->more_items)
		slab_step(test, snap);
}

/* Both record types begin with the name. */
static u32 records_named(const struct ks_snapshot *snap, const char *name)
{
	u32 i, nr = 0;

	for (i = 0; i < snap->nr_valid; i++)
		nr += !strcmp(ks_snapshot_record(snap, i), name);
	return nr;
}

static void expect_each_once(struct kunit *test, const struct ks_snapshot *snap,
			     struct fake_cache **caches, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_EQ_MSG(test, 1, records_named(snap,
							   caches[i]->name),
				    "%s", caches[i]->name);
}

static void a_short_list_takes_one_hold(struct kunit *test)
{
	struct fake_cache **caches = caches_new(test, 200);
	struct ks_snapshot *snap = slab_begin_all(test);

	KUNIT_EXPECT_TRUE(test, is_complete(snap));
	KUNIT_EXPECT_EQ(test, 200, snap->nr_valid);
	expect_each_once(test, snap, caches, 200);
	ks_snapshot_free(snap);
}

/* The first holds only note. No hold does more than its part. */
static void a_long_list_takes_several_holds(struct kunit *test)
{
	const u32 nr = 3 * PER_HOLD - 1;
	struct fake_cache **caches = caches_new(test, nr);
	struct ks_snapshot *snap;
	u32 i, before;

	fake_walk.tick_ns = LATE_NS;
	snap = slab_begin_all(test);
	for (i = 1; i < 3; i++) {
		KUNIT_EXPECT_TRUE(test, snap->more_items);
		KUNIT_EXPECT_EQ(test, i * PER_HOLD, snap->nr);
		slab_step(test, snap);
	}
	KUNIT_EXPECT_FALSE(test, snap->more_items);
	KUNIT_EXPECT_EQ(test, nr, snap->nr);
	KUNIT_EXPECT_EQ(test, 0, snap->nr_valid);
	while (!is_complete(snap)) {
		before = snap->nr_valid;
		slab_step(test, snap);
		KUNIT_EXPECT_LE(test, snap->nr_valid, before + PER_HOLD);
	}
	expect_each_once(test, snap, caches, nr);
	KUNIT_EXPECT_EQ(test, nr, snap->nr_valid);
	KUNIT_EXPECT_FALSE(test, snap->changed);
	ks_snapshot_free(snap);
}

/* A guess from the last collection says how much room there is. */
static void more_caches_than_before(struct kunit *test)
{
	struct fake_cache **caches = caches_new(test, 10);
	struct ks_snapshot *snap = slab_begin_all(test);

	expect_each_once(test, snap, caches, 10);
	ks_snapshot_free(snap);
	caches = caches_new(test, 200);
	/* There is room for 42 at first. */
	fake_walk.tick_ns = LATE_NS;
	snap = slab_begin_all(test);
	slab_finish(test, snap);
	KUNIT_EXPECT_FALSE(test, snap->changed);
	/* The first ten have the names of ten others. */
	KUNIT_EXPECT_EQ(test, 210, snap->nr_valid);
	KUNIT_EXPECT_EQ(test, 2, records_named(snap, "cache-9"));
	expect_each_once(test, snap, caches + 10, 190);
	ks_snapshot_free(snap);
}

static void caches_are_made_meanwhile(struct kunit *test)
{
	struct fake_cache **caches = caches_new(test, 200);
	struct ks_snapshot *snap;

	fake_walk.tick_ns = LATE_NS;
	snap = slab_begin_all(test);
	cache_new_first(test, "first");
	cache_new(test, "last");
	slab_note_all(test, snap);
	/* All are noted now, so these come too late. */
	cache_new_first(test, "too late");
	cache_new(test, "too late");
	slab_step(test, snap);
	cache_new_first(test, "too late");
	slab_finish(test, snap);
	expect_each_once(test, snap, caches, 200);
	KUNIT_EXPECT_EQ(test, 1, records_named(snap, "first"));
	KUNIT_EXPECT_EQ(test, 1, records_named(snap, "last"));
	KUNIT_EXPECT_EQ(test, 202, snap->nr_valid);
	KUNIT_EXPECT_FALSE(test, snap->changed);
	ks_snapshot_free(snap);
}

/* Before they are all noted: what is gone is not missed. */
static void caches_go_before_they_are_counted(struct kunit *test)
{
	struct fake_cache **caches = caches_new(test, 200);
	struct ks_snapshot *snap;

	fake_walk.tick_ns = LATE_NS;
	snap = slab_begin_all(test);
	/* The one that was noted last, the one after it, and both ends. */
	cache_destroy(caches[PER_HOLD - 1]);
	cache_destroy(caches[PER_HOLD]);
	cache_destroy(caches[0]);
	cache_destroy(caches[199]);
	slab_finish(test, snap);
	expect_each_once(test, snap, caches + 1, PER_HOLD - 2);
	expect_each_once(test, snap, caches + PER_HOLD + 1, 198 - PER_HOLD);
	KUNIT_EXPECT_EQ(test, 196, snap->nr_valid);
	/* Two had been noted. */
	KUNIT_EXPECT_TRUE(test, snap->changed);
	ks_snapshot_free(snap);
}

static void caches_go_while_others_are_counted(struct kunit *test)
{
	struct fake_cache **caches = caches_new(test, 200);
	struct ks_snapshot *snap;

	fake_walk.tick_ns = LATE_NS;
	snap = slab_begin_all(test);
	slab_note_all(test, snap);
	slab_step(test, snap);
	KUNIT_EXPECT_EQ(test, PER_HOLD, snap->nr_valid);
	/* Its record stays, and nothing is missing. */
	cache_destroy(caches[PER_HOLD - 1]);
	slab_step(test, snap);
	KUNIT_EXPECT_EQ(test, 2 * PER_HOLD, snap->nr_valid);
	KUNIT_EXPECT_FALSE(test, snap->changed);
	cache_destroy(caches[2 * PER_HOLD]);
	cache_destroy(caches[199]);
	slab_finish(test, snap);
	expect_each_once(test, snap, caches, PER_HOLD - 1);
	expect_each_once(test, snap, caches + PER_HOLD, PER_HOLD);
	expect_each_once(test, snap, caches + 2 * PER_HOLD + 1,
			 198 - 2 * PER_HOLD);
	KUNIT_EXPECT_EQ(test, 198, snap->nr_valid);
	KUNIT_EXPECT_TRUE(test, snap->changed);
	ks_snapshot_free(snap);
}

/* The kernel gives the memory of a cache to the next one. */
static void other_caches_take_their_places(struct kunit *test)
{
	struct fake_cache **caches = caches_new(test, 200);
	struct ks_snapshot *snap;

	fake_walk.tick_ns = LATE_NS;
	snap = slab_begin_all(test);
	slab_note_all(test, snap);
	slab_step(test, snap);
	/* One counted, and one not yet. */
	cache_again(test, caches[3], "another");
	cache_again(test, caches[150], "another");
	slab_finish(test, snap);
	KUNIT_EXPECT_EQ(test, 0, records_named(snap, "another"));
	KUNIT_EXPECT_EQ(test, 1, records_named(snap, "cache-3"));
	KUNIT_EXPECT_EQ(test, 0, records_named(snap, "cache-150"));
	KUNIT_EXPECT_TRUE(test, snap->changed);
	expect_each_once(test, snap, caches + 4, 146);
	expect_each_once(test, snap, caches + 151, 49);
	ks_snapshot_free(snap);
}

/* A module was loaded again: the same names, in places of each other. */
static void the_same_names_come_again(struct kunit *test)
{
	struct fake_cache **caches = caches_new(test, 200);
	struct ks_snapshot *snap;

	fake_walk.tick_ns = LATE_NS;
	snap = slab_begin_all(test);
	slab_note_all(test, snap);
	slab_step(test, snap);
	/* The names of counted ones, where others were not yet counted. */
	cache_again(test, caches[150], "cache-1");
	cache_again(test, caches[151], "cache-2");
	/* The same name at the same place, counted or not. */
	cache_again(test, caches[3], "cache-3");
	cache_again(test, caches[160], "cache-160");
	/* And at a place of its own. */
	cache_destroy(caches[4]);
	cache_new_first(test, "cache-4");
	slab_finish(test, snap);
	expect_each_once(test, snap, caches, 4);
	KUNIT_EXPECT_EQ(test, 1, records_named(snap, "cache-4"));
	expect_each_once(test, snap, caches + 5, 145);
	expect_each_once(test, snap, caches + 152, 48);
	KUNIT_EXPECT_EQ(test, 198, snap->nr_valid);
	KUNIT_EXPECT_TRUE(test, snap->changed);
	ks_snapshot_free(snap);
}

static void all_caches_go(struct kunit *test)
{
	struct fake_cache **caches = caches_new(test, 200);
	struct ks_snapshot *snap, *other;
	u32 i;

	fake_walk.tick_ns = LATE_NS;
	snap = slab_begin_all(test);
	other = slab_begin_all(test);
	slab_note_all(test, other);
	for (i = 0; i < 200; i++)
		cache_destroy(caches[i]);
	slab_finish(test, snap);
	slab_finish(test, other);
	KUNIT_EXPECT_EQ(test, 0, snap->nr_valid);
	KUNIT_EXPECT_EQ(test, 0, other->nr_valid);
	KUNIT_EXPECT_TRUE(test, snap->changed);
	KUNIT_EXPECT_TRUE(test, other->changed);
	ks_snapshot_free(snap);
	ks_snapshot_free(other);
}

static void one_name_is_found_in_any_hold(struct kunit *test)
{
	struct ks_slab_record *want =
		kunit_kzalloc(test, sizeof(*want), GFP_KERNEL);
	struct ks_snapshot *snap;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, want);
	ks_record_init(&ks_kind_slab, want);
	caches_new(test, 200);
	for (i = 0; i < 20; i++)
		cache_new(test, "namesake");
	fake_walk.tick_ns = LATE_NS;
	strscpy(want->name, "cache-190", sizeof(want->name));
	snap = slab_begin(test, view_slab(), want, 0);
	KUNIT_EXPECT_EQ(test, 0, snap->nr);
	slab_finish(test, snap);
	KUNIT_EXPECT_EQ(test, 1, snap->nr_valid);
	KUNIT_EXPECT_EQ(test, 1, records_named(snap, "cache-190"));
	ks_snapshot_free(snap);
	/* More than there is room for at first. */
	strscpy(want->name, "namesake", sizeof(want->name));
	snap = slab_begin(test, view_slab(), want, 0);
	slab_finish(test, snap);
	KUNIT_EXPECT_EQ(test, 20, snap->nr_valid);
	KUNIT_EXPECT_EQ(test, 20, records_named(snap, "namesake"));
	KUNIT_EXPECT_FALSE(test, snap->changed);
	ks_snapshot_free(snap);
	/* There is none, which is known when all were noted. */
	strscpy(want->name, "cache-", sizeof(want->name));
	snap = slab_begin(test, view_slab(), want, 0);
	KUNIT_EXPECT_FALSE(test, is_complete(snap));
	slab_finish(test, snap);
	KUNIT_EXPECT_EQ(test, 0, snap->nr);
	KUNIT_EXPECT_FALSE(test, snap->changed);
	ks_snapshot_free(snap);
}

/* Nodes with so many partial slabs that each takes a hold. */
static void long_nodes_new(struct kunit *test, struct fake_cache *cache)
{
	int nid;

	for (nid = 0; nid < 2; nid++)
		fake_slabs_add(test, fake_node_new(test, cache, nid), PER_HOLD,
			       10, 5);
}

static void expect_node(struct kunit *test, const struct ks_snapshot *snap,
			u32 index, const char *name, u32 node)
{
	const struct ks_slab_node_record *record =
		ks_snapshot_record(snap, index);

	KUNIT_ASSERT_LT(test, index, snap->nr_valid);
	KUNIT_EXPECT_STREQ(test, name, record->name);
	KUNIT_EXPECT_EQ(test, node, record->node);
	KUNIT_EXPECT_EQ(test, 5ULL * PER_HOLD, record->nr_active_objects);
}

/* Each node of a cache comes once, though others come before it. */
static void nodes_take_holds_of_their_own(struct kunit *test)
{
	struct fake_cache **caches = caches_new(test, 3);
	struct ks_snapshot *snap;
	u32 i;

	if (!node_state(1, N_NORMAL_MEMORY))
		kunit_skip(test, "one node only");
	for (i = 0; i < 3; i++)
		long_nodes_new(test, caches[i]);
	snap = slab_begin(test, view_node(), NULL, 0);
	KUNIT_EXPECT_EQ(test, 6, snap->nr_valid);
	ks_snapshot_free(snap);
	fake_walk.tick_ns = LATE_NS;
	snap = slab_begin(test, view_node(), NULL, 0);
	slab_step(test, snap);
	KUNIT_EXPECT_EQ(test, 1, snap->nr_valid);
	cache_new_first(test, "too late");
	slab_step(test, snap);
	KUNIT_EXPECT_EQ(test, 2, snap->nr_valid);
	slab_step(test, snap);
	/* One node of the second is counted when it goes. */
	cache_destroy(caches[1]);
	slab_finish(test, snap);
	KUNIT_EXPECT_TRUE(test, snap->changed);
	KUNIT_EXPECT_EQ(test, 5, snap->nr_valid);
	expect_node(test, snap, 0, "cache-0", 0);
	expect_node(test, snap, 1, "cache-0", 1);
	expect_node(test, snap, 2, "cache-1", 0);
	expect_node(test, snap, 3, "cache-2", 0);
	expect_node(test, snap, 4, "cache-2", 1);
	ks_snapshot_free(snap);
}

static void expect_cached(struct kunit *test, const struct ks_snapshot *snap,
			  u32 index, const char *name, u64 nr_cached)
{
	const struct ks_slab_record *record = ks_snapshot_record(snap, index);

	KUNIT_ASSERT_LT(test, index, snap->nr_valid);
	KUNIT_EXPECT_STREQ(test, name, record->name);
	KUNIT_EXPECT_EQ(test, nr_cached, record->nr_cached_objects);
}

/* The CPUs of a cache take several holds, and are not counted twice. */
static void cpus_take_holds_of_their_own(struct kunit *test)
{
	struct fake_cache **caches = caches_new(test, 3);
	struct ks_snapshot *snap;

	fake_walk.nr_cpus = 4;
	snap = slab_begin(test, view_slab(), NULL, KS_SLAB_EXACT);
	/* A job does its work before anything is counted. */
	KUNIT_EXPECT_FALSE(test, snap->more_items);
	KUNIT_EXPECT_EQ(test, 3, snap->nr);
	KUNIT_EXPECT_EQ(test, 0, snap->nr_valid);
	slab_step(test, snap);
	slab_step(test, snap);
	KUNIT_EXPECT_EQ(test, 0, snap->nr_valid);
	cache_new_first(test, "too late");
	slab_step(test, snap);
	slab_step(test, snap);
	KUNIT_EXPECT_EQ(test, 1, snap->nr_valid);
	/* Another cache takes the place, with the name but not the size. */
	cache_again(test, caches[1], "cache-1");
	caches[1]->size = 128;
	slab_finish(test, snap);
	KUNIT_EXPECT_EQ(test, 2, snap->nr_valid);
	KUNIT_EXPECT_TRUE(test, snap->changed);
	expect_cached(test, snap, 0, "cache-0", 28);
	expect_cached(test, snap, 1, "cache-2", 28);
	ks_snapshot_free(snap);
}

static void a_cache_goes_that_is_counted_in_part(struct kunit *test)
{
	struct fake_cache **caches = caches_new(test, 3);
	struct ks_snapshot *snap;

	fake_walk.nr_cpus = 3;
	snap = slab_begin(test, view_slab(), NULL, KS_SLAB_EXACT);
	slab_step(test, snap);
	cache_destroy(caches[0]);
	slab_finish(test, snap);
	KUNIT_EXPECT_EQ(test, 2, snap->nr_valid);
	KUNIT_EXPECT_TRUE(test, snap->changed);
	expect_cached(test, snap, 0, "cache-1", 21);
	expect_cached(test, snap, 1, "cache-2", 21);
	ks_snapshot_free(snap);
}

/* A walk over pages adds to the caches that were noted, and to no other. */
static void pages_add_up_to_caches(struct kunit *test)
{
	struct fake_cache **caches = caches_new(test, 2);
	const struct ks_view *view = view_slab();
	const struct ks_slab_record *record;
	struct ks_snapshot *snap;
	struct ks_progress progress = {};
	u32 i;

	for (i = 0; i < 2; i++)
		fake_slabs_add(test, caches[i]->node[0], 4, 10, 5);
	snap = slab_begin(test, view, NULL, KS_SLAB_EXACT);
	cache_new_first(test, "too late");
	KUNIT_ASSERT_EQ(test, 0, view->work->run(&snap, NULL, &progress, NULL));
	slab_finish(test, snap);
	KUNIT_ASSERT_EQ(test, 2, snap->nr_valid);
	for (i = 0; i < 2; i++) {
		record = ks_snapshot_record(snap, i);
		KUNIT_EXPECT_STREQ(test, caches[i]->name, record->name);
		KUNIT_EXPECT_STREQ(test, "pages", record->inuse_basis);
		KUNIT_EXPECT_EQ(test, 20ULL, record->nr_active_objects);
		KUNIT_EXPECT_EQ(test, 13ULL, record->nr_inuse_objects);
	}
	ks_snapshot_free(snap);
	fake_walk.pages_err = -EINTR;
	snap = slab_begin(test, view, NULL, KS_SLAB_EXACT);
	KUNIT_EXPECT_EQ(test, -EINTR,
			view->work->run(&snap, NULL, &progress, NULL));
	ks_snapshot_free(snap);
}

static void a_busy_mutex_is_an_error(struct kunit *test)
{
	struct ks_snapshot *snap;

	caches_new(test, 200);
	fake_walk.tick_ns = LATE_NS;
	snap = slab_begin_all(test);
	mutex_lock(&fake_slab_mutex);
	KUNIT_EXPECT_EQ(test, -EBUSY, view_slab()->step(snap, NULL));
	mutex_unlock(&fake_slab_mutex);
	KUNIT_EXPECT_EQ(test, PER_HOLD, snap->nr);
	slab_finish(test, snap);
	KUNIT_EXPECT_EQ(test, 200, snap->nr_valid);
	ks_snapshot_free(snap);
}

static struct kunit_case slab_cases[] = {
	KUNIT_CASE(a_short_list_takes_one_hold),
	KUNIT_CASE(a_long_list_takes_several_holds),
	KUNIT_CASE(more_caches_than_before),
	KUNIT_CASE(caches_are_made_meanwhile),
	KUNIT_CASE(caches_go_before_they_are_counted),
	KUNIT_CASE(caches_go_while_others_are_counted),
	KUNIT_CASE(other_caches_take_their_places),
	KUNIT_CASE(the_same_names_come_again),
	KUNIT_CASE(all_caches_go),
	KUNIT_CASE(one_name_is_found_in_any_hold),
	KUNIT_CASE(nodes_take_holds_of_their_own),
	KUNIT_CASE(cpus_take_holds_of_their_own),
	KUNIT_CASE(a_cache_goes_that_is_counted_in_part),
	KUNIT_CASE(pages_add_up_to_caches),
	KUNIT_CASE(a_busy_mutex_is_an_error),
	{}
};

static struct kunit_suite slab_suite = {
	.name = "kmemscope_slab",
	.init = fake_slab_begin,
	.exit = fake_slab_end,
	.test_cases = slab_cases,
};

kunit_test_suite(slab_suite);
