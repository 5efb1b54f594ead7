// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slab caches, in sum and by NUMA node.
 *
 * slab_caches grows at its head, so a position in it is no cursor. The first
 * hold of slab_mutex notes all caches, and counts as many as time allows. Later
 * holds, of about 1 ms each, check whether the list is still the same. If not
 * they look up each cache of a batch by its address before they count it, and
 * drop one that is gone, or has another name or size.
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
#include "collect/slab_sums.h"
#include "internals/cache.h"
#include "internals/cache_pages.h"
#include "internals/cache_percpu.h"
#include "internals/internals.h"
#include "internals/lock_hold.h"
#include "record/kinds.h"
#include "run/view.h"

#define BATCH		32		/* caches looked up in one pass */
#define HOLD_NS		NSEC_PER_MSEC	/* of slab_mutex */
#define MUTEX_TRIES	15
#define MUTEX_PAUSE_US	50
#define SPARE_CACHES	32		/* room for new caches */
#define NAMESAKES	8		/* room for caches of one name */
#define CLOCK_ENTRIES	64		/* counted between reads of the clock */

/**
 * struct slab_ref - a cache that was noted, until it is counted
 * @cache: the cache; only compared until it is found on the list again
 * @info: its properties when it was noted
 * @nid: the node to count next, or NUMA_NO_NODE for all at once
 * @name: its name
 *
 * One for each cache, with any number of nodes, as one hold notes them all.
 * With KS_SLAB_EXACT a struct ks_exact follows.
 */
struct slab_ref {
	const struct kmem_cache *cache;
	struct ks_cache_info info;
	int nid;
	char name[KS_CACHE_NAME_SIZE];
};

/* Names and bases are copied as they are. */
static_assert(KS_NAME_SIZE == KS_CACHE_NAME_SIZE);
static_assert(sizeof_field(struct ks_slab_record, wasted_basis) ==
	      KS_BASIS_SIZE);
static_assert(sizeof_field(struct ks_slab_record, inuse_basis) ==
	      KS_BASIS_SIZE);
static_assert(sizeof_field(struct ks_slab_node_record, wasted_basis) ==
	      KS_BASIS_SIZE);

/* A struct ks_exact follows it. */
static_assert(sizeof(struct slab_ref) % __alignof__(struct ks_exact) == 0);

static bool is_exact(const struct ks_snapshot *snap)
{
	return snap->options & KS_SLAB_EXACT;
}

static struct slab_ref *ref_of(const struct ks_snapshot *snap,
			       unsigned int index)
{
	return ks_snapshot_priv(snap, index);
}

static struct ks_exact *exact_of(const struct ks_snapshot *snap,
				 unsigned int index)
{
	return (void *)(ref_of(snap, index) + 1);
}

/* Returns the name of the request, or NULL. */
static const char *request_name(const struct ks_snapshot *snap)
{
	const char *name = snap->want;

	return name && *name ? name : NULL;
}

/*
 * A reader waits for it, so this tries for about 1 ms: slightly more than one
 * hold of another reader.
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

static int cache_note(struct ks_snapshot *snap, const struct kmem_cache *cache,
		      const char *name)
{
	struct slab_ref *ref = ks_snapshot_begin_item(snap);

	if (!ref)
		return -ENOSPC;
	if (ks_cache_info(cache, &ref->info))
		return -EFAULT;
	ref->cache = cache;
	memcpy(ref->name, name, sizeof(ref->name));
	ref->nid = is_per_node(snap) ? node_next(snap, 0) : NUMA_NO_NODE;
	/* A node that is not there has no record of any cache. */
	if (ref->nid != MAX_NUMNODES)
		ks_snapshot_commit_item(snap);
	return 0;
}

/*
 * Notes the caches that there is room for, and counts all. Reads no more than
 * the name of caches that the request does not name.
 */
