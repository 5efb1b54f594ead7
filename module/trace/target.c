// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds a cache on the kernel's list, again for each hold of slab_mutex:
 * between two holds the cache may be destroyed, and another one be at its
 * address.
 */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/netlink.h>
#include <linux/string.h>

#include "internals/cache_percpu.h"
#include "internals/lock_hold.h"
#include "internals/progress.h"
#include "trace/target.h"

#define HOLD_NS		NSEC_PER_MSEC	/* of slab_mutex */
#define COUNT_TRIES	5

static int caches_lock(const struct ks_progress *progress, u64 *since,
		       struct netlink_ext_ack *extack)
{
	int err = ks_caches_wait(progress, since);

	if (err == -EAGAIN)
		NL_SET_ERR_MSG(extack,
			       "the kernel's slab_mutex is busy, try again");
	return err;
}

/* In theory two caches may have one name: then it is the newest. */
static int target_find_locked(struct ks_target *target, const char *name,
			      u32 *entries)
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
 * @progress: the job's
 * @extack: may be NULL
 *
 * Context: Process context, sleeps.
 * Return: 0, -ENOENT, -EAGAIN when slab_mutex stays busy, -EINTR, or -EFAULT.
 */
int ks_target_find(struct ks_target *target, const char *name,
		   const struct ks_progress *progress,
		   struct netlink_ext_ack *extack)
{
	u32 entries;
	u64 since;
	int err;

	err = caches_lock(progress, &since, extack);
	if (err)
		return err;
	err = target_find_locked(target, name, &entries);
	ks_caches_release(since, entries);
	if (err == -ENOENT)
		NL_SET_ERR_MSG(extack, "no slab cache of this name");
	return err;
}

/* Checks that the cache is still there: by address, name and size. */
static int target_check_locked(const struct ks_target *target, u32 *entries,
			       struct netlink_ext_ack *extack)
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
	if (cache == target->cache) {
		err = ks_cache_name(cache, now.name) ?:
		      ks_cache_info(cache, &now.info);
		if (err)
			return err;
		if (!strcmp(now.name, target->name) &&
		    now.info.size == target->info.size)
			return 0;
	}
	NL_SET_ERR_MSG(extack, "the cache went away while it was traced");
	return -ESTALE;
}

/**
 * ks_target_check() - check that a cache is still there
 * @target: the cache
 * @extack: may be NULL
 *
 * Context: Process context, sleeps.
 * Return: 0, also when slab_mutex is busy, -ESTALE when it is gone, or -EFAULT.
 */
int ks_target_check(const struct ks_target *target,
		    struct netlink_ext_ack *extack)
{
	u32 entries;
	u64 since;
	int err;

	if (!ks_caches_hold(1, 0, &since))
		return 0;
	err = target_check_locked(target, &entries, extack);
	ks_caches_release(since, entries);
	return err;
}

/**
 * struct reading - a count that may take several holds of slab_mutex
 * @nr_active: objects in use by lists at its begin, with per-CPU free objects
 * @cached: per-CPU free objects of the CPUs that were counted
 */
struct reading {
	u64 nr_active;
	struct ks_percpu cached;
};

/* Counts as the collector slab does: exactly, or not at all. */
static int lists_count(const struct kmem_cache *cache, u64 *nr_active)
{
	struct ks_cache_counts counts;
	int err;

	err = ks_cache_count(cache, NUMA_NO_NODE, &counts);
	if (err)
		return err;
	if (!counts.free_known)
		return -EBUSY;
	if (counts.nr_sampled < counts.nr_partial ||
	    counts.nr_free > counts.nr_objects)
		return -ERANGE;
	*nr_active = counts.nr_objects - counts.nr_free;
	return 0;
}

/*
 * Reads the lists of CPUs between two reads of the nodes' lists. Objects that
 * moved between these meanwhile, and were counted twice or not at all, show as
 * a difference of the two, unless as many moved the other way. -EINPROGRESS
 * when there are CPUs left to count, -EBUSY when all must be counted anew.
 */
static int target_count(const struct kmem_cache *cache, u64 until_ns,
			struct reading *reading, struct ks_target_count *count)
{
	const struct ks_percpu *cached = &reading->cached;
	u64 active, nr_free, moved;
	int err;

