// SPDX-License-Identifier: GPL-2.0-only
/*
 * A probe sees each allocation and each freeing on the host, of all caches, and
 * so does little for those of others. It runs in any context, NMI included, and
 * preemptible on some kernels: it takes no lock, allocates nothing and prints
 * nothing. What it shares is changed by atomic operations.
 *
 * Tracepoints of different kernels tell different things, but all begin with
 * the call site and the object, and a probe may take fewer arguments than it is
 * given. That holds for the calling conventions of all 64 bit architectures,
 * but not where the kernel checks the types of functions that it calls.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "internals/object.h"
#include "record/memory.h"
#include "trace/probe.h"

#define RETRY_MS	20	/* to get rid of a probe, without memory */
#define COUNTS_BYTES	(KS_PROBE_ALLOCATORS * sizeof(struct ks_probe_count))

/* The number of who allocates, or an error. */
static int find_who(struct ks_probe *probe, enum ks_context context,
		    unsigned long call_site)
{
	struct ks_stack stack;
	struct ks_who who;
	int index;

	ks_who_fill(&who, context);
	if (probe->with_stacks) {
		ks_who_stack(&stack, call_site);
		index = ks_interned_add(&probe->stacks, &stack);
		who.stack = index < 0 ? 0 : index + 1;
	}
	return ks_interned_add(&probe->who, &who);
}

/*
 * The same, for most allocations are by who did the one before: then half the
 * work is saved. Not where the stack may be another.
 */
static int find_process(struct ks_probe *probe, struct ks_probe_cpu *cpu,
			unsigned long call_site)
{
	if (probe->with_stacks)
		return find_who(probe, KS_CONTEXT_TASK, call_site);
	if (!ks_who_has_sign(&cpu->last)) {
		ks_who_sign(&cpu->last);
		cpu->last_index = find_who(probe, KS_CONTEXT_TASK, call_site);
	}
	return cpu->last_index;
}

/* Counts what an allocator did; its number, or an error. */
static int count_alloc(struct ks_probe *probe, struct ks_probe_cpu *cpu,
		       enum ks_context context, unsigned long call_site)
{
	const bool process = context == KS_CONTEXT_TASK;
	const int index = process ? find_process(probe, cpu, call_site) :
				    find_who(probe, context, call_site);

	if (index < 0)
		return index;
	atomic64_inc(&probe->counts[index].nr_allocs);
	if (process)
		WRITE_ONCE(probe->counts[index].pid, current->tgid);
	return index;
}

/*
 * Within one context a probe must not be entered again. A bit is set and
 * cleared by whoever runs at its level, and an interrupt leaves the others as
 * they were: so this needs no atomic operation.
 */
static void note_alloc(struct ks_probe *probe, unsigned long call_site,
		       const void *object)
{
	struct ks_probe_cpu *cpu = this_cpu_ptr(probe->cpu);
	const enum ks_context context = ks_who_context();
	int owner = -EBUSY;

	this_cpu_inc(probe->cpu->totals.nr_allocs);
	if (!(READ_ONCE(cpu->busy) & BIT(context))) {
		WRITE_ONCE(cpu->busy, cpu->busy | BIT(context));
		barrier();
		owner = count_alloc(probe, cpu, context, call_site);
		barrier();
		WRITE_ONCE(cpu->busy, cpu->busy & ~BIT(context));
	}
	if (owner < 0)
		this_cpu_inc(probe->cpu->totals.nr_dropped);
	else if (!ks_objects_add(&probe->objects, virt_to_phys((void *)object),
				 owner))
		this_cpu_inc(probe->cpu->totals.nr_lost);
}

static void alloc_seen(void *data, unsigned long call_site, const void *object)
{
	struct ks_probe *probe = data;
	const struct kmem_cache *cache;

	preempt_disable_notrace();
	if (READ_ONCE(probe->counting) && ks_object_find(object, &cache) &&
	    cache == probe->cache)
		note_alloc(probe, call_site, object);
	preempt_enable_notrace();
}

/*
 * Before v5.12 kmem_cache_free() is told after the object is free, and then its
 * slab may be gone. An object that is followed is known without that. But it may
 * as well have been allocated again, by another CPU, and be followed as that
 * one's: then it is the new owner who is taken for having freed it.
 */
static void free_seen(void *data, unsigned long call_site, const void *object)
{
	struct ks_probe *probe = data;
	const struct kmem_cache *cache;
	bool followed = false;

	preempt_disable_notrace();
	if (READ_ONCE(probe->counting) && ks_object_find(object, &cache)) {
		if (!cache || cache == probe->cache)
			followed = ks_objects_remove(&probe->objects,
						     virt_to_phys((void *)object));
		if (followed || cache == probe->cache)
			this_cpu_inc(probe->cpu->totals.nr_frees);
	}
	preempt_enable_notrace();
}

static struct {
	const char *name;
	void *probe;
	struct tracepoint *tracepoint;	/* NULL on kernels without it */
} points[] = {
	{ .name = "kmem_cache_alloc", .probe = alloc_seen },
	{ .name = "kmem_cache_alloc_node", .probe = alloc_seen },
	{ .name = "kmalloc", .probe = alloc_seen },
	{ .name = "kmalloc_node", .probe = alloc_seen },
	{ .name = "kmem_cache_free", .probe = free_seen },
	{ .name = "kfree", .probe = free_seen },
};

