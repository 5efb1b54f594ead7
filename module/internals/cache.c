// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads SLUB's caches, nodes and partial lists.
 */
#include <asm/word-at-a-time.h>
#include <linux/delay.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/string.h>

#include "internals/cache.h"
#include "internals/layout.h"
#include "internals/lock_hold.h"
#include "internals/peek.h"
#include "internals/progress.h"
#include "internals/symbols.h"

#define WAIT_TRIES	2500	/* of ks_caches_wait() */

static struct mutex *caches_mutex(void)
{
	return ks_symbol(KS_SYM_SLAB_MUTEX);
}

/* Costs nothing without lockdep. */
static void caches_assert_held(void)
{
	if (IS_ENABLED(CONFIG_LOCKDEP))
		lockdep_assert_held(caches_mutex());
}

/**
 * ks_caches_trylock() - take slab_mutex if it is free
 *
 * While it is held no cache is created or destroyed.
 *
 * Return: true if it was taken.
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

/**
 * ks_caches_hold() - take slab_mutex for a short hold
 * @tries: tries before it counts as contended
 * @pause_us: minimum pause between them in microseconds
 * @since: set, for ks_caches_release()
 *
 * Context: Process context, sleeps.
 * Return: true if it was taken.
 */
bool ks_caches_hold(unsigned int tries, unsigned int pause_us, u64 *since)
{
	while (!ks_caches_trylock()) {
		if (tries-- <= 1) {
			ks_hold_contended();
			return false;
		}
		usleep_range(pause_us, 2 * pause_us);
	}
	*since = ks_hold_clock();
	return true;
}

/**
 * ks_caches_wait() - take slab_mutex for a short hold in a job, which can wait
 * @progress: the job's progress, which may end the wait
 * @since: set, for ks_caches_release()
 *
 * Context: Process context, sleeps. Waits for up to about 2 s.
 * Return: 0, -EAGAIN when it stays busy, or -EINTR when it was stopped.
 */
int ks_caches_wait(const struct ks_progress *progress, u64 *since)
{
	unsigned int tries;

	for (tries = 0; tries < WAIT_TRIES; tries++) {
		if (ks_caches_trylock()) {
			*since = ks_hold_clock();
			return 0;
		}
		if (ks_progress_check(progress) == -EINTR)
			return -EINTR;
		usleep_range(500, 1000);
	}
	ks_hold_contended();
	return -EAGAIN;
}

/**
 * ks_caches_release() - release slab_mutex, and note its hold
 * @since: from ks_caches_hold() or ks_caches_wait()
 * @entries: caches that were read meanwhile
 */
void ks_caches_release(u64 since, u32 entries)
{
	u64 ns = ks_hold_clock() - since;

	ks_caches_unlock();
	ks_hold_note(KS_LOCK_SLAB_MUTEX, ns, entries);
}

/**
 * ks_cache_next() - step through the list of caches
 * @cache: NULL to get the first, or a cache to get the one after it; set to
 * NULL after the last
 *
 * Context: slab_mutex held.
 * Return: 0, or -EFAULT when the list cannot be read.
 */
int ks_cache_next(struct kmem_cache **cache)
{
	const u32 offset = ks_layout_offset(KS_CACHE_LIST);
	struct list_head *caches = ks_symbol(KS_SYM_SLAB_CACHES);
	struct list_head *pos = *cache ? (void *)*cache + offset : caches;
	struct list_head *next;

	caches_assert_held();
	if (ks_peek_pointer(&pos->next, &next))
		return -EFAULT;
	*cache = next == caches ? NULL : (void *)next - offset;
	return 0;
}

/* Returns a mask of the bytes before the first zero byte. */
static unsigned long bytes_of_string(unsigned long word)
{
	const struct word_at_a_time constants = WORD_AT_A_TIME_CONSTANTS;
	unsigned long zeros;

	if (!has_zero(word, &zeros, &constants))
		return ULONG_MAX;
	zeros = prep_zero_mask(word, zeros, &constants);
	return zero_bytemask(create_zero_mask(zeros));
}

/* Reads a word of a name: as a whole, unless it crosses a page. */
static int read_name_part(const char *from, unsigned long *part)
{
	u8 *bytes = (u8 *)part;
	unsigned int i;

	if (offset_in_page(from) <= PAGE_SIZE - sizeof(*part))
		return ks_peek_pointer(from, part);
	/* A name may end with its page. */
	*part = 0;
	for (i = 0; i < sizeof(*part); i++) {
		if (ks_peek_u8(from + i, &bytes[i]))
			return -EFAULT;
		if (!bytes[i])
			break;
	}
	return 0;
}

