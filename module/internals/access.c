// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads SLUB's caches, nodes and partial lists.
 */
#include <linux/list.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "internals/access.h"
#include "internals/hold.h"
#include "internals/layout.h"
#include "internals/symbols.h"

#define NAME_PART	32	/* bytes of a name read at once */

/* Room for a copy of a cache's and a slab's members that are read. */
#define CACHE_WORDS	32
#define SLAB_WORDS	8

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

/* A name may end with its page, so no read goes beyond that. */
static int read_name(const char *from, char *name, size_t size)
{
	size_t done, part;

	for (done = 0; done < size - 1; done += part) {
		part = min3(size - 1 - done, (size_t)NAME_PART,
			    (size_t)(PAGE_SIZE - offset_in_page(from + done)));
		if (copy_from_kernel_nofault(name + done, from + done, part))
			return -EFAULT;
		if (memchr(name + done, '\0', part))
			return 0;
	}
	name[done] = '\0';
	return 0;
}

/* Copies the part of a cache that has all that is read below. */
static int copy_cache(const struct kmem_cache *cache, void *copy, size_t size)
{
	static const enum ks_member members[] = {
		KS_CACHE_NAME, KS_CACHE_OBJECT_SIZE, KS_CACHE_SIZE,
		KS_CACHE_FLAGS, KS_CACHE_OO, KS_CACHE_REFCOUNT,
	};
	u32 i, end = 0;

	for (i = 0; i < ARRAY_SIZE(members); i++)
		end = max(end, ks_layout_end(members[i]));
	return end > size ? -EFAULT : copy_from_kernel_nofault(copy, cache, end);
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
	u64 copy[CACHE_WORDS], flags, oo;
	const char *name;
	s32 refcount;

	if (copy_cache(cache, copy, sizeof(copy)))
		return -EFAULT;
	name = (const char *)(unsigned long)ks_layout_decode(copy,
							     KS_CACHE_NAME);
	if (read_name(name, info->name, sizeof(info->name)))
		return -EFAULT;
	info->object_size = ks_layout_decode(copy, KS_CACHE_OBJECT_SIZE);
	info->size = ks_layout_decode(copy, KS_CACHE_SIZE);
	oo = ks_layout_decode(copy, KS_CACHE_OO);
	info->order = oo >> KS_OO_SHIFT;
	info->objects_per_slab = oo & KS_OO_OBJECTS;
	/* Negative for caches made at boot, which nothing is merged into. */
	refcount = ks_layout_decode(copy, KS_CACHE_REFCOUNT);
	info->nr_aliases = refcount > 1 ? refcount - 1 : 0;
	flags = ks_layout_decode(copy, KS_CACHE_FLAGS);
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

static int sample_slab(const void *copy, struct sample *sample)
{
	u64 inuse = ks_layout_decode(copy, KS_SLAB_INUSE);
	u64 objects = ks_layout_decode(copy, KS_SLAB_OBJECTS);

	if (inuse > objects)
		return -EFAULT;
	sample->nr_slabs++;
	sample->nr_free += objects - inuse;
	return 0;
}

/*
 * Looks at no more than @most slabs, from one end of the list. A whole list
 * ends at its head. A slab is copied at once, as each read that survives a
 * fault has its price, and the lock is held.
 */
static int sample_list(const struct list_head *head, bool backwards,
		       unsigned int most, struct sample *sample)
{
	const u32 at = ks_layout_offset(KS_SLAB_LIST);
	const u32 end = max3(ks_layout_end(KS_SLAB_LIST),
			     ks_layout_end(KS_SLAB_INUSE),
			     ks_layout_end(KS_SLAB_OBJECTS));
	const struct list_head *entry;
	struct list_head *next;
	u64 copy[SLAB_WORDS];

	if (end > sizeof(copy) ||
	    (backwards ? get_kernel_nofault(next, &head->prev) :
			 get_kernel_nofault(next, &head->next)))
		return -EFAULT;
	while (most-- && next != head) {
		if (copy_from_kernel_nofault(copy, (void *)next - at, end) ||
		    sample_slab(copy, sample))
			return -EFAULT;
		entry = (const void *)copy + at;
		next = backwards ? entry->prev : entry->next;
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