	if (!cached->next_cpu) {
		err = lists_count(cache, &reading->nr_active);
		if (err)
			return err;
	}
	err = ks_percpu_count(cache, until_ns, &reading->cached);
	if (err)
		return err == -EAGAIN ? -EINPROGRESS : err;
	err = lists_count(cache, &active);
	if (err)
		return err;
	nr_free = cached->nr_taken + cached->nr_left;
	if (nr_free > active)
		return -EBUSY;
	moved = active > reading->nr_active ? active - reading->nr_active :
					      reading->nr_active - active;
	count->known = true;
	count->nr_inuse = active - nr_free;
	count->error = cached->error + moved;
	return 0;
}

/**
 * struct switching - how probes begin or end counting
 * @target: the cache
 * @counting: what the probes look at
 * @on: what it is set to
 * @reading: the count of the cache so far
 * @count: set when the count is complete
 */
struct switching {
	const struct ks_target *target;
	bool *counting;
	bool on;
	struct reading reading;
	struct ks_target_count *count;
};

/*
 * Counts in one hold of slab_mutex, and switches in the hold that completes the
 * count. -EINPROGRESS when CPUs are left to count, -EBUSY to count anew. A
 * count that fails otherwise is no error: there is no number then.
 */
static int switch_try(struct switching *s, const struct ks_progress *progress,
		      struct netlink_ext_ack *extack)
{
	u32 entries;
	u64 since;
	int err;

	err = caches_lock(progress, &since, extack);
	if (err)
		return err;
	err = target_check_locked(s->target, &entries, extack);
	if (!err) {
		err = target_count(s->target->cache, since + HOLD_NS,
				   &s->reading, s->count);
		/* Probes read it on all CPUs. */
		if (!err)
			WRITE_ONCE(*s->counting, s->on);
		else if (err != -EINPROGRESS && err != -EBUSY)
			err = 0;
	}
	ks_caches_release(since, entries);
	return err;
}

/*
 * Many CPUs are counted in several holds of slab_mutex, of about 1 ms each. All
 * is counted again when a lock was busy.
 */
static int switch_counting(struct switching *s,
			   const struct ks_progress *progress,
			   struct netlink_ext_ack *extack)
{
	unsigned int tries = COUNT_TRIES;
	int err;

	s->count->known = false;
	for (;;) {
		err = switch_try(s, progress, extack);
		if (err == -EBUSY && --tries)
			s->reading = (struct reading){};
		else if (err != -EINPROGRESS)
			break;
		usleep_range(500, 1000);
	}
	/* Probes read it on all CPUs. */
	WRITE_ONCE(*s->counting, s->on);
	return err == -EBUSY ? 0 : err;
}

/**
 * ks_target_begin() - let probes begin to count, and count the cache
 * @target: the cache
 * @counting: what the probes look at; true afterwards, also on an error
 * @count: set to the objects in use at that moment
 * @progress: the job's
 * @extack: may be NULL
 *
 * Context: Process context, sleeps.
 * Return: 0, also when there is no exact number, -ESTALE when the cache is
 * gone, -EAGAIN when slab_mutex stays busy, -EINTR, or -EFAULT.
 */
int ks_target_begin(const struct ks_target *target, bool *counting,
		    struct ks_target_count *count,
		    const struct ks_progress *progress,
		    struct netlink_ext_ack *extack)
{
	struct switching s = {
		.target = target,
		.counting = counting,
		.on = true,
		.count = count,
	};

	return switch_counting(&s, progress, extack);
}

/**
 * ks_target_end() - let probes end to count, and count the cache
 * @target: the cache
 * @counting: what the probes look at; false afterwards, also on an error
 * @count: set to the objects in use at that moment
 * @progress: the job's
 * @extack: may be NULL
 *
 * Context: Process context, sleeps.
 * Return: as for ks_target_begin().
 */
int ks_target_end(const struct ks_target *target, bool *counting,
		  struct ks_target_count *count,
		  const struct ks_progress *progress,
		  struct netlink_ext_ack *extack)
{
	struct switching s = {
		.target = target,
		.counting = counting,
		.on = false,
		.count = count,
	};

	return switch_counting(&s, progress, extack);
}