/**
 * ks_cache_name() - read a cache's name
 * @cache: the cache
 * @name: set; all bytes after its end are 0
 *
 * Context: slab_mutex held.
 * Return: 0, or -EFAULT.
 */
int ks_cache_name(const struct kmem_cache *cache, char name[KS_CACHE_NAME_SIZE])
{
	unsigned long part, mask;
	const char *from;
	size_t done;
	u64 word;

	caches_assert_held();
	if (ks_layout_read(cache, KS_CACHE_NAME, &word))
		return -EFAULT;
	from = (const char *)(unsigned long)word;
	memset(name, 0, KS_CACHE_NAME_SIZE);
	for (done = 0; done < KS_CACHE_NAME_SIZE; done += sizeof(part)) {
		if (read_name_part(from + done, &part))
			return -EFAULT;
		mask = bytes_of_string(part);
		part &= mask;
		memcpy(name + done, &part, sizeof(part));
		if (mask != ULONG_MAX)
			return 0;
	}
	name[KS_CACHE_NAME_SIZE - 1] = '\0';
	return 0;
}

/**
 * ks_cache_info() - read a cache's properties
 * @cache: the cache
 * @info: set
 *
 * Context: slab_mutex held.
 * Return: 0, or -EFAULT.
 */
int ks_cache_info(const struct kmem_cache *cache, struct ks_cache_info *info)
{
	u64 object_size, size, oo, refcount, flags;

	caches_assert_held();
	if (ks_layout_read(cache, KS_CACHE_OBJECT_SIZE, &object_size) ||
	    ks_layout_read(cache, KS_CACHE_SIZE, &size) ||
	    ks_layout_read(cache, KS_CACHE_OO, &oo) ||
	    ks_layout_read(cache, KS_CACHE_REFCOUNT, &refcount) ||
	    ks_layout_read(cache, KS_CACHE_FLAGS, &flags))
		return -EFAULT;
	info->object_size = object_size;
	info->size = size;
	info->order = oo >> KS_OO_SHIFT;
	info->objects_per_slab = oo & KS_OO_OBJECTS;
	/* Negative for boot caches, into which nothing is merged. */
	info->nr_aliases = max_t(s32, refcount, 1) - 1;
	info->reclaimable = flags & (__force u64)SLAB_RECLAIM_ACCOUNT;
	info->accounted = flags & (__force u64)SLAB_ACCOUNT;
	return 0;
}

/**
 * ks_cache_per_node() - get a cache's pointers of a node
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

static __always_inline int node_of(const struct kmem_cache *cache, int nid,
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
	if (ks_peek_pointer(place, node))
		return -EFAULT;
	return *node ? 0 : -ENOENT;
}

/**
 * ks_cache_node() - get a cache's struct kmem_cache_node
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
	caches_assert_held();
	return node_of(cache, nid, node);
}

/**
 * struct sample - partial slabs read in one hold
 * @nr_slabs: their number
 * @nr_free: free objects in them
 */
struct sample {
	u32 nr_slabs;
	u32 nr_free;
};

static int sample_slab(const void *slab, struct sample *sample)
{
	u64 inuse, objects;

	if (ks_layout_read(slab, KS_SLAB_INUSE, &inuse) ||
	    ks_layout_read(slab, KS_SLAB_OBJECTS, &objects) ||
	    inuse > objects)
		return -EFAULT;
	sample->nr_slabs++;
	sample->nr_free += objects - inuse;
	return 0;
}

/* Which pointer of a list's entry leads on. */
enum direction {
	FORWARD = offsetof(struct list_head, next),
	BACKWARD = offsetof(struct list_head, prev),
};

/*
 * Reads at most @most slabs, from one end of the list. A whole list ends at its
 * head.
 */
static __always_inline int sample_list(const struct list_head *head,
				       enum direction direction,
				       unsigned int most, struct sample *sample)
{
	const u32 at = ks_layout_offset(KS_SLAB_LIST);
	const struct list_head *entry = head;

	while (most--) {
		if (ks_peek_pointer((const void *)entry + direction, &entry))
			return -EFAULT;
		if (entry == head)
			break;
		if (sample_slab((const void *)entry - at, sample))
			return -EFAULT;
	}
	return 0;
}

/*
 * Reads both ends of the list. Frees add slabs at one end and allocations take
 * them from the other, so one end alone is not typical of a long list.
 */
static int sample_partial(const struct list_head *head, u64 nr_partial,
			  struct sample *sample)
{
	u32 most = min_t(u64, nr_partial, KS_MAX_HOLD_ENTRIES);
	int err;

	err = sample_list(head, FORWARD, most - most / 2, sample);
	if (err)
		return err;
	return sample_list(head, BACKWARD, most / 2, sample);
}