static int caches_note(struct ks_snapshot *snap, u32 *nr, u32 *entries)
{
	const char *asked = request_name(snap);
	char name[KS_CACHE_NAME_SIZE];
	struct kmem_cache *cache = NULL;
	bool room = true;
	int err;

	*nr = 0;
	for (*entries = 0; *entries < KS_MAX_CACHES; (*entries)++) {
		err = ks_cache_next(&cache);
		if (err || !cache)
			return err;
		if (!room && !asked) {
			(*nr)++;
			continue;
		}
		err = ks_cache_name(cache, name);
		if (err)
			return err;
		if (asked && strcmp(asked, name))
			continue;
		(*nr)++;
		err = room ? cache_note(snap, cache, name) : 0;
		if (err == -ENOSPC)
			room = false;
		else if (err)
			return err;
	}
	return 0;
}

/*
 * Checks whether the list still has just the caches that were noted. This takes
 * one pass; looking up caches takes one for each batch.
 */
static int caches_are_unchanged(const struct ks_snapshot *snap, bool *unchanged,
				u32 *entries)
{
	struct kmem_cache *cache = NULL;
	unsigned int i = 0;
	int err;

	*unchanged = false;
	for (*entries = 0; *entries < KS_MAX_CACHES; (*entries)++) {
		err = ks_cache_next(&cache);
		if (err)
			return err;
		if (!cache)
			break;
		if (i == snap->nr || ref_of(snap, i)->cache != cache)
			return 0;
		i++;
	}
	*unchanged = i == snap->nr;
	return 0;
}

/* Finds the caches of a batch on the list; others stay NULL. */
static int caches_find_again(struct ks_snapshot *snap, unsigned int nr,
			     struct kmem_cache **found, u32 *entries)
{
	struct kmem_cache *cache = NULL;
	unsigned int i;
	int err;

	memset(found, 0, nr * sizeof(*found));
	for (*entries = 0; *entries < KS_MAX_CACHES; (*entries)++) {
		err = ks_cache_next(&cache);
		if (err || !cache)
			return err;
		for (i = 0; i < nr; i++) {
			if (ref_of(snap, snap->nr_done + i)->cache == cache)
				found[i] = cache;
		}
	}
	return 0;
}

/* Another cache may be at the same address now. */
static bool ref_is_same(const struct slab_ref *ref,
			const struct kmem_cache *cache)
{
	char name[KS_CACHE_NAME_SIZE];
	struct ks_cache_info info;

	return !ks_cache_name(cache, name) && !ks_cache_info(cache, &info) &&
	       !strcmp(name, ref->name) && info.size == ref->info.size;
}

static void record_fill_cache(struct ks_slab_record *record,
			      const struct slab_ref *ref,
			      const struct ks_cache_counts *counts,
			      const struct ks_measured *m,
			      const struct ks_exact *exact)
{
	const struct ks_cache_info *info = &ref->info;

	memcpy(record->name, ref->name, sizeof(record->name));
	record->nr_aliases = info->nr_aliases;
	record->object_size = info->object_size;
	record->size = info->size;
	record->order = info->order;
	record->objects_per_slab = info->objects_per_slab;
	record->reclaimable = info->reclaimable;
	record->accounted = info->accounted;
	record->nr_slabs = counts->nr_slabs;
	record->nr_objects = counts->nr_objects;
	record->nr_partial_slabs = counts->nr_partial;
	record->nr_active_objects = m->nr_active;
	record->nr_inuse_objects = m->nr_inuse;
	record->approximate = m->approximate;
	record->coverage_permille = m->coverage_permille;
	record->total_bytes = m->total_bytes;
	record->active_bytes = m->active_bytes;
	record->wasted_bytes = m->wasted_bytes;
	memcpy(record->wasted_basis, m->basis, KS_BASIS_SIZE);
	if (!exact)
		return;
	record->nr_cached_objects = exact->cached.nr_taken +
				    exact->cached.nr_left;
	record->inuse_error_objects = m->inuse_error;
	memcpy(record->inuse_basis, m->inuse_basis, KS_BASIS_SIZE);
}

static void record_fill_node(struct ks_slab_node_record *record,
			     const struct slab_ref *ref,
			     const struct ks_cache_counts *counts,
			     const struct ks_measured *m)
{
	memcpy(record->name, ref->name, sizeof(record->name));
	record->node = ref->nid;
	record->nr_slabs = counts->nr_slabs;
	record->nr_objects = counts->nr_objects;
	record->nr_partial_slabs = counts->nr_partial;
	record->nr_active_objects = m->nr_active;
	record->approximate = m->approximate;
	record->coverage_permille = m->coverage_permille;
	record->total_bytes = m->total_bytes;
	record->active_bytes = m->active_bytes;
	record->wasted_bytes = m->wasted_bytes;
	memcpy(record->wasted_basis, m->basis, KS_BASIS_SIZE);
}

