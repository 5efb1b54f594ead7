// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slab caches, in sum and by NUMA node.
 *
 * The list of caches may change between two holds of slab_mutex, so a position
 * in it is no cursor. The first holds note all caches: their addresses, and
 * hashes of their names. Later holds walk over the list, and count each cache
 * that was noted and not yet counted. All walks begin at the list's head.
 *
 * So a cache that stays is noted once, as its address does not change, and
 * counted once. A cache that is gone is not on the list, and no noted address
 * is followed. Another cache that took its place has another name, and is left
 * out. One that was made after all were noted is left out, too.
 *
 * Lock order: slab_mutex, then list_lock (in internals/cache.c).
 */
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/netlink.h>
#include <linux/nodemask.h>
#include <linux/string.h>

#include "collect/collectors.h"
#include "collect/slab_measure.h"
#include "collect/slab_notes.h"
#include "collect/slab_record.h"
#include "internals/cache.h"
#include "internals/cache_pages.h"
#include "internals/cache_percpu.h"
#include "internals/internals.h"
#include "internals/lock_hold.h"
#include "record/kinds.h"
#include "run/view.h"

/*
 * A hold of slab_mutex counts for so long. It may take up to 1 ms, as the clock
 * is not read for each cache.
 */
#define HOLD_NS		(600 * NSEC_PER_USEC)
#define MUTEX_TRIES	15
#define MUTEX_PAUSE_US	50
#define SPARE_CACHES	32		/* room for new caches */
#define NAMESAKES	8		/* room for caches of one name */
#define CLOCK_ENTRIES	16		/* counted between reads of the clock */

/**
 * struct slab_walk - the state of a collection between holds
 * @notes: the caches that were noted
 * @under_way: the note of a cache that is counted in part, or NULL
 * @size: bytes that an object of it takes
 * @nid: the node to count next, or NUMA_NO_NODE for all at once
 * @cached: its per-CPU free objects, of the CPUs that were counted
 * @by_pages: whether a walk over pages made sums
 *
 * It is the snapshot's block. The memory of @notes follows.
 */
struct slab_walk {
	struct ks_slab_notes notes;
	struct ks_slab_note *under_way;
	u32 size;
	int nid;
	struct ks_percpu cached;
	bool by_pages;
};

/**
 * struct hold - one hold of slab_mutex
 * @until_ns: the ks_hold_clock() to stop at
 * @begun: whether anything was noted or counted in it
 * @entries: caches and slabs read since the clock was read
 * @passed: caches of the list that were passed
 * @left: caches that there was no room to note
 */
struct hold {
	u64 until_ns;
	bool begun;
	u32 entries;
	u32 passed;
	u32 left;
};

/* The notes begin where it ends. */
static_assert(sizeof(struct slab_walk) %
	      __alignof__(struct ks_slab_note) == 0);

static bool is_exact(const struct ks_snapshot *snap)
{
	return snap->options & KS_SLAB_EXACT;
}

static struct slab_walk *walk_of(const struct ks_snapshot *snap)
{
	return snap->priv;
}

/* Returns the name of the request, or NULL. */
static const char *request_name(const struct ks_snapshot *snap)
{
	const char *name = snap->want;

	return name && *name ? name : NULL;
}

/*
 * A reader waits for it, so this tries for about 1 ms: as long as one hold of
 * another reader.
 */
static int caches_lock(u64 *since, struct netlink_ext_ack *extack)
{
	if (ks_caches_hold(MUTEX_TRIES, MUTEX_PAUSE_US, since))
		return 0;
	NL_SET_ERR_MSG(extack, "the kernel's slab_mutex is busy, try again");
	return -EBUSY;
}

static bool is_per_node(const struct ks_snapshot *snap)
{
	return snap->kind == &ks_kind_slab_node;
}

/* Returns the node of the request, or U32_MAX. */
static u32 request_node(const struct ks_snapshot *snap)
{
	const struct ks_slab_node_record *want = snap->want;

	return is_per_node(snap) && want ? want->node : U32_MAX;
}

/*
 * Returns the first node from @nid on to count, or MAX_NUMNODES for none. A
 * node without memory has no slabs, and so no records.
 */