/**
 * struct totals - counters of a cache's node
 * @nr_slabs: slabs
 * @nr_objects: object slots in them
 * @nr_partial: slabs on its partial list
 */
struct totals {
	u64 nr_slabs;
	u64 nr_objects;
	u64 nr_partial;
};

static __always_inline int read_totals(const struct kmem_cache_node *node,
				       struct totals *totals)
{
	if (ks_layout_read(node, KS_NODE_NR_SLABS, &totals->nr_slabs) ||
	    ks_layout_read(node, KS_NODE_TOTAL_OBJECTS, &totals->nr_objects) ||
	    ks_layout_read(node, KS_NODE_NR_PARTIAL, &totals->nr_partial))
		return -EFAULT;
	return 0;
}

static struct list_head *partial_list(struct kmem_cache_node *node)
{
	return (void *)node + ks_layout_offset(KS_NODE_PARTIAL);
}

/*
 * Counts a node's partial slabs, and reads its totals again under the lock.
 * Returns -EBUSY when the lock stays busy.
 */
static int sample_node(struct kmem_cache_node *node, struct totals *totals,
		       struct sample *sample)
{
	spinlock_t *lock = (void *)node + ks_layout_offset(KS_NODE_LIST_LOCK);
	unsigned long flags;
	u64 since, ns;
	int err;

	if (!ks_hold_trylock(lock, &flags))
		return -EBUSY;
	since = ks_hold_clock();
	err = read_totals(node, totals) ?:
	      sample_partial(partial_list(node), totals->nr_partial, sample);
	ns = ks_hold_clock() - since;
	spin_unlock_irqrestore(lock, flags);
	ks_hold_note(KS_LOCK_LIST, ns, sample->nr_slabs);
	return err;
}

/* Adds a node's counts; adds nothing on an error. */
static __always_inline int count_node(struct kmem_cache_node *node,
				      struct ks_cache_counts *counts)
{
	struct sample sample = {};
	struct totals totals;
	int err;

	if (read_totals(node, &totals))
		return -EFAULT;
	/* Most lists are empty, and need no lock. */
	if (totals.nr_partial) {
		err = sample_node(node, &totals, &sample);
		if (err == -EBUSY)
			counts->free_known = false;
		else if (err)
			return err;
	}
	if (sample.nr_slabs) {
		u64 nr_free = div64_u64(sample.nr_free * totals.nr_partial,
					sample.nr_slabs);

		counts->nr_sampled += sample.nr_slabs;
		counts->nr_free += min(nr_free, totals.nr_objects);
	}
	counts->nr_slabs += totals.nr_slabs;
	counts->nr_objects += totals.nr_objects;
	counts->nr_partial += totals.nr_partial;
	return 0;
}

static __always_inline int count_on(const struct kmem_cache *cache, int nid,
				    struct ks_cache_counts *counts)
{
	struct kmem_cache_node *node;

	return node_of(cache, nid, &node) ?: count_node(node, counts);
}

/**
 * ks_cache_count() - count a cache's slabs and objects
 * @cache: the cache
 * @nid: on this node, or NUMA_NO_NODE for all
 * @counts: set
 *
 * Holds one list_lock at a time, interrupts off, for at most
 * KS_MAX_HOLD_ENTRIES slabs.
 *
 * Context: slab_mutex held.
 * Return: 0, -ENOENT when the cache has no part on the node, or -EFAULT.
 */
int ks_cache_count(const struct kmem_cache *cache, int nid,
		   struct ks_cache_counts *counts)
{
	int i, err, result = -ENOENT;

	caches_assert_held();
	*counts = (struct ks_cache_counts){ .free_known = true };
	if (nid != NUMA_NO_NODE)
		return count_on(cache, nid, counts);
	/*
	 * for_each_online_node() calls a function that scans the mask of all
	 * possible nodes, often 1024 bits. For each cache that is too slow.
	 */
	for (i = 0; i < nr_node_ids; i++) {
		if (!node_online(i))
			continue;
		err = count_on(cache, i, counts);
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

	return !ks_peek_pointer(&head->next, &next) &&
	       !ks_peek_pointer(&head->prev, &prev) &&
	       !ks_peek_pointer(&next->prev, &back) &&
	       !ks_peek_pointer(&prev->next, &forth) &&
	       back == head && forth == head;
}

/**
 * ks_cache_check() - check that a cache's node is plausible
 * @cache: a cache with objects on the node, which nobody else uses
 * @nid: the node
 * @objects_per_slab: of the cache
 *
 * Takes no list_lock, as its place is in doubt.
 *
 * Return: 0, or an error when ks_cache_count() must not be called.
 */
int ks_cache_check(const struct kmem_cache *cache, int nid,
		   u32 objects_per_slab)
{
	struct kmem_cache_node *node;
	struct totals totals;
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
