// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves at load that the slab walk finds a cache of known name, geometry and
 * live objects, and counts it right on every node. No number is believed
 * before. All reads of the walk survive a fault.
 */
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "internals/cache.h"
#include "internals/cache_percpu.h"
#include "internals/canary.h"
#include "internals/compat/kfence.h"
#include "internals/lock_hold.h"
#include "internals/symbols.h"

#define CANARY_NAME	"kmemscope_canary"
#define CANARY_SIZE	328	/* no kernel cache has this size */
#define PER_NODE	96	/* objects allocated on each node */
#define KEEP_OF		3	/* one in this many stays: slabs are partial */
#define AT_HAND		5	/* objects allocated after a shrink */
#define WAIT_MS		2000	/* for the other CPU, then go on without it */

/**
 * struct birds - the canary's objects
 * @cache: their cache
 * @work: allocates half of them, on another CPU
 * @allocated: completed by @work
 * @nodes: nodes that slabs can be on
 * @objects: PER_NODE for each of @nodes, in that order
 * @nr: how many of @objects there are
 */
struct birds {
	struct kmem_cache *cache;
	struct work_struct work;
	struct completion allocated;
	nodemask_t nodes;
	void **objects;
	unsigned int nr;
};

/* A cache with a constructor is never merged with another. */
static void canary_construct(void *object)
{
	memset(object, 0, CANARY_SIZE);
}

/*
 * KFENCE may serve an allocation from its own pool, on a machine with one node
 * also one of these. That object is in none of the canary's slabs, so allocate
 * another.
 */
static void *canary_alloc(struct kmem_cache *cache, int nid)
{
	const gfp_t gfp = GFP_KERNEL | __GFP_THISNODE | __GFP_NOWARN;
	void *object, *again;

	object = kmem_cache_alloc_node(cache, gfp, nid);
	if (!object || !is_kfence_address(object))
		return object;
	again = kmem_cache_alloc_node(cache, gfp, nid);
	kmem_cache_free(cache, object);
	if (again && is_kfence_address(again)) {
		kmem_cache_free(cache, again);
		again = NULL;
	}
	return again;
}

/* Allocates the odd or the even objects of all nodes. */
static void birds_allocate(struct birds *birds, unsigned int from)
{
	unsigned int i = from, n = 0;
	int nid;

	for_each_node_mask(nid, birds->nodes) {
		for (; i < (n + 1) * PER_NODE; i += 2)
			birds->objects[i] = canary_alloc(birds->cache, nid);
		n++;
	}
}

static void birds_allocate_there(struct work_struct *work)
{
	struct birds *birds = container_of(work, struct birds, work);

	birds_allocate(birds, 1);
	complete(&birds->allocated);
}

/*
 * Returns another CPU that the current task may run on. An isolated CPU might
 * never run a worker.
 */
static unsigned int other_cpu(unsigned int here)
{
	unsigned int cpu;

	for_each_cpu_and(cpu, current->cpus_ptr, cpu_online_mask)
		if (cpu != here)
			return cpu;
	return nr_cpu_ids;
}

/* Returns whether a worker there began to allocate within WAIT_MS. */
static bool birds_allocate_on(struct birds *birds, unsigned int cpu)
{
	bool never_ran;

	init_completion(&birds->allocated);
	INIT_WORK_ONSTACK(&birds->work, birds_allocate_there);
	schedule_work_on(cpu, &birds->work);
	wait_for_completion_timeout(&birds->allocated,
				    msecs_to_jiffies(WAIT_MS));
	never_ran = cancel_work_sync(&birds->work);
	destroy_work_on_stack(&birds->work);
	return !never_ran;
}

/* Returns the number of CPUs that took part. */
static unsigned int birds_fill(struct birds *birds)
{
	unsigned int here, there, cpus = 1;

	cpus_read_lock();
	here = raw_smp_processor_id();
	there = other_cpu(here);
	birds_allocate(birds, 0);
	if (there < nr_cpu_ids && birds_allocate_on(birds, there))
		cpus = 2;
	else
		birds_allocate(birds, 1);
	cpus_read_unlock();
	return cpus;
}

