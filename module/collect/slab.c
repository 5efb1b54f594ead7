// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slab caches, in sum and by NUMA node.
 *
 * slab_caches is a list that grows at its head, so a position in it is no
 * cursor. One hold of slab_mutex therefore copies which caches there are; later
 * holds, of about 1 ms each, see whether the list is still the same, and if not
 * look each of a batch up again by address, before they count it. One that
 * vanished, or has another name or size, is dropped.
 *
 * Lock order: slab_mutex, then list_lock (in internals/access.c).
 */
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/nodemask.h>
#include <linux/string.h>

#include "collect/collect.h"
#include "collect/sums.h"
#include "internals/access.h"
#include "internals/cached.h"
#include "internals/hold.h"
#include "internals/internals.h"
#include "internals/pages.h"
#include "record/kinds.h"

#define BATCH		32		/* caches looked up again at once */
#define HOLD_NS		NSEC_PER_MSEC	/* of slab_mutex */
#define MUTEX_TRIES	10
#define SPARE_CACHES	32		/* room for those made since last time */

/**
 * struct slab_ref - what is kept beside a record until it is counted
 * @cache: the cache; only compared until it is found on the list again
 * @nid: the node to count, or NUMA_NO_NODE for all
 * @size: the cache's object size then
 * @cached: what it keeps for CPUs, as far as they are counted
 * @sum: what a walk over pages found of it, when there was one
 */
struct slab_ref {
	const struct kmem_cache *cache;
	int nid;
	u32 size;
	struct ks_cached cached;
	struct ks_sum sum;
};

static struct slab_ref *ref_of(const struct ks_snapshot *snap,
			       unsigned int index)
{
	return ks_snapshot_priv(snap, index);
}

/* Takes slab_mutex; noted as contended when it stays busy for some 1 ms. */
static int caches_lock(u64 *since)
{
	unsigned int tries;

	for (tries = 0; tries < MUTEX_TRIES; tries++) {
		if (ks_caches_trylock()) {
			*since = ks_hold_clock();
			return 0;
		}
		usleep_range(50, 150);
	}
	ks_hold_contended();
	return -EBUSY;
}

static void caches_unlock(u64 since, u32 entries)
{
	u64 ns = ks_hold_clock() - since;

	ks_caches_unlock();
	ks_hold_note(KS_LOCK_SLAB_MUTEX, ns, entries);
}

/* Fills the keys of a cache's records; false when there is no more room. */
typedef bool (*note_fn)(struct ks_snapshot *snap,
			const struct kmem_cache *cache,
			const struct ks_cache_info *info);

/* Notes the caches there is room for, and counts all. */
static int note_caches(struct ks_snapshot *snap, note_fn note, u32 *nr)
{
	struct kmem_cache *cache = NULL;
	struct ks_cache_info info;
	bool room = true;
	u64 since;
	int err;

	err = caches_lock(&since);
	if (err)
		return err;
	for (*nr = 0; *nr < KS_MAX_CACHES; (*nr)++) {
		err = ks_cache_next(&cache);
		if (err || !cache)
			break;
		if (room)
			err = ks_cache_info(cache, &info);
		if (err)
			break;
		room = room && note(snap, cache, &info);
	}
	caches_unlock(since, *nr);
	return err;
}

static void note_ref(struct ks_snapshot *snap, const struct kmem_cache *cache,
		     const struct ks_cache_info *info, int nid)
{
	struct slab_ref *ref = ref_of(snap, snap->nr);

	ref->cache = cache;
	ref->nid = nid;
	ref->size = info->size;
	memset(&ref->cached, 0, sizeof(ref->cached));
	memset(&ref->sum, 0, sizeof(ref->sum));
	ks_snapshot_keep(snap);
}

static bool caches_note(struct ks_snapshot *snap,
			const struct kmem_cache *cache,
			const struct ks_cache_info *info)
{
	struct ks_slab_record *record = ks_snapshot_next(snap);

	if (!record)
		return false;
	strscpy(record->name, info->name, sizeof(record->name));
	note_ref(snap, cache, info, NUMA_NO_NODE);
	return true;
}

static bool nodes_note(struct ks_snapshot *snap,
		       const struct kmem_cache *cache,
		       const struct ks_cache_info *info)
{
	int nid;

	for_each_online_node(nid) {
		struct ks_slab_node_record *record = ks_snapshot_next(snap);

		if (!record)
			return false;
		strscpy(record->name, info->name, sizeof(record->name));
		record->node = nid;
		note_ref(snap, cache, info, nid);
	}
	return true;
}

