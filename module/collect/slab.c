// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slab caches, in sum and by NUMA node.
 *
 * slab_caches is a list that grows at its head, so a position in it is no
 * cursor. One hold of slab_mutex therefore copies which caches there are and
 * what they are, however many, and counts as many as it may. Later holds, of
 * about 1 ms each, see whether the list is still the same, and if not look each
 * of a batch up again by address, before they count it. One that vanished, or
 * has another name or size, is dropped.
 *
 * Lock order: slab_mutex, then list_lock (in internals/access.c).
 */
#include <linux/kernel.h>
#include <linux/nodemask.h>
#include <linux/string.h>

#include "collect/collect.h"
#include "collect/measure.h"
#include "collect/sums.h"
#include "internals/access.h"
#include "internals/cached.h"
#include "internals/hold.h"
#include "internals/internals.h"
#include "internals/pages.h"
#include "record/kinds.h"

#define BATCH		32		/* caches looked up again at once */
#define HOLD_NS		NSEC_PER_MSEC	/* of slab_mutex */
#define MUTEX_TRIES	15
#define MUTEX_PAUSE_US	50
#define SPARE_CACHES	32		/* room for those made since last time */
#define NAMESAKES	8		/* room for those of one name */
#define CLOCK_ENTRIES	64		/* counted between looks at the clock */

/**
 * struct slab_ref - what is kept beside a record until it is counted
 * @cache: the cache; only compared until it is found on the list again
 * @nid: the node to count, or NUMA_NO_NODE for all
 * @geometry: of the cache, when it was noted
 *
 * What is exact has a struct ks_exact behind it.
 */
struct slab_ref {
	const struct kmem_cache *cache;
	int nid;
	struct ks_geometry geometry;
};

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
	BUILD_BUG_ON(sizeof(struct slab_ref) % __alignof__(struct ks_exact));
	return (void *)(ref_of(snap, index) + 1);
}

/* Both kinds of record begin with the name. */
static const char *name_of(const struct ks_snapshot *snap, unsigned int index)
{
	return ks_snapshot_record(snap, index);
}

/* The one name that was asked for, or NULL. */
static const char *asked_name(const struct ks_snapshot *snap)
{
	const char *name = snap->want;

	return name && *name ? name : NULL;
}

/*
 * A reader waits for it, so for no more than some 1 ms: a little more than one
 * hold of another reader's.
 */
static int caches_lock(u64 *since)
{
	return ks_caches_hold(MUTEX_TRIES, MUTEX_PAUSE_US, since) ? 0 : -EBUSY;
}

/* Notes a cache in one record or some; -ENOSPC when there is no more room. */
typedef int (*note_fn)(struct ks_snapshot *snap,
		       const struct kmem_cache *cache, const char *name);

/*
 * Notes the caches there is room for, and counts all. Of those that were not
 * asked for no more than the name is read.
 */
static int note_caches(struct ks_snapshot *snap, note_fn note, u32 *nr,
		       u32 *entries)
{
	const char *asked = asked_name(snap);
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
		err = room ? note(snap, cache, name) : 0;
		if (err == -ENOSPC)
			room = false;
		else if (err)
			return err;
	}
	return 0;
}

static void note_ref(struct ks_snapshot *snap, const struct kmem_cache *cache,
		     const struct ks_cache_info *info, int nid)
{
	struct slab_ref *ref = ref_of(snap, snap->nr);

	ref->cache = cache;
	ref->nid = nid;
	ref->geometry = (struct ks_geometry){
		.object_size = info->object_size,
		.size = info->size,
		.order = info->order,
	};
	ks_snapshot_keep(snap);
}

static int caches_note(struct ks_snapshot *snap,
		       const struct kmem_cache *cache, const char *name)
{
	struct ks_slab_record *record = ks_snapshot_next(snap);
	struct ks_cache_info info;

	if (!record)
		return -ENOSPC;
	if (ks_cache_info(cache, &info))
		return -EFAULT;
	memcpy(record->name, name, sizeof(record->name));
	record->nr_aliases = info.nr_aliases;
	record->object_size = info.object_size;
	record->size = info.size;
	record->order = info.order;
	record->objects_per_slab = info.objects_per_slab;
	record->reclaimable = info.reclaimable;
	record->accounted = info.accounted;
	note_ref(snap, cache, &info, NUMA_NO_NODE);
	return 0;
}