/**
 * struct filling - the state of making records in one hold of slab_mutex
 * @until_ns: the ks_hold_clock() to stop at
 * @noted: whether the caches were noted in the same hold
 * @begun: whether anything was counted in it
 * @entries: caches and slabs counted since the clock was read
 */
struct filling {
	u64 until_ns;
	bool noted;
	bool begun;
	u32 entries;
};

/*
 * Each hold counts at least one cache, so that the collection ends. Reading the
 * clock has its cost, so it is read once for some entries.
 */
static bool filling_is_over(const struct ks_snapshot *snap,
			    struct filling *filling)
{
	if (!filling->begun ||
	    (filling->entries < CLOCK_ENTRIES && !is_exact(snap)))
		return false;
	filling->entries = 0;
	return ks_hold_clock() > filling->until_ns;
}

/* Counts a cache on the node of its ref, and makes a record. */
static void cache_count(struct ks_snapshot *snap,
			const struct kmem_cache *cache,
			const struct slab_ref *ref,
			const struct ks_exact *exact, struct filling *filling)
{
	const struct ks_geometry geometry = {
		.object_size = ref->info.object_size,
		.size = ref->info.size,
		.order = ref->info.order,
	};
	struct ks_cache_counts counts;
	struct ks_measured m;
	void *record;
	int err;

	filling->begun = true;
	err = ks_cache_count(cache, ref->nid, &counts);
	if (err) {
		snap->changed |= err != -ENOENT;
		return;
	}
	filling->entries += 1 + counts.nr_sampled;
	record = ks_snapshot_begin_record(snap);
	if (!record)
		return;
	ks_measure(&m, &geometry, &counts, exact);
	if (is_per_node(snap))
		record_fill_node(record, ref, &counts, &m);
	else
		record_fill_cache(record, ref, &counts, &m, exact);
	ks_snapshot_commit_record(snap);
}

/* -EAGAIN when there are nodes left to count. */
static int cache_count_nodes(struct ks_snapshot *snap,
			     const struct kmem_cache *cache,
			     struct slab_ref *ref, struct filling *filling)
{
	while (ref->nid < MAX_NUMNODES) {
		if (filling_is_over(snap, filling))
			return -EAGAIN;
		cache_count(snap, cache, ref, NULL, filling);
		ref->nid = node_next(snap, ref->nid + 1);
	}
	return 0;
}

/*
 * Makes the records of the next cache, or sets changed if it is gone. Returns
 * -EAGAIN when a part of it is left to count.
 */
static int cache_fill(struct ks_snapshot *snap, const struct kmem_cache *cache,
		      struct filling *filling)
{
	const unsigned int i = snap->nr_done;
	struct ks_exact *exact = is_exact(snap) ? exact_of(snap, i) : NULL;
	struct slab_ref *ref = ref_of(snap, i);
	int err;

	if (!cache || (!filling->noted && !ref_is_same(ref, cache))) {
		snap->changed = true;
		return 0;
	}
	if (is_per_node(snap))
		return cache_count_nodes(snap, cache, ref, filling);
	if (exact) {
		err = ks_percpu_count(cache, filling->until_ns, &exact->cached);
		if (err == -EAGAIN)
			return err;
		if (err)
			exact = NULL;
	}
	cache_count(snap, cache, ref, exact, filling);
	return 0;
}

/*
 * Makes records until the time is over. @found has their caches, or is NULL
 * when all noted caches are still there.
 */
static void caches_fill(struct ks_snapshot *snap, unsigned int nr,
			struct kmem_cache *const *found,
			struct filling *filling)
{
	unsigned int i;

	for (i = 0; i < nr && !filling_is_over(snap, filling); i++) {
		if (cache_fill(snap, found ? found[i] :
				   ref_of(snap, snap->nr_done)->cache, filling))
			return;
		snap->nr_done++;
	}
}