static void find_point(struct tracepoint *tracepoint, void *unused)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(points); i++)
		if (!strcmp(points[i].name, tracepoint->name))
			points[i].tracepoint = tracepoint;
}

/* The kernel's own tracepoints stay where they are. */
static int find_points(void)
{
	bool allocs = false, frees = false;
	unsigned int i;

	if (IS_ENABLED(CONFIG_CFI) || IS_ENABLED(CONFIG_CFI_CLANG))
		return -EOPNOTSUPP;
	for_each_kernel_tracepoint(find_point, NULL);
	for (i = 0; i < ARRAY_SIZE(points); i++) {
		allocs |= points[i].tracepoint && points[i].probe == alloc_seen;
		frees |= points[i].tracepoint && points[i].probe == free_seen;
	}
	return allocs && frees ? 0 : -EOPNOTSUPP;
}

/*
 * Since commit befe6d946551 ("tracepoint: Do not fail unregistering a probe due
 * to memory failure") (in v5.11, and in later ones of v5.10.y) this puts a stub
 * in our place where there is no memory for a shorter list of probes. Without it
 * the probe would stay, and with it a call into what is freed next: so it is
 * tried until there is memory.
 */
static void unregister_point(struct tracepoint *tracepoint, void *function,
			     struct ks_probe *probe)
{
	while (tracepoint_probe_unregister(tracepoint, function, probe) ==
	       -ENOMEM)
		msleep(RETRY_MS);
}

static void unregister_points(struct ks_probe *probe, unsigned int nr)
{
	while (nr--)
		if (points[nr].tracepoint)
			unregister_point(points[nr].tracepoint,
					 points[nr].probe, probe);
	tracepoint_synchronize_unregister();
}

/**
 * ks_probe_arm() - register the probes
 * @probe: what they shall use; the only one that is armed
 *
 * They count once @probe->counting is set.
 *
 * Context: Process context, sleeps.
 * Return: 0, -EOPNOTSUPP when this kernel has no such tracepoints, or an error.
 */
int ks_probe_arm(struct ks_probe *probe)
{
	unsigned int i;
	int err;

	err = find_points();
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(points); i++) {
		if (!points[i].tracepoint)
			continue;
		err = tracepoint_probe_register(points[i].tracepoint,
						points[i].probe, probe);
		if (err) {
			unregister_points(probe, i);
			return err;
		}
	}
	return 0;
}

/**
 * ks_probe_disarm() - take the probes away
 * @probe: what was armed
 *
 * Context: Process context, sleeps until none of them runs any more.
 */
void ks_probe_disarm(struct ks_probe *probe)
{
	unregister_points(probe, ARRAY_SIZE(points));
}

static int make_tables(struct ks_probe *probe)
{
	int err;

	BUILD_BUG_ON(KS_PROBE_ALLOCATORS > KS_OBJECT_OWNERS);
	BUILD_BUG_ON(sizeof(struct ks_who) !=
		     KS_WHO_NAMES * TASK_COMM_LEN + 24);
	err = ks_interned_init(&probe->who, KS_PROBE_ALLOCATORS,
			       sizeof(struct ks_who)) ?:
	      ks_objects_init(&probe->objects, KS_PROBE_OBJECTS);
	if (!err && probe->with_stacks)
		err = ks_interned_init(&probe->stacks, KS_PROBE_STACKS,
				       sizeof(struct ks_stack));
	if (err)
		return err;
	probe->counts = ks_memory_zalloc(COUNTS_BYTES);
	if (IS_ERR(probe->counts))
		return PTR_ERR(probe->counts);
	probe->cpu = alloc_percpu(struct ks_probe_cpu);
	return probe->cpu ? 0 : -ENOMEM;
}

/**
 * ks_probe_new() - make what probes need
 * @cache: the cache to look at; not dereferenced
 * @with_stacks: whether to tell allocators apart by their stacks
 *
 * Context: Process context, sleeps.
 * Return: it, or an error pointer.
 */
struct ks_probe *ks_probe_new(const struct kmem_cache *cache, bool with_stacks)
{
	struct ks_probe *probe = kzalloc(sizeof(*probe), GFP_KERNEL);
	int err;

	if (!probe)
		return ERR_PTR(-ENOMEM);
	probe->cache = cache;
	probe->with_stacks = with_stacks;
	err = make_tables(probe);
	if (!err)
		return probe;
	ks_probe_free(probe);
	return ERR_PTR(err);
}

/**
 * ks_probe_free() - free what ks_probe_new() made
 * @probe: it, not armed
 */
void ks_probe_free(struct ks_probe *probe)
{
	ks_memory_free(probe->counts, COUNTS_BYTES);
	free_percpu(probe->cpu);
	ks_interned_free(&probe->who);
	ks_interned_free(&probe->stacks);
	ks_objects_free(&probe->objects);
	kfree(probe);
}

/**
 * ks_probe_totals() - add up what was done on all CPUs
 * @probe: probes that are disarmed
 * @totals: set
 */
void ks_probe_totals(const struct ks_probe *probe,
		     struct ks_probe_totals *totals)
{
	int cpu;

	memset(totals, 0, sizeof(*totals));
	for_each_possible_cpu(cpu) {
		const struct ks_probe_totals *one =
			&per_cpu_ptr(probe->cpu, cpu)->totals;

		totals->nr_allocs += one->nr_allocs;
		totals->nr_frees += one->nr_frees;
		totals->nr_dropped += one->nr_dropped;
		totals->nr_lost += one->nr_lost;
	}
}