/*
 * Whether the list is just what was noted, so that all of that is still there.
 * One pass, where to look each cache up again would be a pass for each batch.
 */
static int is_unchanged(const struct ks_snapshot *snap, bool *unchanged,
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
		/* A cache has a record for each node. */
		while (i < snap->nr && ref_of(snap, i)->cache == cache)
			i++;
	}
	*unchanged = i == snap->nr;
	return 0;
}

/* Finds a batch's caches on the list; those it does not find stay NULL. */
static int find_again(struct ks_snapshot *snap, unsigned int nr,
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
			if (ref_of(snap, snap->nr_seen + i)->cache == cache)
				found[i] = cache;
		}
	}
	return 0;
}

/* Another cache may have come to be at the same address. */
static bool is_same(const struct slab_ref *ref, const char *name,
		    const struct ks_cache_info *info)
{
	return ref->size == info->size && !strcmp(name, info->name);
}

/* What both kinds of record have, as the spec says; unset where not known. */
struct measured {
	u64 nr_active;
	u64 nr_inuse;
	u64 inuse_error;
	u64 total_bytes;
	u64 active_bytes;
	u64 wasted_bytes;
	u32 approximate;
	u32 coverage_permille;
	const char *basis;
	const char *inuse_basis;
};

static u32 coverage(const struct ks_cache_counts *counts)
{
	if (!counts->nr_partial)
		return 1000;
	return div64_u64(counts->nr_sampled * 1000, counts->nr_partial);
}

static void measure_waste(struct measured *m, u64 live, u32 object_size,
			  const char *basis)
{
	/* The kernel counts a new slab before its objects, unlocked. */
	if (m->total_bytes < live * object_size)
		return;
	m->wasted_bytes = m->total_bytes - live * object_size;
	m->basis = basis;
}

static void measure_active(struct measured *m, u64 nr_active,
			   const struct ks_cache_info *info)
{
	m->nr_active = nr_active;
	m->active_bytes = nr_active * info->size;
	measure_waste(m, nr_active, info->object_size, "active");
}

static void measure_inuse(struct measured *m, u64 nr_inuse, u64 error,
			  const struct ks_cache_info *info, const char *basis)
{
	m->nr_inuse = nr_inuse;
	m->inuse_error = error;
	m->inuse_basis = basis;
	measure_waste(m, nr_inuse, info->object_size, "inuse");
}

/*
 * What is kept for CPUs is among the active objects, unless it came there
 * between the two counts.
 */
static void measure_by_lists(struct measured *m,
			     const struct ks_cache_info *info,
			     const struct ks_cached *cached)
{
	const u64 nr_free = cached->nr_taken + cached->nr_left;

	if (!m->approximate && m->nr_active >= nr_free)
		measure_inuse(m, m->nr_active - nr_free, cached->error, info,
			      "lists");
}

/*
 * The slots that the walk met and those there are now differ by what came or
 * went meanwhile.
 */
static void measure_by_pages(struct measured *m,
			     const struct ks_cache_info *info,
			     const struct ks_cache_counts *counts,
			     const struct ks_cached *cached,
			     const struct ks_sum *sum)
{
	const u64 moved = counts->nr_objects > sum->nr_objects ?
			  counts->nr_objects - sum->nr_objects :
			  sum->nr_objects - counts->nr_objects;

	if (sum->nr_inuse < cached->nr_taken ||
	    sum->nr_inuse + cached->nr_left > counts->nr_objects)
		return;
	m->approximate = 0;
	m->coverage_permille = 1000;
	measure_active(m, sum->nr_inuse + cached->nr_left, info);
	measure_inuse(m, sum->nr_inuse - cached->nr_taken,
		      cached->error + moved, info, "pages");
}

/* @ref: NULL when what is kept for CPUs is not known */
static void measure(struct measured *m, const struct ks_cache_info *info,
		    const struct ks_cache_counts *counts,
		    const struct slab_ref *ref)
{
	memset(m, 0xff, sizeof(*m));
	m->basis = "";
	m->inuse_basis = "";
	m->total_bytes = counts->nr_slabs * (PAGE_SIZE << info->order);
	if (!counts->free_known)
		return;
	m->approximate = counts->nr_sampled < counts->nr_partial;
	m->coverage_permille = coverage(counts);
	measure_active(m, counts->nr_objects - counts->nr_free, info);
	if (ref && ref->sum.cache)
		measure_by_pages(m, info, counts, &ref->cached, &ref->sum);
	else if (ref)
		measure_by_lists(m, info, &ref->cached);
}