static void bird_free(struct birds *birds, unsigned int i)
{
	if (birds->objects[i])
		kmem_cache_free(birds->cache, birds->objects[i]);
	birds->objects[i] = NULL;
}

/* Makes slabs partial: one object of KEEP_OF stays. */
static void birds_thin(struct birds *birds)
{
	unsigned int i;

	for (i = 0; i < birds->nr; i++)
		if (i % KEEP_OF)
			bird_free(birds, i);
}

static void birds_free(struct birds *birds)
{
	unsigned int i;

	for (i = 0; i < birds->nr; i++)
		bird_free(birds, i);
}

/* Counts live objects of the nth node. */
static unsigned int birds_living(const struct birds *birds, unsigned int n)
{
	unsigned int i, living = 0;

	for (i = n * PER_NODE; i < (n + 1) * PER_NODE; i++)
		living += !!birds->objects[i];
	return living;
}

static int find_canary(const struct kmem_cache *canary, char *name,
		       struct ks_cache_info *info)
{
	struct kmem_cache *cache = NULL;
	unsigned int steps;

	for (steps = 0; steps < KS_MAX_CACHES; steps++) {
		if (ks_cache_next(&cache))
			return -EFAULT;
		if (!cache)
			return -ENOENT;
		if (cache == canary)
			return ks_cache_name(cache, name) ?:
			       ks_cache_info(cache, info);
	}
	return -ELOOP;
}

static bool geometry_right(const char *name, const struct ks_cache_info *info)
{
	return !strcmp(name, CANARY_NAME) &&
	       info->object_size == CANARY_SIZE &&
	       info->size >= CANARY_SIZE && info->size < 16 * CANARY_SIZE &&
	       !info->nr_aliases && info->reclaimable && !info->accounted &&
	       info->order <= 10 && info->objects_per_slab &&
	       info->objects_per_slab <= (PAGE_SIZE << info->order) /
					 info->size;
}

/* Counts a node with @living live objects. */
static int count_node(const struct birds *birds, int nid, unsigned int living,
		      const struct ks_cache_info *info,
		      struct ks_canary *canary)
{
	struct ks_cache_counts counts;
	int err;

	err = ks_cache_check(birds->cache, nid, info->objects_per_slab) ?:
	      ks_cache_count(birds->cache, nid, &counts);
	if (err)
		return err;
	if (!counts.free_known || counts.nr_sampled != counts.nr_partial)
		return -EBUSY;
	canary->counted = true;
	canary->nr_nodes++;
	canary->nr_objects += living;
	canary->nr_found += counts.nr_objects - counts.nr_free;
	return counts.nr_objects - counts.nr_free == living ? 0 : -EBADMSG;
}

static int count_birds(const struct birds *birds, struct ks_canary *canary,
		       char *reason, size_t size)
{
	char name[KS_CACHE_NAME_SIZE];
	struct ks_cache_info info;
	unsigned int n = 0;
	int nid, err;

	err = find_canary(birds->cache, name, &info);
	if (err || !geometry_right(name, &info)) {
		scnprintf(reason, size, err ?
			  "canary: its cache is not on the list of caches" :
			  "canary: its cache has an unexpected geometry");
		return err ?: -EBADMSG;
	}
	for_each_node_mask(nid, birds->nodes) {
		unsigned int living = birds_living(birds, n++);

		/* A node without room for objects proves nothing. */
		if (!living)
			continue;
		err = count_node(birds, nid, living, &info, canary);
		if (err) {
			scnprintf(reason, size,
				  "canary: %u live objects on node %d were not counted right (error %d)",
				  living, nid, err);
			return err;
		}
	}
	if (!canary->counted) {
		scnprintf(reason, size, "canary: no memory on any node, will be tried again");
		return -ENOMEM;
	}
	return 0;
}

/* In a rehearsal slab_mutex is busy for the first canary only. */
static bool is_rehearsed_busy(void)
{
	static bool was_busy;

	if (was_busy || !ks_pretend_missing("canary_once"))
		return false;
	was_busy = true;
	return true;
}

/* Load may wait for slab_mutex for 1 to 2 s. */
static bool caches_lock(void)
{
	unsigned int tries;

	if (is_rehearsed_busy())
		return false;
	for (tries = 0; !ks_caches_trylock(); tries++) {
		if (tries == 1000)
			return false;
		usleep_range(1000, 2000);
	}
	return true;
}