static int node_next(const struct ks_snapshot *snap, int nid)
{
	u32 asked = request_node(snap);

	if (asked == U32_MAX)
		return next_node(nid - 1, node_states[N_NORMAL_MEMORY]);
	if (asked < nid || asked >= MAX_NUMNODES ||
	    !node_state(asked, N_NORMAL_MEMORY))
		return MAX_NUMNODES;
	return asked;
}

/*
 * Each hold notes or counts at least one cache, so that the collection ends.
 * Reading the clock has its cost, so it is read once for some entries.
 */
static bool hold_is_over(struct hold *hold)
{
	if (!hold->begun || hold->entries < CLOCK_ENTRIES)
		return false;
	hold->entries = 0;
	return ks_hold_clock() > hold->until_ns;
}

/* Other caches need no record. */
static bool name_is_asked(const struct ks_snapshot *snap, const char *name)
{
	const char *asked = request_name(snap);

	if (asked && strcmp(asked, name))
		return false;
	/* A node that is not there has no record of any cache. */
	return !is_per_node(snap) || node_next(snap, 0) != MAX_NUMNODES;
}

/* Returns how many caches there are from this one on. */
static u32 caches_left(struct kmem_cache *cache)
{
	u32 left = 0;

	while (cache && left < KS_MAX_CACHES) {
		left++;
		if (ks_cache_next(&cache))
			break;
	}
	return left;
}

/* Notes a cache, or returns -ENOSPC when there is no room. */
static int cache_note(struct ks_snapshot *snap, struct kmem_cache *cache,
		      struct hold *hold)
{
	struct ks_slab_note *note = ks_slab_notes_add(&walk_of(snap)->notes,
						      cache);
	char name[KS_CACHE_NAME_SIZE];

	if (!note) {
		hold->left = caches_left(cache);
		return -ENOSPC;
	}
	if (ks_cache_name(cache, name))
		return -EFAULT;
	hold->begun = true;
	hold->entries++;
	note->name_hash = ks_slab_name_hash(name);
	note->done = !name_is_asked(snap, name);
	snap->nr += !note->done;
	return 0;
}

/* Notes caches until all are noted or the time is over. */
static int caches_note(struct ks_snapshot *snap, struct hold *hold)
{
	const struct ks_slab_notes *notes = &walk_of(snap)->notes;
	struct kmem_cache *cache = NULL;
	int err;

	for (hold->passed = 0; hold->passed < KS_MAX_CACHES; hold->passed++) {
		err = ks_cache_next(&cache);
		if (err)
			return err;
		if (!cache)
			break;
		if (ks_slab_notes_find(notes, cache))
			continue;
		if (hold_is_over(hold))
			return 0;
		err = cache_note(snap, cache, hold);
		if (err)
			return err;
	}
	snap->more_items = false;
	return 0;
}

/* Counts a cache on the node that the walk is at, and makes a record. */
static void cache_count(struct ks_snapshot *snap, const struct ks_slab_cache *c,
			const struct ks_exact *exact, struct hold *hold)
{
	const struct ks_geometry geometry = {
		.object_size = c->info.object_size,
		.size = c->info.size,
		.order = c->info.order,
	};
	const int nid = walk_of(snap)->nid;
	struct ks_cache_counts counts;
	struct ks_measured m;
	void *record;
	int err;

	hold->begun = true;
	err = ks_cache_count(c->cache, nid, &counts);
	if (err) {
		snap->changed |= err != -ENOENT;
		return;
	}
	hold->entries += 1 + counts.nr_sampled;
	record = ks_snapshot_begin_record(snap);
	if (!record)
		return;
	ks_measure(&m, &geometry, &counts, exact);
	if (is_per_node(snap))
		ks_slab_record_fill_node(record, c, nid, &counts, &m);
	else
		ks_slab_record_fill(record, c, &counts, &m, exact);
	ks_snapshot_commit_record(snap);
}

/* -EAGAIN when there are nodes left to count. */
static int cache_count_nodes(struct ks_snapshot *snap,
			     const struct ks_slab_cache *c, struct hold *hold)
{
	struct slab_walk *walk = walk_of(snap);

	while (walk->nid < MAX_NUMNODES) {
		if (hold_is_over(hold))
			return -EAGAIN;
		cache_count(snap, c, NULL, hold);
		walk->nid = node_next(snap, walk->nid + 1);
	}
	return 0;
}