#define fill_measured(_record, _counts, _m)				\
do {									\
	(_record)->nr_slabs = (_counts)->nr_slabs;			\
	(_record)->nr_objects = (_counts)->nr_objects;			\
	(_record)->nr_partial_slabs = (_counts)->nr_partial;		\
	(_record)->nr_active_objects = (_m)->nr_active;			\
	(_record)->nr_inuse_objects = (_m)->nr_inuse;			\
	(_record)->approximate = (_m)->approximate;			\
	(_record)->coverage_permille = (_m)->coverage_permille;		\
	(_record)->total_bytes = (_m)->total_bytes;			\
	(_record)->active_bytes = (_m)->active_bytes;			\
	(_record)->wasted_bytes = (_m)->wasted_bytes;			\
	strscpy((_record)->wasted_basis, (_m)->basis,			\
		sizeof((_record)->wasted_basis));			\
} while (0)

static void caches_fill(void *to, const struct ks_cache_info *info,
			const struct ks_cache_counts *counts,
			const struct slab_ref *ref)
{
	struct ks_slab_record *record = to;
	struct measured m;

	measure(&m, info, counts, ref);
	record->nr_aliases = info->nr_aliases;
	record->object_size = info->object_size;
	record->size = info->size;
	record->order = info->order;
	record->objects_per_slab = info->objects_per_slab;
	record->reclaimable = info->reclaimable;
	record->accounted = info->accounted;
	fill_measured(record, counts, &m);
	if (!ref)
		return;
	record->nr_cached_objects = ref->cached.nr_taken + ref->cached.nr_left;
	record->inuse_error_objects = m.inuse_error;
	strscpy(record->inuse_basis, m.inuse_basis,
		sizeof(record->inuse_basis));
}

static void nodes_fill(void *to, const struct ks_cache_info *info,
		       const struct ks_cache_counts *counts,
		       const struct slab_ref *ref)
{
	struct ks_slab_node_record *record = to;
	struct measured m;

	measure(&m, info, counts, NULL);
	fill_measured(record, counts, &m);
}

typedef void (*fill_fn)(void *record, const struct ks_cache_info *info,
			const struct ks_cache_counts *counts,
			const struct slab_ref *ref);

/*
 * Fills a record, and says if it is worth keeping; sets changed if its cache is
 * gone. -EAGAIN when there are CPUs left to count.
 */
static int fill_one(struct ks_snapshot *snap, const struct kmem_cache *cache,
		    fill_fn fill, u64 until_ns, bool *worth)
{
	struct slab_ref *ref = ref_of(snap, snap->nr_seen);
	/* Both kinds of record begin with the name. */
	char *record = ks_snapshot_record(snap, snap->nr_seen);
	const bool exact = snap->options & KS_SLAB_EXACT;
	struct ks_cache_counts counts;
	struct ks_cache_info info;
	int cached_err = 0, err;

	*worth = false;
	if (!cache || ks_cache_info(cache, &info) ||
	    !is_same(ref, record, &info)) {
		snap->changed = true;
		return 0;
	}
	if (exact)
		cached_err = ks_cached_count(cache, until_ns, &ref->cached);
	if (cached_err == -EAGAIN)
		return cached_err;
	err = ks_cache_count(cache, ref->nid, &counts);
	if (err) {
		snap->changed |= err != -ENOENT;
		return 0;
	}
	fill(record, &info, &counts, exact && !cached_err ? ref : NULL);
	*worth = true;
	return 0;
}

/*
 * Fills records as long as time allows; at least one, so that there is an end
 * to it. @found: their caches, or NULL when all are those that were noted.
 */
static void fill_some(struct ks_snapshot *snap, unsigned int nr,
		      struct kmem_cache *const *found, fill_fn fill,
		      u64 until_ns)
{
	unsigned int i;
	bool worth;

	for (i = 0; i < nr; i++) {
		if (i && ks_hold_clock() > until_ns)
			return;
		if (fill_one(snap, found ? found[i] :
				   ref_of(snap, snap->nr_seen)->cache,
			     fill, until_ns, &worth))
			return;
		ks_snapshot_fill(snap, worth);
	}
}

