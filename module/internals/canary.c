// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves at load, before any number is believed, that the slab walk finds a
 * cache of known name, geometry and live objects and counts it right on every
 * node. What it read up to then it read so that a fault does no harm.
 */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "internals/access.h"
#include "internals/canary.h"
#include "internals/compat/kfence.h"
#include "internals/symbols.h"

#define CANARY_NAME	"kmemscope_canary"
#define CANARY_SIZE	328	/* of no kernel cache, and no power of 2 */
#define PER_NODE	96	/* objects allocated on each node */
#define KEEP_OF		3	/* of so many one stays, so slabs are partial */
#define MAX_CACHES	100000	/* a list that is longer is a broken one */

/**
 * struct birds - the canary's objects
 * @cache: where they are from
 * @work: allocates half of them, on another CPU
 * @nodes: nodes that have memory
 * @objects: PER_NODE for each of @nodes, in that order
 * @nr: how many of @objects there are
 */
struct birds {
	struct kmem_cache *cache;
	struct work_struct work;
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
 * KFENCE takes one allocation now and then, on a machine with one node also of
 * these. Such an object is from its own pool and in none of our slabs.
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
	birds_allocate(container_of(work, struct birds, work), 1);
}

/* Returns the number of CPUs that took part. */
static unsigned int birds_fill(struct birds *birds)
{
	unsigned int here, there, cpus;

	cpus_read_lock();
	here = raw_smp_processor_id();
	there = cpumask_any_but(cpu_online_mask, here);
	birds_allocate(birds, 0);
	if (there < nr_cpu_ids) {
		INIT_WORK_ONSTACK(&birds->work, birds_allocate_there);
		schedule_work_on(there, &birds->work);
		flush_work(&birds->work);
		destroy_work_on_stack(&birds->work);
		cpus = 2;
	} else {
		birds_allocate(birds, 1);
		cpus = 1;
	}
	cpus_read_unlock();
	return cpus;
}

static void birds_free(struct birds *birds, bool all)
{
	unsigned int i;

	for (i = 0; i < birds->nr; i++) {
		if (!birds->objects[i] || (!all && i % KEEP_OF == 0))
			continue;
		kmem_cache_free(birds->cache, birds->objects[i]);
		birds->objects[i] = NULL;
	}
}

/* Live objects of the nth of the birds's nodes. */
static unsigned int birds_living(const struct birds *birds, unsigned int n)
{
	unsigned int i, living = 0;

	for (i = n * PER_NODE; i < (n + 1) * PER_NODE; i++)
		living += !!birds->objects[i];
	return living;
}

static int find_canary(const struct kmem_cache *canary,
		       struct ks_cache_info *info)
{
	struct kmem_cache *cache = NULL;
	unsigned int steps;

	for (steps = 0; steps < MAX_CACHES; steps++) {
		if (ks_cache_next(&cache))
			return -EFAULT;
		if (!cache)
			return -ENOENT;
		if (cache == canary)
			return ks_cache_info(cache, info);
	}
	return -ELOOP;
}

static bool geometry_right(const struct ks_cache_info *info)
{
	return !strcmp(info->name, CANARY_NAME) &&
	       info->object_size == CANARY_SIZE &&
	       info->size >= CANARY_SIZE && info->size < 16 * CANARY_SIZE &&
	       !info->nr_aliases && !info->reclaimable &&
	       info->order <= 10 && info->objects_per_slab &&
	       info->objects_per_slab <= (PAGE_SIZE << info->order) /
					 info->size;
}

/* Whether the node's totals are possible: only then is its lock touched. */
static int count_node(const struct birds *birds, int nid,
		      struct ks_cache_counts *counts)
{
	struct kmem_cache_node *node;
	int err;

	err = ks_cache_node(birds->cache, nid, &node);
	if (err)
		return err;
	if (!node)
		return -ENOENT;
	return ks_cache_node_count(node, counts);
}

static int count_flock(const struct birds *birds, struct ks_canary *canary,
		       char *reason, size_t size)
{
	struct ks_cache_info info = {};
	unsigned int n = 0;
	int nid, err;

	err = find_canary(birds->cache, &info);
	if (err || !geometry_right(&info)) {
		scnprintf(reason, size, err ?
			  "canary: its cache is not on the list of caches" :
			  "canary: its cache has another geometry");
		return err ?: -EBADMSG;
	}
	for_each_node_mask(nid, birds->nodes) {
		struct ks_cache_counts counts = { .free_known = true };
		unsigned int living = birds_living(birds, n++);
		u64 found;

		err = count_node(birds, nid, &counts);
		if (err || !counts.free_known) {
			scnprintf(reason, size,
				  "canary: cannot be counted on node %d", nid);
			return err ?: -EBUSY;
		}
		found = counts.nr_objects - counts.nr_free;
		canary->counted = true;
		canary->nr_objects += living;
		canary->nr_found += found;
		if (found != living ||
		    counts.nr_objects > counts.nr_slabs * info.objects_per_slab) {
			scnprintf(reason, size,
				  "canary: %u live objects on node %d, counted %llu",
				  living, nid, found);
			return -EBADMSG;
		}
	}
	return 0;
}

static int count_locked(const struct birds *birds, struct ks_canary *canary,
			char *reason, size_t size)
{
	unsigned int tries;
	int err;

	for (tries = 0; !ks_caches_trylock(); tries++) {
		if (tries == 1000) {
			scnprintf(reason, size, "canary: slab_mutex was busy");
			return -EBUSY;
		}
		usleep_range(1000, 2000);
	}
	err = count_flock(birds, canary, reason, size);
	ks_caches_unlock();
	return err;
}

/**
 * ks_canary_run() - put the slab walk to the proof
 * @canary: set to what it showed
 * @reason: on error set to what went wrong
 * @size: bytes of @reason
 *
 * After a shrink all free objects are on the nodes' partial lists, none
 * cached per CPU, so that the count must be exact.
 *
 * Context: Process context, sleeps. After ks_layout_init().
 * Return: 0, or an error; then no slab may be counted.
 */
int ks_canary_run(struct ks_canary *canary, char *reason, size_t size)
{
	/* The nodes that slabs can be on: a movable-only one is not among. */
	struct birds birds = { .nodes = node_states[N_NORMAL_MEMORY] };
	void *stray = NULL;	/* in a rehearsal, one the birds knows not */
	int err = -ENOMEM;

	canary->nr_nodes = nodes_weight(birds.nodes);
	birds.nr = canary->nr_nodes * PER_NODE;
	birds.objects = kvcalloc(birds.nr, sizeof(void *), GFP_KERNEL);
	birds.cache = kmem_cache_create(CANARY_NAME, CANARY_SIZE, 0, 0,
					canary_construct);
	if (!birds.objects || !birds.cache) {
		scnprintf(reason, size, "canary: no memory");
		goto out;
	}
	canary->nr_cpus = birds_fill(&birds);
	birds_free(&birds, false);
	kmem_cache_shrink(birds.cache);
	canary->ran = true;
	if (ks_pretend_missing("canary"))
		stray = kmem_cache_alloc(birds.cache, GFP_KERNEL);
	err = count_locked(&birds, canary, reason, size);
	if (stray)
		kmem_cache_free(birds.cache, stray);
	birds_free(&birds, true);
out:
	kmem_cache_destroy(birds.cache);
	kvfree(birds.objects);
	return err;
}