static int caches_step(struct ks_snapshot *snap,
		       struct netlink_ext_ack *extack)
{
	struct filling filling = {};
	struct kmem_cache *found[BATCH];
	unsigned int nr = snap->nr - snap->nr_done;
	bool unchanged;
	u32 entries;
	u64 since;
	int err;

	err = caches_lock(&since, extack);
	if (err)
		return err;
	filling.until_ns = since + HOLD_NS;
	err = caches_are_unchanged(snap, &unchanged, &entries);
	if (!err && unchanged) {
		caches_fill(snap, nr, NULL, &filling);
	} else if (!err) {
		nr = min_t(unsigned int, nr, BATCH);
		err = caches_find_again(snap, nr, found, &entries);
		if (!err)
			caches_fill(snap, nr, found, &filling);
	}
	ks_caches_release(since, entries);
	return err;
}

/*
 * The first hold. The steps count what it has no time for. They do all exact
 * counts, which take longer, and follow the walk of a job.
 */
static int caches_begin(struct ks_snapshot *snap, u32 *nr,
			struct netlink_ext_ack *extack)
{
	struct filling filling = { .noted = true };
	u32 entries;
	u64 since;
	int err;

	err = caches_lock(&since, extack);
	if (err)
		return err;
	filling.until_ns = since + HOLD_NS;
	err = caches_note(snap, nr, &entries);
	if (!err && !snap->changed && !is_exact(snap) &&
	    ks_hold_clock() < filling.until_ns)
		caches_fill(snap, snap->nr, NULL, &filling);
	ks_caches_release(since, entries);
	return err;
}

/*
 * Caches at the last walk over all of them, by any reader. It is a guess for
 * the next, so readers may race for it.
 */
static u32 nr_before = 256;

/*
 * Makes room before the walk, for the number of caches of the last walk. If
 * that is too little the walk at least counts them.
 */
static int caches_collect(struct ks_snapshot *snap,
			  struct netlink_ext_ack *extack)
{
	const bool all = !request_name(snap);
	u32 nr = all ? READ_ONCE(nr_before) : 0, room, fan = 1;
	size_t size = sizeof(struct slab_ref);
	int err;

	if (is_exact(snap))
		size += sizeof(struct ks_exact);
	if (is_per_node(snap) && request_node(snap) == U32_MAX)
		fan = num_online_nodes();
	do {
		room = nr + (all ? SPARE_CACHES : NAMESAKES);
		snap->changed = false;
		err = ks_snapshot_reserve_items(snap, room, fan, size);
		if (!err)
			err = caches_begin(snap, &nr, extack);
	} while (!err && nr > room);
	/* After an error only a part is counted. */
	if (all && !err)
		WRITE_ONCE(nr_before, nr);
	return err;
}

static void slabs_add(void *arg, const struct kmem_cache *cache, u64 inuse,
		      u64 objects)
{
	struct ks_slab_sum *sum = ks_slab_sums_find(arg, cache);

	if (!sum)
		return;
	sum->nr_inuse += inuse;
	sum->nr_objects += objects;
}

/* Counts by all slabs, for lists that are too long to be counted whole. */
static int caches_work(struct ks_snapshot *const *snaps,
		       const struct ks_request *asked,
		       struct ks_progress *progress,
		       struct netlink_ext_ack *extack)
{
	struct ks_snapshot *snap = snaps[0];
	struct ks_slab_sums sums;
	unsigned int i;
	int err;

	err = ks_slab_sums_init(&sums, snap->nr);
	if (err)
		return err;
	for (i = 0; i < snap->nr; i++)
		ks_slab_sums_add(&sums, ref_of(snap, i)->cache);
	err = ks_cache_pages_walk(slabs_add, &sums, progress);
	if (err == -EBUSY)
		NL_SET_ERR_MSG(extack,
			       "memory is going offline, try again");
	for (i = 0; i < snap->nr && !err; i++) {
		exact_of(snap, i)->sum =
			*ks_slab_sums_find(&sums, ref_of(snap, i)->cache);
	}
	ks_slab_sums_free(&sums);
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