static int step(struct ks_snapshot *snap, fill_fn fill)
{
	struct kmem_cache *found[BATCH];
	unsigned int nr = snap->nr - snap->nr_seen;
	bool unchanged;
	u32 entries;
	u64 since;
	int err;

	err = caches_lock(&since);
	if (err)
		return err;
	err = is_unchanged(snap, &unchanged, &entries);
	if (!err && unchanged) {
		fill_some(snap, nr, NULL, fill, since + HOLD_NS);
	} else if (!err) {
		nr = min_t(unsigned int, nr, BATCH);
		err = find_again(snap, nr, found, &entries);
		if (!err)
			fill_some(snap, nr, found, fill, since + HOLD_NS);
	}
	caches_unlock(since, entries);
	return err;
}

/*
 * The room is made before the walk, from how many caches there were last time.
 * When that was too little the walk has at least counted them.
 */
static int collect(struct ks_snapshot *snap, unsigned int per_cache,
		   note_fn note)
{
	static u32 nr_before = 256;
	u32 nr = READ_ONCE(nr_before), room;
	int err;

	BUILD_BUG_ON(offsetof(struct ks_slab_record, name));
	BUILD_BUG_ON(offsetof(struct ks_slab_node_record, name));
	BUILD_BUG_ON(KS_NAME_SIZE != KS_CACHE_NAME_SIZE);

	do {
		room = nr + SPARE_CACHES;
		snap->changed = false;
		err = ks_snapshot_reserve(snap, room * per_cache,
					  sizeof(struct slab_ref)) ?:
		      note_caches(snap, note, &nr);
	} while (!err && nr > room);
	WRITE_ONCE(nr_before, nr);
	return err;
}

static int caches_collect(struct ks_snapshot *snap)
{
	return collect(snap, 1, caches_note);
}

static int caches_step(struct ks_snapshot *snap)
{
	return step(snap, caches_fill);
}

static void sum_slab(void *arg, const struct kmem_cache *cache, u32 inuse,
		     u32 objects)
{
	struct ks_sum *sum = ks_sums_find(arg, cache);

	if (!sum)
		return;
	sum->nr_inuse += inuse;
	sum->nr_objects += objects;
}

/* All slabs of all caches, where lists are too long to be counted whole. */
static int caches_work(struct ks_snapshot *const *snaps,
		       const struct ks_asked *asked,
		       struct ks_progress *progress)
{
	struct ks_snapshot *snap = snaps[0];
	struct ks_sums sums;
	unsigned int i;
	int err;

	err = ks_sums_init(&sums, snap->nr);
	if (err)
		return err;
	for (i = 0; i < snap->nr; i++)
		ks_sums_add(&sums, ref_of(snap, i)->cache);
	err = ks_pages_walk(sum_slab, &sums, progress);
	for (i = 0; i < snap->nr && !err; i++) {
		struct slab_ref *ref = ref_of(snap, i);

		ref->sum = *ks_sums_find(&sums, ref->cache);
	}
	snap->options |= KS_SLAB_EXACT;
	ks_sums_free(&sums);
	return err;
}

static const struct ks_work caches_job = {
	.run = caches_work,
	.busy = "memory is going offline, try again",
};

static int nodes_collect(struct ks_snapshot *snap)
{
	return collect(snap, num_online_nodes(), nodes_note);
}

static int nodes_step(struct ks_snapshot *snap)
{
	return step(snap, nodes_fill);
}

static struct ks_cost slab_cost;

static const struct ks_view slab_views[] = {
	{
		.collector = &ks_collector_slab,
		.kind = &ks_kind_slab,
		.path = "slab/caches",
		.option_needs = KS_NEED_CACHED,
		.collect = caches_collect,
		.step = caches_step,
		.work = &caches_job,
	}, {
		.collector = &ks_collector_slab,
		.kind = &ks_kind_slab_node,
		.path = "slab/nodes",
		.collect = nodes_collect,
		.step = nodes_step,
	},
};

const struct ks_collector ks_collector_slab = {
	.name = "slab",
	.needs = KS_NEED_SLAB,
	.needs_private = true,
	.cost = &slab_cost,
	.views = slab_views,
	.nr_views = ARRAY_SIZE(slab_views),
};
