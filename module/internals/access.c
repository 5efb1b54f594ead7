// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads SLUB's caches, nodes and partial lists.
 */
#include <linux/list.h>
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "internals/access.h"
#include "internals/hold.h"
#include "internals/layout.h"
#include "internals/symbols.h"

static struct mutex *caches_mutex(void)
{
	return ks_symbol(KS_SYM_SLAB_MUTEX);
}

/**
 * ks_caches_trylock() - take slab_mutex if it is free
 *
 * While it is held no cache is created or destroyed.
 *
 * Return: whether it was taken.
 */
bool ks_caches_trylock(void)
{
	return mutex_trylock(caches_mutex());
}

/**
 * ks_caches_unlock() - release slab_mutex
 */
void ks_caches_unlock(void)
{
	mutex_unlock(caches_mutex());
}

static int read_next(const struct list_head *pos, struct list_head **next)
{
	return get_kernel_nofault(*next, &pos->next) ? -EFAULT : 0;
}

/**
 * ks_cache_next() - step through the list of caches
 * @cache: NULL to get the first, or a cache to get the one after it; set to
 * NULL after the last
 *
 * Context: slab_mutex held.
 * Return: 0, or -EFAULT when the list is not where it should be.
 */
int ks_cache_next(struct kmem_cache **cache)
{
	const u32 offset = ks_layout_offset(KS_CACHE_LIST);
	struct list_head *caches = ks_symbol(KS_SYM_SLAB_CACHES);
	struct list_head *pos = *cache ? (void *)*cache + offset : caches;
	struct list_head *next;

	if (read_next(pos, &next))
		return -EFAULT;
	*cache = next == caches ? NULL : (void *)next - offset;
	return 0;
}

static int read_name(const struct kmem_cache *cache, char *name, size_t size)
{
	const char *from;
	u64 address;
	size_t i;

	if (ks_layout_read(cache, KS_CACHE_NAME, &address))
		return -EFAULT;
	from = (const char *)(unsigned long)address;
	for (i = 0; i < size - 1; i++) {
		if (get_kernel_nofault(name[i], from + i))
			return -EFAULT;
		if (!name[i])
			return 0;
	}
	name[i] = '\0';
	return 0;
}

/**
 * ks_cache_info() - read what a cache is
 * @cache: the cache
 * @info: set
 *
 * Context: slab_mutex held.
 * Return: 0, or -EFAULT.
 */
int ks_cache_info(const struct kmem_cache *cache, struct ks_cache_info *info)
{
	u64 object_size, size, flags, oo, refcount;

	if (read_name(cache, info->name, sizeof(info->name)) ||
	    ks_layout_read(cache, KS_CACHE_OBJECT_SIZE, &object_size) ||
	    ks_layout_read(cache, KS_CACHE_SIZE, &size) ||
	    ks_layout_read(cache, KS_CACHE_FLAGS, &flags) ||
	    ks_layout_read(cache, KS_CACHE_OO, &oo) ||
	    ks_layout_read(cache, KS_CACHE_REFCOUNT, &refcount))
		return -EFAULT;
	info->object_size = object_size;
	info->size = size;
	info->order = oo >> KS_OO_SHIFT;
	info->objects_per_slab = oo & KS_OO_OBJECTS;
	/* Negative for caches made at boot, which nothing is merged into. */
	info->nr_aliases = (s32)refcount > 1 ? refcount - 1 : 0;
	info->reclaimable = flags & (__force u64)SLAB_RECLAIM_ACCOUNT;
	info->accounted = flags & (__force u64)SLAB_ACCOUNT;
	return 0;
}

/**
 * ks_cache_per_node() - where a cache has what is a node's
 * @cache: the cache
 * @nid: the node
 *
 * Return: the address, on kernels that have KS_CACHE_PER_NODE.
 */
const void *ks_cache_per_node(const struct kmem_cache *cache, int nid)
{
	return (const void *)cache + ks_layout_offset(KS_CACHE_PER_NODE) +
	       ks_layout_size(KS_CACHE_PER_NODE) / MAX_NUMNODES * nid;
}

/**
 * ks_cache_node() - find a cache's part on a node
 * @cache: the cache
 * @nid: the node
 * @node: set
 *
 * Context: slab_mutex held.
 * Return: 0, -ENOENT when it has none there, or -EFAULT.
 */
int ks_cache_node(const struct kmem_cache *cache, int nid,
		  struct kmem_cache_node **node)
{
	const void *place;

	if (nid < 0 || nid >= MAX_NUMNODES)
		return -EFAULT;
	if (ks_layout_has(KS_CACHE_PER_NODE))
		place = ks_cache_per_node(cache, nid) +
			ks_layout_offset(KS_PER_NODE_NODE);
	else
		place = (const void *)cache + ks_layout_offset(KS_CACHE_NODE) +
			sizeof(void *) * nid;
	if (get_kernel_nofault(*node, (struct kmem_cache_node **)place))
		return -EFAULT;
	return *node ? 0 : -ENOENT;
}

/**
 * struct sample - partial slabs looked at in one hold
 * @nr_slabs: how many
 * @nr_free: free objects in them
 */
struct sample {
	u32 nr_slabs;
	u32 nr_free;
};

static int sample_slab(const struct list_head *entry, struct sample *sample)
{
	const void *slab = (const void *)entry - ks_layout_offset(KS_SLAB_LIST);
	u64 inuse, objects;

	if (ks_layout_read(slab, KS_SLAB_INUSE, &inuse) ||
	    ks_layout_read(slab, KS_SLAB_OBJECTS, &objects) ||
	    inuse > objects)
		return -EFAULT;
	sample->nr_slabs++;
	sample->nr_free += objects - inuse;
	return 0;
}

