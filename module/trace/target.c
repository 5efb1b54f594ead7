// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds a cache on the kernel's list, each time anew: between two holds of
 * slab_mutex it may be gone, and another one be at its address.
 */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "internals/cached.h"
#include "internals/hold.h"
#include "trace/target.h"

#define HOLD_NS		NSEC_PER_MSEC	/* of slab_mutex */

/* Nobody waits for a job. */
#define MUTEX_TRIES	200
#define MUTEX_PAUSE_US	500

#define COUNT_TRIES	5

static int caches_lock(u64 *since)
{
	return ks_caches_hold(MUTEX_TRIES, MUTEX_PAUSE_US, since) ? 0 : -EAGAIN;
}

/* Two caches may be of one name, in theory: then it is the newest. */
static int find_locked(struct ks_target *target, const char *name, u32 *entries)
{
	struct kmem_cache *cache = NULL;
	int err;

	for (*entries = 0; *entries < KS_MAX_CACHES; (*entries)++) {
		err = ks_cache_next(&cache);
		if (err)
			return err;
		if (!cache)
			break;
		err = ks_cache_name(cache, target->name);
		if (err)
			return err;
		if (strcmp(target->name, name))
			continue;
		target->cache = cache;
		return ks_cache_info(cache, &target->info);
	}
	return -ENOENT;
}

/**
 * ks_target_find() - find a cache
 * @target: set
 * @name: its name
 *
 * Context: Process context, sleeps.
 * Return: 0, -ENOENT, -EAGAIN when slab_mutex stays busy, or -EFAULT.
 */
int ks_target_find(struct ks_target *target, const char *name)
{
	u32 entries;
	u64 since;
	int err;

	err = caches_lock(&since);
	if (err)
		return err;
	err = find_locked(target, name, &entries);
	ks_caches_release(since, entries);
	return err;
}

/* Whether it is still there: by address, and then by name and size. */
static int check_locked(const struct ks_target *target, u32 *entries)
{
	struct kmem_cache *cache = NULL;
	struct ks_target now;
	int err;

	for (*entries = 0; *entries < KS_MAX_CACHES; (*entries)++) {
		err = ks_cache_next(&cache);
		if (err)
			return err;
		if (!cache || cache == target->cache)
			break;
	}
	if (cache != target->cache)
		return -ESTALE;
	err = ks_cache_name(cache, now.name) ?:
	      ks_cache_info(cache, &now.info);
	if (err)
		return err;
	return strcmp(now.name, target->name) ||
	       now.info.size != target->info.size ? -ESTALE : 0;
}

/**
 * ks_target_check() - see whether a cache is still there
 * @target: the cache
 *
 * Context: Process context, sleeps.
 * Return: 0, also when slab_mutex is busy, -ESTALE when it is gone, or -EFAULT.
 */
int ks_target_check(const struct ks_target *target)
{
	u32 entries;
	u64 since;
	int err;

	if (!ks_caches_hold(1, 0, &since))
		return 0;
	err = check_locked(target, &entries);
	ks_caches_release(since, entries);
	return err;
}

/* By lists, as the collector slab does; exact, or not at all. */
static int count_locked(const struct kmem_cache *cache, u64 until_ns,
			struct ks_target_count *count)
{
	struct ks_cached cached = {};
	struct ks_cache_counts counts;
	u64 nr_free;
	int err;

	err = ks_cached_count(cache, until_ns, &cached) ?:
	      ks_cache_count(cache, NUMA_NO_NODE, &counts);
	if (err)
		return err;
	if (!counts.free_known)
		return -EAGAIN;
	if (counts.nr_sampled < counts.nr_partial)
		return -ERANGE;
	nr_free = counts.nr_free + cached.nr_taken + cached.nr_left;
	if (nr_free > counts.nr_objects)
		return -ERANGE;
	count->known = true;
	count->nr_inuse = counts.nr_objects - nr_free;
	count->error = cached.error;
	return 0;
}

/* Counts, and switches in the same hold; sets again when there is more to do. */
static int try_switch(const struct ks_target *target, bool *counting, bool on,
		      struct ks_target_count *count, bool *again)
{
	u32 entries;
	u64 since;
	int err;

	err = caches_lock(&since);
	if (err)
		return err;
	err = check_locked(target, &entries);
	if (!err)
		*again = count_locked(target->cache, ks_hold_clock() + HOLD_NS,
				      count) == -EAGAIN;
	WRITE_ONCE(*counting, on);
	ks_caches_release(since, entries);
	return err;
}

/**
 * ks_target_switch() - let probes begin or end counting, and count the cache
 * @target: the cache
 * @counting: what they look at
 * @on: what it is set to, in any case
 * @count: set to the objects in use at that moment
 *
 * Tried again when there was no time, or a lock was busy.
 *
 * Context: Process context, sleeps.
 * Return: 0, also when there is no exact number, -ESTALE when the cache is gone,
 * -EAGAIN when slab_mutex stays busy, or -EFAULT.
 */
int ks_target_switch(const struct ks_target *target, bool *counting, bool on,
		     struct ks_target_count *count)
{
	unsigned int tries = COUNT_TRIES;
	bool again;
	int err;

	count->known = false;
	do {
		again = false;
		err = try_switch(target, counting, on, count, &again);
		if (again)
			usleep_range(500, 1000);
	} while (!err && again && --tries);
	WRITE_ONCE(*counting, on);
	return err;
}