static int nodes_note(struct ks_snapshot *snap,
		      const struct kmem_cache *cache, const char *name)
{
	struct ks_cache_info info;
	int nid;

	if (ks_cache_info(cache, &info))
		return -EFAULT;
	/* A node with CPUs alone has no slab, and is no answer to who asks. */
	for_each_node_state(nid, N_NORMAL_MEMORY) {
		struct ks_slab_node_record *record = ks_snapshot_next(snap);

		if (!record)
			return -ENOSPC;
		memcpy(record->name, name, sizeof(record->name));
		record->node = nid;
		note_ref(snap, cache, &info, nid);
	}
	return 0;
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
static bool is_same(const struct ks_snapshot *snap, unsigned int index,
		    const struct kmem_cache *cache)
{
	char name[KS_CACHE_NAME_SIZE];
	struct ks_cache_info info;

	return !ks_cache_name(cache, name) && !ks_cache_info(cache, &info) &&
	       !strcmp(name, name_of(snap, index)) &&
	       info.size == ref_of(snap, index)->geometry.size;
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
	memcpy((_record)->wasted_basis, (_m)->basis, KS_BASIS_SIZE);	\
} while (0)

static void caches_fill(void *to, const struct slab_ref *ref,
			const struct ks_cache_counts *counts,
			const struct ks_exact *exact)
{
	struct ks_slab_record *record = to;
	struct ks_measured m;

	ks_measure(&m, &ref->geometry, counts, exact);
	fill_measured(record, counts, &m);
	if (!exact)
		return;
	record->nr_cached_objects = exact->cached.nr_taken +
				    exact->cached.nr_left;
	record->inuse_error_objects = m.inuse_error;
	memcpy(record->inuse_basis, m.inuse_basis, KS_BASIS_SIZE);
}

static void nodes_fill(void *to, const struct slab_ref *ref,
		       const struct ks_cache_counts *counts,
		       const struct ks_exact *exact)
{
	struct ks_slab_node_record *record = to;
	struct ks_measured m;

	ks_measure(&m, &ref->geometry, counts, NULL);
	fill_measured(record, counts, &m);
}

typedef void (*fill_fn)(void *record, const struct slab_ref *ref,
			const struct ks_cache_counts *counts,
			const struct ks_exact *exact);

/**
 * struct filling - how records are filled in one hold of slab_mutex
 * @fill: fills one
 * @until_ns: the ks_hold_clock() to stop at
 * @noted: whether the caches were noted in this same hold
 * @entries: caches and slabs counted since the last look at the clock
 */
struct filling {
	fill_fn fill;
	u64 until_ns;
	bool noted;
	u32 entries;
};

/*
 * Fills a record, and says if it is worth keeping; sets changed if its cache is
 * gone. -EAGAIN when there are CPUs left to count.
 */
static int fill_one(struct ks_snapshot *snap, const struct kmem_cache *cache,
		    struct filling *filling, bool *worth)
{
	const unsigned int i = snap->nr_seen;
	struct ks_exact *exact = is_exact(snap) ? exact_of(snap, i) : NULL;
	const struct slab_ref *ref = ref_of(snap, i);
	struct ks_cache_counts counts;
	int err;

	*worth = false;
	if (!cache || (!filling->noted && !is_same(snap, i, cache))) {
		snap->changed = true;
		return 0;
	}
	if (exact) {
		err = ks_cached_count(cache, filling->until_ns, &exact->cached);
		if (err == -EAGAIN)
			return err;
		if (err)
			exact = NULL;
	}
	err = ks_cache_count(cache, ref->nid, &counts);
	if (err) {
		snap->changed |= err != -ENOENT;
		return 0;
	}
	filling->fill(ks_snapshot_record(snap, i), ref, &counts, exact);
	filling->entries += 1 + counts.nr_sampled;
	*worth = true;
	return 0;
}

/* The clock has its price too, so it is looked at after some entries. */
static bool is_time_over(const struct ks_snapshot *snap,
			 struct filling *filling)
{
	if (filling->entries < CLOCK_ENTRIES && !is_exact(snap))
		return false;
	filling->entries = 0;
	return ks_hold_clock() > filling->until_ns;
}

/*
 * Fills records as long as time allows; at least one, so that there is an end
 * to it. @found: their caches, or NULL when all are those that were noted.
 */
static void fill_some(struct ks_snapshot *snap, unsigned int nr,
		      struct kmem_cache *const *found, struct filling *filling)
{
	unsigned int i;
	bool worth;

	for (i = 0; i < nr; i++) {
		if (i && is_time_over(snap, filling))
			return;
		if (fill_one(snap, found ? found[i] :
				   ref_of(snap, snap->nr_seen)->cache,
			     filling, &worth))
			return;
		ks_snapshot_fill(snap, worth);
	}
}

static int step(struct ks_snapshot *snap, fill_fn fill)
{
	struct filling filling = { .fill = fill };
	struct kmem_cache *found[BATCH];
	unsigned int nr = snap->nr - snap->nr_seen;
	bool unchanged;
	u32 entries;
	u64 since;
	int err;

	err = caches_lock(&since);
	if (err)
		return err;
	filling.until_ns = since + HOLD_NS;
	err = is_unchanged(snap, &unchanged, &entries);
	if (!err && unchanged) {
		fill_some(snap, nr, NULL, &filling);
	} else if (!err) {
		nr = min_t(unsigned int, nr, BATCH);
		err = find_again(snap, nr, found, &entries);
		if (!err)
			fill_some(snap, nr, found, &filling);
	}
	ks_caches_release(since, entries);
	return err;
}

/*
 * The first hold, of which the steps are left what it has no time for. What is
 * exact is all left to them: it takes longer, and a job walks before it.
 */
static int begin(struct ks_snapshot *snap, note_fn note, fill_fn fill, u32 *nr)
{
	struct filling filling = { .fill = fill, .noted = true };
	u32 entries;
	u64 since;
	int err;

	err = caches_lock(&since);
	if (err)
		return err;
	filling.until_ns = since + HOLD_NS;
	err = note_caches(snap, note, nr, &entries);
	if (!err && !snap->changed && !is_exact(snap) &&
	    ks_hold_clock() < filling.until_ns)
		fill_some(snap, snap->nr, NULL, &filling);
	ks_caches_release(since, entries);
	return err;
}

/*
 * The room is made before the walk, from how many caches there were last time.
 * When that was too little the walk has at least counted them.
 */
static int collect(struct ks_snapshot *snap, unsigned int per_cache,
		   note_fn note, fill_fn fill)
{
	static u32 nr_before = 256;
	const bool all = !asked_name(snap);
	u32 nr = all ? READ_ONCE(nr_before) : 0, room;
	size_t beside = sizeof(struct slab_ref);
	int err;

	BUILD_BUG_ON(offsetof(struct ks_slab_record, name));
	BUILD_BUG_ON(offsetof(struct ks_slab_node_record, name));
	BUILD_BUG_ON(KS_NAME_SIZE != KS_CACHE_NAME_SIZE);
	BUILD_BUG_ON(sizeof_field(struct ks_slab_record, wasted_basis) !=
		     KS_BASIS_SIZE);
	BUILD_BUG_ON(sizeof_field(struct ks_slab_record, inuse_basis) !=
		     KS_BASIS_SIZE);
	BUILD_BUG_ON(sizeof_field(struct ks_slab_node_record, wasted_basis) !=
		     KS_BASIS_SIZE);

	if (is_exact(snap))
		beside += sizeof(struct ks_exact);
	do {
		room = nr + (all ? SPARE_CACHES : NAMESAKES);
		snap->changed = false;
		err = ks_snapshot_reserve(snap, room * per_cache, beside) ?:
		      begin(snap, note, fill, &nr);
	} while (!err && nr > room);
	/* On an error only a part was counted. */
	if (all && !err)
		WRITE_ONCE(nr_before, nr);
	return err;
}

static int caches_collect(struct ks_snapshot *snap)
{
	return collect(snap, 1, caches_note, caches_fill);
}

static int caches_step(struct ks_snapshot *snap)
{
	return step(snap, caches_fill);
}

static void sum_slabs(void *arg, const struct kmem_cache *cache, u64 inuse,
		      u64 objects)
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
	err = ks_pages_walk(sum_slabs, &sums, progress);
	for (i = 0; i < snap->nr && !err; i++) {
		exact_of(snap, i)->sum =
			*ks_sums_find(&sums, ref_of(snap, i)->cache);
	}
	ks_sums_free(&sums);
	return err;
}

static const struct ks_work caches_job = {
	.run = caches_work,
	.busy = "memory is going offline, try again",
};

static int nodes_collect(struct ks_snapshot *snap)
{
	return collect(snap, num_online_nodes(), nodes_note, nodes_fill);
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