/*
 * Looks at no more than @most slabs, from one end of the list. A whole list
 * ends at its head.
 */
static int sample_list(const struct list_head *head, bool backwards,
		       unsigned int most, struct sample *sample)
{
	const struct list_head *pos = head;
	struct list_head *next;

	while (most--) {
		if (backwards ? get_kernel_nofault(next, &pos->prev) :
				get_kernel_nofault(next, &pos->next))
			return -EFAULT;
		if (next == head)
			return 0;
		if (sample_slab(next, sample))
			return -EFAULT;
		pos = next;
	}
	return 0;
}

/*
 * Both ends of the list: since freed slabs go to one end and allocation takes
 * from the other, one end alone is not typical of a list that is cut.
 */
static int sample_partial(const struct list_head *head, u64 nr_partial,
			  struct sample *sample)
{
	u32 most = min_t(u64, nr_partial, KS_HOLD_ENTRIES);

	return sample_list(head, false, most - most / 2, sample) ?:
	       sample_list(head, true, most / 2, sample);
}

static int read_totals(const struct kmem_cache_node *node,
		       struct ks_cache_counts *counts)
{
	if (ks_layout_read(node, KS_NODE_NR_SLABS, &counts->nr_slabs) ||
	    ks_layout_read(node, KS_NODE_TOTAL_OBJECTS, &counts->nr_objects) ||
	    ks_layout_read(node, KS_NODE_NR_PARTIAL, &counts->nr_partial))
		return -EFAULT;
	return 0;
}

static struct list_head *partial_list(struct kmem_cache_node *node)
{
	return (void *)node + ks_layout_offset(KS_NODE_PARTIAL);
}

/* Adds a node's counts; what is added is as it was on an error. */
static int count_node(struct kmem_cache_node *node,
		      struct ks_cache_counts *counts)
{
	spinlock_t *lock = (void *)node + ks_layout_offset(KS_NODE_LIST_LOCK);
	struct ks_cache_counts here = {};
	struct sample sample = {};
	unsigned long flags;
	u64 since, ns;
	int err;

	err = read_totals(node, &here);
	if (err)
		return err;
	/* Most are empty: then there is nothing to lock for. */
	here.free_known = !here.nr_partial;
	if (!here.free_known && ks_hold_trylock(lock, &flags)) {
		since = ks_hold_clock();
		err = read_totals(node, &here) ?:
		      sample_partial(partial_list(node), here.nr_partial,
				     &sample);
		ns = ks_hold_clock() - since;
		spin_unlock_irqrestore(lock, flags);
		ks_hold_note(KS_LOCK_LIST, ns, sample.nr_slabs);
		if (err)
			return err;
		here.free_known = true;
	}
	if (sample.nr_slabs)
		here.nr_free = div64_u64(sample.nr_free * here.nr_partial,
					 sample.nr_slabs);

	counts->nr_slabs += here.nr_slabs;
	counts->nr_objects += here.nr_objects;
	counts->nr_partial += here.nr_partial;
	counts->nr_sampled += sample.nr_slabs;
	counts->nr_free += min(here.nr_free, here.nr_objects);
	counts->free_known &= here.free_known;
	return 0;
}

/**
 * ks_cache_count() - count a cache's slabs and objects
 * @cache: the cache
 * @nid: on this node, or NUMA_NO_NODE for all
 * @counts: set
 *
 * Holds one list_lock at a time, interrupts off, for at most KS_HOLD_ENTRIES
 * slabs.
 *
 * Context: slab_mutex held.
 * Return: 0, -ENOENT when the cache has no part on the node, or -EFAULT.
 */
int ks_cache_count(const struct kmem_cache *cache, int nid,
		   struct ks_cache_counts *counts)
{
	struct kmem_cache_node *node;
	int i, err, result = -ENOENT;

	*counts = (struct ks_cache_counts){ .free_known = true };
	for_each_online_node(i) {
		if (nid != NUMA_NO_NODE && nid != i)
			continue;
		err = ks_cache_node(cache, i, &node) ?: count_node(node, counts);
		if (err && err != -ENOENT)
			return err;
		if (!err)
			result = 0;
	}
	return result;
}

static bool list_is_sound(const struct list_head *head)
{
	struct list_head *next, *prev, *back, *forth;

	return !get_kernel_nofault(next, &head->next) &&
	       !get_kernel_nofault(prev, &head->prev) &&
	       !get_kernel_nofault(back, &next->prev) &&
	       !get_kernel_nofault(forth, &prev->next) &&
	       back == head && forth == head;
}

/**
 * ks_cache_check() - see whether a cache's node looks like one
 * @cache: a cache that has objects on the node, and that nobody else uses
 * @nid: the node
 * @objects_per_slab: of the cache
 *
 * Takes no lock: where a lock would be is what is in doubt.
 *
 * Return: 0, or an error when ks_cache_count() must not be called.
 */
int ks_cache_check(const struct kmem_cache *cache, int nid,
		   u32 objects_per_slab)
{
	struct ks_cache_counts totals = {};
	struct kmem_cache_node *node;
	int err;

	err = ks_cache_node(cache, nid, &node) ?: read_totals(node, &totals);
	if (err)
		return err;
	if (!totals.nr_slabs || totals.nr_partial > totals.nr_slabs ||
	    totals.nr_slabs > totals.nr_objects ||
	    totals.nr_objects > totals.nr_slabs * objects_per_slab ||
	    !list_is_sound(partial_list(node)))
		return -EBADMSG;
	return 0;
}
