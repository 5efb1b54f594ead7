// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slab caches, in sum and by NUMA node.
 *
 * slab_caches is a list that grows at its head, so a position in it is no
 * cursor. One hold of slab_mutex therefore copies which caches there are; later
 * holds, of about 1 ms each, look each of a batch up again by address, name and
 * size before they count it. One that vanished meanwhile is dropped.
 *
 * Lock order: slab_mutex, then list_lock (in internals/access.c).
 */
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/nodemask.h>
#include <linux/string.h>

#include "collect/collect.h"
#include "internals/access.h"
#include "internals/hold.h"
#include "internals/internals.h"
#include "record/kinds.h"

#define BATCH		32		/* records looked up again at once */
#define HOLD_NS		NSEC_PER_MSEC	/* of slab_mutex */
#define MUTEX_TRIES	10
#define SPARE_CACHES	32		/* room for those made since last time */

/**
 * struct slab_ref - what is kept beside a record until it is counted
 * @cache: the cache; only compared until it is found on the list again
 * @nid: the node to count, or NUMA_NO_NODE for all
 * @size: the cache's object size then
 */
struct slab_ref {
	const struct kmem_cache *cache;
	int nid;
	u32 size;
};

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
	struct slab_ref *ref = ks_snapshot_priv(snap, snap->nr);

	ref->cache = cache;
	ref->nid = nid;
	ref->size = info->size;
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
			const struct slab_ref *ref =
				ks_snapshot_priv(snap, snap->nr_seen + i);

			if (ref->cache == cache)
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

/* Both kinds of record have these fields. */
#define fill_counts(_record, _info, _counts)				\
do {									\
	const u64 _slab_bytes = PAGE_SIZE << (_info)->order;		\
	const u64 _active = (_counts)->nr_objects - (_counts)->nr_free;	\
									\
	(_record)->nr_slabs = (_counts)->nr_slabs;			\
	(_record)->nr_objects = (_counts)->nr_objects;			\
	(_record)->nr_partial_slabs = (_counts)->nr_partial;		\
	(_record)->total_bytes = (_counts)->nr_slabs * _slab_bytes;	\
	if (!(_counts)->free_known)					\
		break;							\
	(_record)->nr_active_objects = _active;				\
	(_record)->approximate =					\
		(_counts)->nr_sampled < (_counts)->nr_partial;		\
	(_record)->coverage_permille = coverage(_counts);		\
	(_record)->active_bytes = _active * (_info)->size;		\
	/* The kernel counts a new slab before its objects, unlocked. */	\
	if ((_record)->total_bytes < _active * (_info)->object_size)	\
		break;							\
	(_record)->wasted_bytes = (_record)->total_bytes -		\
				  _active * (_info)->object_size;	\
	strscpy((_record)->wasted_basis, "active",			\
		sizeof((_record)->wasted_basis));			\
} while (0)

static u32 coverage(const struct ks_cache_counts *counts)
{
	if (!counts->nr_partial)
		return 1000;
	return div64_u64(counts->nr_sampled * 1000, counts->nr_partial);
}

static void caches_fill(void *to, const struct ks_cache_info *info,
			const struct ks_cache_counts *counts)
{
	struct ks_slab_record *record = to;

	record->nr_aliases = info->nr_aliases;
	record->object_size = info->object_size;
	record->size = info->size;
	record->order = info->order;
	record->objects_per_slab = info->objects_per_slab;
	record->reclaimable = info->reclaimable;
	record->accounted = info->accounted;
	fill_counts(record, info, counts);
}

static void nodes_fill(void *to, const struct ks_cache_info *info,
		       const struct ks_cache_counts *counts)
{
	struct ks_slab_node_record *record = to;

	fill_counts(record, info, counts);
}

typedef void (*fill_fn)(void *record, const struct ks_cache_info *info,
			const struct ks_cache_counts *counts);

/* Whether the record is worth keeping; sets changed if its cache is gone. */
static bool fill_one(struct ks_snapshot *snap, const struct kmem_cache *cache,
		     fill_fn fill)
{
	const struct slab_ref *ref = ks_snapshot_priv(snap, snap->nr_seen);
	/* Both kinds of record begin with the name. */
	char *record = ks_snapshot_record(snap, snap->nr_seen);
	struct ks_cache_counts counts;
	struct ks_cache_info info;
	int err;

	if (!cache || ks_cache_info(cache, &info) ||
	    !is_same(ref, record, &info)) {
		snap->changed = true;
		return false;
	}
	err = ks_cache_count(cache, ref->nid, &counts);
	if (err) {
		snap->changed |= err != -ENOENT;
		return false;
	}
	fill(record, &info, &counts);
	return true;
}

static int step(struct ks_snapshot *snap, fill_fn fill)
{
	unsigned int i, nr = min_t(unsigned int, BATCH,
				   snap->nr - snap->nr_seen);
	struct kmem_cache *found[BATCH];
	u32 entries;
	u64 since;
	int err;

	err = caches_lock(&since);
	if (err)
		return err;
	err = find_again(snap, nr, found, &entries);
	for (i = 0; i < nr && !err; i++) {
		/* At least one, so that there is an end to it. */
		if (i && ks_hold_clock() - since > HOLD_NS)
			break;
		ks_snapshot_fill(snap, fill_one(snap, found[i], fill));
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
		.collect = caches_collect,
		.step = caches_step,
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