static int count_locked(const struct birds *birds, struct ks_canary *canary,
			char *reason, size_t size)
{
	u64 since, ns;
	int err;

	if (!caches_lock()) {
		scnprintf(reason, size, "canary: slab_mutex was busy, will be tried again");
		return -EBUSY;
	}
	since = ks_hold_clock();
	err = count_birds(birds, canary, reason, size);
	ns = ks_hold_clock() - since;
	ks_caches_unlock();
	ks_hold_note(KS_LOCK_SLAB_MUTEX, ns, 1);
	return err;
}

/* Checks that live objects and per-CPU free objects add up. */
static int count_cached(const struct birds *birds, unsigned int living)
{
	struct ks_percpu cached = {};
	struct ks_cache_counts counts;
	int err;

	err = ks_cache_count(birds->cache, NUMA_NO_NODE, &counts) ?:
	      ks_percpu_count(birds->cache, U64_MAX, &cached);
	if (err)
		return err;
	if (!counts.free_known || counts.nr_sampled != counts.nr_partial ||
	    cached.error)
		return -EBUSY;
	return counts.nr_objects - counts.nr_free ==
	       living + cached.nr_taken + cached.nr_left ? 0 : -EBADMSG;
}

/*
 * Allocates a few more objects, so that this CPU has a cpu slab or a sheaf with
 * free objects. Frees none before the count, as KASAN would delay that.
 */
static int prove_cached(const struct birds *birds)
{
	unsigned int i, n, living = 0;
	void *at_hand[AT_HAND];
	int err = -EBUSY;

	for (n = 0; n < nodes_weight(birds->nodes); n++)
		living += birds_living(birds, n);
	for (i = 0; i < AT_HAND; i++) {
		at_hand[i] = canary_alloc(birds->cache, numa_mem_id());
		living += !!at_hand[i];
	}
	if (caches_lock()) {
		err = count_cached(birds, living);
		ks_caches_unlock();
	}
	for (i = 0; i < AT_HAND; i++)
		if (at_hand[i])
			kmem_cache_free(birds->cache, at_hand[i]);
	return err;
}

/**
 * ks_canary_run() - prove the slab walk by a cache of known content
 * @canary: set to the result
 * @reason: on error set to its text
 * @size: bytes of @reason
 * @cached: whether to prove the count of per-CPU free objects as well
 *
 * After a shrink all free objects are on the nodes' partial lists, and none is
 * a per-CPU free object, so that the count must be exact.
 *
 * Context: Process context, sleeps. After ks_layout_resolve().
 * Return: 0, or an error, after which no slab may be counted. -EBUSY and
 * -ENOMEM may pass, and prove nothing.
 */
int ks_canary_run(struct ks_canary *canary, char *reason, size_t size,
		  bool cached)
{
	/* Nodes that can have slabs, which a movable-only node cannot. */
	struct birds birds = { .nodes = node_states[N_NORMAL_MEMORY] };
	void *stray = NULL;	/* in a rehearsal: an object too many */
	int err = -ENOMEM;

	birds.nr = nodes_weight(birds.nodes) * PER_NODE;
	birds.objects = kvcalloc(birds.nr, sizeof(void *), GFP_KERNEL);
	birds.cache = kmem_cache_create(CANARY_NAME, CANARY_SIZE, 0,
					SLAB_RECLAIM_ACCOUNT, canary_construct);
	if (!birds.objects || !birds.cache) {
		scnprintf(reason, size, "canary: no memory, will be tried again");
		goto out;
	}
	canary->nr_cpus = birds_fill(&birds);
	birds_thin(&birds);
	kmem_cache_shrink(birds.cache);
	canary->ran = true;
	if (ks_pretend_missing("canary"))
		stray = kmem_cache_alloc(birds.cache, GFP_KERNEL);
	err = count_locked(&birds, canary, reason, size);
	if (stray)
		kmem_cache_free(birds.cache, stray);
	if (!err && cached)
		canary->cached_err = prove_cached(&birds);
	birds_free(&birds);
out:
	kmem_cache_destroy(birds.cache);
	kvfree(birds.objects);
	return err;
}