/* -EAGAIN when there are CPUs left to count. */
static int cache_count_exact(struct ks_snapshot *snap,
			     const struct ks_slab_cache *c, struct hold *hold)
{
	struct slab_walk *walk = walk_of(snap);
	struct ks_exact exact = {};
	int err;

	hold->begun = true;
	err = ks_percpu_count(c->cache, hold->until_ns, &walk->cached);
	if (err == -EAGAIN)
		return err;
	exact.cached = walk->cached;
	if (walk->by_pages)
		exact.sum = ks_slab_notes_sum(&walk->notes, walk->under_way);
	cache_count(snap, c, err ? NULL : &exact, hold);
	/* It took long. */
	hold->entries = CLOCK_ENTRIES;
	return 0;
}

/*
 * Reads a cache at a noted address. False when it is another one: then it has
 * another name, or while its count is under way another size.
 */
static bool cache_read(const struct slab_walk *walk,
		       const struct ks_slab_note *note,
		       const struct kmem_cache *cache, struct ks_slab_cache *c)
{
	c->cache = cache;
	return !ks_cache_name(cache, c->name) &&
	       !ks_cache_info(cache, &c->info) &&
	       ks_slab_name_hash(c->name) == note->name_hash &&
	       (note != walk->under_way || c->info.size == walk->size);
}

/* Makes the records of a cache. -EAGAIN when a part of it is left to count. */
static int cache_fill(struct ks_snapshot *snap, struct ks_slab_note *note,
		      const struct kmem_cache *cache, struct hold *hold)
{
	struct slab_walk *walk = walk_of(snap);
	struct ks_slab_cache c;

	if (!cache_read(walk, note, cache, &c)) {
		snap->changed = true;
		return 0;
	}
	if (note != walk->under_way) {
		walk->under_way = note;
		walk->size = c.info.size;
		walk->nid = is_per_node(snap) ? node_next(snap, 0) :
						NUMA_NO_NODE;
		walk->cached = (struct ks_percpu){};
	}
	if (is_per_node(snap))
		return cache_count_nodes(snap, &c, hold);
	if (is_exact(snap))
		return cache_count_exact(snap, &c, hold);
	cache_count(snap, &c, NULL, hold);
	return 0;
}

static void note_is_done(struct ks_snapshot *snap, struct ks_slab_note *note)
{
	note->done = true;
	walk_of(snap)->under_way = NULL;
	snap->nr_done++;
}

/* At the end of the list: what was not counted is gone. */
static void caches_are_gone(struct ks_snapshot *snap)
{
	struct slab_walk *walk = walk_of(snap);

	snap->changed = true;
	/* The walk passed the others by, to find this one. */
	if (walk->under_way)
		note_is_done(snap, walk->under_way);
	else
		snap->nr_done = snap->nr;
}

/* Counts caches until all are counted or the time is over. */
static int caches_count(struct ks_snapshot *snap, struct hold *hold)
{
	struct slab_walk *walk = walk_of(snap);
	struct kmem_cache *cache = NULL;
	struct ks_slab_note *note;
	int err;

	for (hold->passed = 0; hold->passed < KS_MAX_CACHES; hold->passed++) {
		if (snap->nr_done == snap->nr)
			return 0;
		err = ks_cache_next(&cache);
		if (err)
			return err;
		if (!cache)
			break;
		note = ks_slab_notes_find(&walk->notes, cache);
		if (!note || note->done)
			continue;
		if (walk->under_way && note != walk->under_way)
			continue;
		if (hold_is_over(hold) ||
		    cache_fill(snap, note, cache, hold) == -EAGAIN)
			return 0;
		note_is_done(snap, note);
	}
	if (snap->nr_done < snap->nr)
		caches_are_gone(snap);
	return 0;
}

static u32 nodes_per_cache(const struct ks_snapshot *snap)
{
	return is_per_node(snap) && request_node(snap) == U32_MAX ?
	       num_online_nodes() : 1;
}

/*
 * Caches at the last walk over all of them, by any reader. It is a guess for
 * the next, so readers may race for it.
 */
static u32 nr_before = 256;

/*
 * What one hold does. Exact counts take longer, and follow the walk of a job:
 * so no hold notes caches and counts them exactly. Returns -ENOSPC when there
 * is no room for all notes or records.
 */
static int caches_go_on(struct ks_snapshot *snap, struct hold *hold)
{
	int err;

	if (snap->more_items) {
		err = caches_note(snap, hold);
		if (err || snap->more_items)
			return err;
		/* Another dump may read it: a guess of how many there are. */
		WRITE_ONCE(nr_before, walk_of(snap)->notes.nr);
		if (snap->nr * nodes_per_cache(snap) > snap->cap)
			return -ENOSPC;
		if (is_exact(snap) || ks_hold_clock() > hold->until_ns)
			return 0;
	}
	return caches_count(snap, hold);
}

/* Makes room for so many notes and items. No walk allocates. */
static int caches_reserve(struct ks_snapshot *snap, u32 nr, u32 nr_items)
{
	const u32 room = nr + SPARE_CACHES;
	struct slab_walk *walk;
	u32 records;
	int err;

	records = request_name(snap) ? nr_items + NAMESAKES : room;
	err = ks_snapshot_reserve_block(snap, records * nodes_per_cache(snap),
					sizeof(*walk) +
					ks_slab_notes_bytes(room,
							    is_exact(snap)));
	if (err)
		return err;
	walk = walk_of(snap);
	ks_slab_notes_init(&walk->notes, walk + 1, room, is_exact(snap));
	snap->more_items = true;
	return 0;
}

/*
 * One hold, or more when the room is too little: then all is noted anew.
 * Nothing was counted before, as that begins when there is room for all.
 */
static int caches_step(struct ks_snapshot *snap,
		       struct netlink_ext_ack *extack)
{
	struct hold hold;
	u64 since;
	int err;

	for (;;) {
		err = caches_lock(&since, extack);
		if (err)
			return err;
		hold = (struct hold){ .until_ns = ks_hold_clock() + HOLD_NS };
		err = caches_go_on(snap, &hold);
		ks_caches_release(since, hold.passed + hold.left);
		if (err != -ENOSPC)
			return err;
		err = caches_reserve(snap,
				     walk_of(snap)->notes.nr + hold.left,
				     snap->nr);
		if (err)
			return err;
	}
}

static int caches_collect(struct ks_snapshot *snap,
			  struct netlink_ext_ack *extack)
{
	/* Another dump may write it: too few only means one more reserve. */
	return caches_reserve(snap, READ_ONCE(nr_before), 0) ?:
	       caches_step(snap, extack);
}

static void slabs_add(void *arg, const struct kmem_cache *cache, u64 inuse,
		      u64 objects)
{
	const struct ks_slab_notes *notes = arg;
	struct ks_slab_note *note = ks_slab_notes_find(notes, cache);
	struct ks_slab_sum *sum;

	if (!note)
		return;
	sum = ks_slab_notes_sum(notes, note);
	sum->nr_inuse += inuse;
	sum->nr_objects += objects;
}

/* Counts by all slabs, for lists that are too long to be counted whole. */
static int caches_work(struct ks_snapshot *const *snaps,
		       const struct ks_request *asked,
		       struct ks_progress *progress,
		       struct netlink_ext_ack *extack)
{
	struct slab_walk *walk = walk_of(snaps[0]);
	int err;

	err = ks_cache_pages_walk(slabs_add, &walk->notes, progress);
	if (err == -EBUSY)
		NL_SET_ERR_MSG(extack,
			       "memory is going offline, try again");
	walk->by_pages = !err;
	return err;
}

static const struct ks_work caches_job = {
	.run = caches_work,
};

static struct ks_cost slab_cost;

static const struct ks_view slab_views[] = {
	{
		.collector = &ks_collector_slab,
		.kind = &ks_kind_slab,
		.path = "slab/caches",
		.option_needs = BIT(KS_NEED_PERCPU),
		.private = true,
		.collect = caches_collect,
		.step = caches_step,
		.work = &caches_job,
	}, {
		.collector = &ks_collector_slab,
		.kind = &ks_kind_slab_node,
		.path = "slab/nodes",
		.private = true,
		.collect = caches_collect,
		.step = caches_step,
	},
};

const struct ks_collector ks_collector_slab = {
	.name = "slab",
	.needs = BIT(KS_NEED_SLAB),
	.needs_private = true,
	.cost = &slab_cost,
	.views = slab_views,
	.nr_views = ARRAY_SIZE(slab_views),
};
