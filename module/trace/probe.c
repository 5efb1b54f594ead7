// SPDX-License-Identifier: GPL-2.0-only
/*
 * A probe sees every allocation and free on the host, so it does little for
 * other caches. It runs in any context, NMI included, and is preemptible on
 * some kernels. It takes no lock, allocates nothing and prints nothing. It
 * changes shared memory by atomic operations.
 *
 * The events of all kernels begin with the call site and the object, which is
 * all that is used. internals/compat/kmem_events.h has the probes with the
 * whole prototypes.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/netlink.h>
#include <linux/overflow.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "internals/cache_object.h"
#include "record/memory.h"
#include "trace/probe.h"

#define RETRY_MS	20	/* between tries to remove a probe */
#define STACKS_WINDOW	(HZ / 10)
#define MAX_STACKS	1000	/* on a CPU in a window: 30 ms a second */

/*
 * 32 KiB for each CPU, 16 MiB for 512. Each CPU has counters of its own, so
 * that no cache line moves between CPUs at each allocation.
 */
static size_t counts_bytes(void)
{
	return array3_size(nr_cpu_ids, KS_MAX_ALLOCATORS, sizeof(u64));
}

/* Each allocator has a number that an object can have as its owner. */
static_assert(KS_MAX_ALLOCATORS <= KS_MAX_OWNERS);

#define PROCESSES_BYTES	(KS_MAX_ALLOCATORS * sizeof(struct ks_processes))

/* Returns the number of the current allocator, or an error. */
static int allocator_find(struct ks_probe *probe, enum ks_context context)
{
	struct ks_allocator key;

	ks_allocator_fill(&key, context);
	return ks_intern_add(&probe->allocators, &key);
}

/*
 * Most allocations are by the same process as the one before. Then only memory
 * of this CPU is used.
 */
static int allocator_find_task(struct ks_probe *probe, struct ks_probe_cpu *cpu)
{
	struct ks_process process;

	if (ks_fingerprint_matches(&cpu->last))
		return cpu->last_index;
	ks_fingerprint(&cpu->last);
	cpu->last_index = allocator_find(probe, KS_CONTEXT_TASK);
	if (cpu->last_index >= 0) {
		ks_process_fill(&process);
		ks_processes_note(&probe->processes[cpu->last_index], &process);
	}
	return cpu->last_index;
}

/*
 * A stack costs some 10 000 instructions, so a hot cache gets a smaller sample:
 * about MAX_STACKS stacks in a window on each CPU.
 */
static void stacks_limit(struct ks_probe *probe, struct ks_probe_cpu *cpu)
{
	if (jiffies - cpu->stacks_since >= STACKS_WINDOW) {
		cpu->stacks_since = jiffies;
		cpu->nr_stacks = 0;
	}
	if (++cpu->nr_stacks <= MAX_STACKS)
		return;
	cpu->nr_stacks = 0;
	ks_outstanding_thin(&probe->objects);
}

/* Returns the allocator with its stack, or without if there is no room. */
static int allocator_find_stack(struct ks_probe *probe,
				struct ks_probe_cpu *cpu, int index,
				unsigned long call_site, u32 rate)
{
	struct ks_stack stack;
	struct ks_allocator key;
	int number;

	stacks_limit(probe, cpu);
	ks_stack_fill(&stack, call_site);
	number = ks_intern_add(&probe->stacks, &stack);
	key = *(const struct ks_allocator *)
		ks_intern_key(&probe->allocators, index);
	key.stack = number < 0 ? KS_NO_STACK : number + 1;
	number = ks_intern_add(&probe->allocators, &key);
	if (number < 0)
		return index;
	cpu->counts[number] += rate;
	return number;
}

/* Counts an allocation; returns the number of its allocator, or an error. */
static int alloc_count(struct ks_probe *probe, struct ks_probe_cpu *cpu,
		       enum ks_context context, unsigned long call_site,
		       u64 address)
{
	int index;
	u32 rate;

	if (context == KS_CONTEXT_TASK)
		index = allocator_find_task(probe, cpu);
	else
		index = allocator_find(probe, context);
	if (index < 0)
		return index;
	/* No race: an allocator has one context, entered once on a CPU. */
	cpu->counts[index]++;
	if (!probe->with_stacks)
		return index;
	rate = ks_outstanding_follows(&probe->objects, address);
	if (!rate)
		return index;
	return allocator_find_stack(probe, cpu, index, call_site, rate);
}

/**
 * ks_probe_note_alloc() - count an allocation from the traced cache
 * @probe: probes that count
 * @call_site: where the allocator was called from
 * @object: the object
 *
 * A probe must not be entered again within one context. Each context sets and
 * clears its own bit, and an interrupt restores the bits that it found: so this
 * needs no atomic operation.
 *
 * Context: Any, NMI included, with preemption off.
 */
void ks_probe_note_alloc(struct ks_probe *probe, unsigned long call_site,
			 const void *object)
{
	struct ks_probe_cpu *cpu = this_cpu_ptr(probe->cpu);
	const enum ks_context context = ks_allocator_context();
	const u64 address = virt_to_phys((void *)object);
	int owner = -EBUSY;

	this_cpu_inc(probe->cpu->totals.nr_allocs);
	/* An interrupt of this CPU may change the bits of its own context. */
	if (!(READ_ONCE(cpu->busy) & BIT(context))) {
		WRITE_ONCE(cpu->busy, cpu->busy | BIT(context));
		barrier();
		owner = alloc_count(probe, cpu, context, call_site, address);
		barrier();
		WRITE_ONCE(cpu->busy, cpu->busy & ~BIT(context));
	}
	if (owner < 0)
		this_cpu_inc(probe->cpu->totals.nr_dropped);
	else if (!ks_outstanding_add(&probe->objects, address, owner))
		this_cpu_inc(probe->cpu->totals.nr_lost);
}

static void alloc_seen(void *data, unsigned long call_site, const void *object)
{
	struct ks_probe *probe = data;
	const struct kmem_cache *cache;

	preempt_disable_notrace();
	/* The worker begins and ends the count while probes run. */
	if (READ_ONCE(probe->counting)) {
		this_cpu_inc(probe->cpu->nr_events);
		if (ks_object_find(object, &cache) && cache == probe->cache)
			ks_probe_note_alloc(probe, call_site, object);
	}
	preempt_enable_notrace();
}

/*
 * Before v5.12 the event of kmem_cache_free() comes after the free, when the
 * slab may be gone. An object of the sample is known without its slab. Another
 * CPU may have allocated it again meanwhile: then that allocator is taken for
 * the one that freed it.
 */
static void free_count(struct ks_probe *probe, const void *object)
{
	const struct kmem_cache *cache;
	bool followed = false;

	if (!ks_object_find(object, &cache))
		return;
	if (!cache || cache == probe->cache)
		followed = ks_outstanding_remove(&probe->objects,
						 virt_to_phys((void *)object));
	if (followed || cache == probe->cache)
		this_cpu_inc(probe->cpu->totals.nr_frees);
}

static void free_seen(void *data, unsigned long call_site, const void *object)
{
	struct ks_probe *probe = data;

	preempt_disable_notrace();
	/* The worker begins and ends the count while probes run. */
	if (READ_ONCE(probe->counting)) {
		this_cpu_inc(probe->cpu->nr_events);
		free_count(probe, object);
	}
	preempt_enable_notrace();
}

/* Needs the two functions above. */
#include "internals/compat/kmem_events.h"

static struct {
	const char *name;
	void *probe;
	bool allocates;
	struct tracepoint *tracepoint;	/* NULL on kernels without it */
} points[] = {
	{ .name = "kmem_cache_alloc", .probe = cache_alloc_seen,
	  .allocates = true },
	{ .name = "kmalloc", .probe = kmalloc_seen, .allocates = true },
#ifndef KS_HAVE_KMEM_EVENTS_UNIFIED
	{ .name = "kmem_cache_alloc_node", .probe = cache_alloc_node_seen,
	  .allocates = true },
	{ .name = "kmalloc_node", .probe = kmalloc_node_seen,
	  .allocates = true },
#endif
	{ .name = "kmem_cache_free", .probe = cache_free_seen },
	{ .name = "kfree", .probe = free_seen },
};

static void point_find(struct tracepoint *tracepoint, void *unused)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(points); i++)
		if (!strcmp(points[i].name, tracepoint->name))
			points[i].tracepoint = tracepoint;
}

/* Tracepoints of the kernel itself never go away. */
static int points_find(void)
{
	bool allocs = false, frees = false;
	unsigned int i;

	/* Not tried on a kernel that checks the types of functions it calls. */
	if (IS_ENABLED(CONFIG_CFI) || IS_ENABLED(CONFIG_CFI_CLANG))
		return -EOPNOTSUPP;
	ks_kmem_events_check();
	for_each_kernel_tracepoint(point_find, NULL);
	for (i = 0; i < ARRAY_SIZE(points); i++) {
		if (!points[i].tracepoint)
			continue;
		allocs |= points[i].allocates;
		frees |= !points[i].allocates;
	}
	return allocs && frees ? 0 : -EOPNOTSUPP;
}

/*
 * Since commit befe6d946551 ("tracepoint: Do not fail unregistering a probe due
 * to memory failure") (in v5.11, and in later v5.10.y) the kernel puts a stub
 * in place of the probe when it has no memory for a shorter list of probes.
 * Older kernels would keep the probe, and call it after it is freed: so try
 * until there is memory.
 */
static void point_unregister(struct tracepoint *tracepoint, void *function,
			     struct ks_probe *probe)
{
	while (tracepoint_probe_unregister(tracepoint, function, probe) ==
	       -ENOMEM) {
		pr_warn_once("no memory to remove a probe, trying again\n");
		msleep(RETRY_MS);
	}
}

static void points_unregister(struct ks_probe *probe, unsigned int nr)
{
	while (nr--)
		if (points[nr].tracepoint)
			point_unregister(points[nr].tracepoint,
					 points[nr].probe, probe);
	tracepoint_synchronize_unregister();
}

/**
 * ks_probe_arm() - register the probes
 * @probe: their tables; no other may be armed
 * @extack: may be NULL
 *
 * They count once @probe->counting is set.
 *
 * Context: Process context, sleeps.
 * Return: 0, -EOPNOTSUPP when this kernel has no such tracepoints, or an error.
 */
int ks_probe_arm(struct ks_probe *probe, struct netlink_ext_ack *extack)
{
	unsigned int i;
	int err;

	err = points_find();
	if (err) {
		NL_SET_ERR_MSG(extack, "the kmem tracepoints of this kernel cannot be probed");
		return err;
	}
	for (i = 0; i < ARRAY_SIZE(points); i++) {
		if (!points[i].tracepoint)
			continue;
		err = tracepoint_probe_register(points[i].tracepoint,
						points[i].probe, probe);
		if (err) {
			points_unregister(probe, i);
			return err;
		}
	}
	return 0;
}

/**
 * ks_probe_disarm() - remove the probes
 * @probe: armed probes
 *
 * Context: Process context, sleeps until none of them runs any more.
 */
void ks_probe_disarm(struct ks_probe *probe)
{
	points_unregister(probe, ARRAY_SIZE(points));
}

static int counts_make(struct ks_probe *probe)
{
	int cpu;

	probe->processes = ks_memory_zalloc(PROCESSES_BYTES);
	if (IS_ERR(probe->processes))
		return PTR_ERR(probe->processes);
	probe->counts = ks_memory_zalloc(counts_bytes());
	if (IS_ERR(probe->counts))
		return PTR_ERR(probe->counts);
	probe->cpu = alloc_percpu(struct ks_probe_cpu);
	if (!probe->cpu)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		per_cpu_ptr(probe->cpu, cpu)->counts =
			probe->counts + (size_t)cpu * KS_MAX_ALLOCATORS;
	return 0;
}

static int tables_make(struct ks_probe *probe)
{
	int err;

	err = ks_intern_init(&probe->allocators, KS_MAX_ALLOCATORS,
			     sizeof(struct ks_allocator));
	if (!err)
		err = ks_outstanding_init(&probe->objects, KS_MAX_OUTSTANDING);
	if (!err && probe->with_stacks)
		err = ks_intern_init(&probe->stacks, KS_MAX_STACKS,
				     sizeof(struct ks_stack));
	if (!err)
		err = counts_make(probe);
	return err;
}

/**
 * ks_probe_new() - make the tables of probes
 * @cache: the cache to trace; not dereferenced
 * @with_stacks: whether to separate allocators by their stacks
 *
 * Context: Process context, sleeps.
 * Return: the probes, or an error pointer.
 */
struct ks_probe *ks_probe_new(const struct kmem_cache *cache, bool with_stacks)
{
	struct ks_probe *probe = kzalloc(sizeof(*probe), GFP_KERNEL);
	int err;

	if (!probe)
		return ERR_PTR(-ENOMEM);
	probe->cache = cache;
	probe->with_stacks = with_stacks;
	err = tables_make(probe);
	if (!err)
		return probe;
	ks_probe_free(probe);
	return ERR_PTR(err);
}

/**
 * ks_probe_free() - free the tables of probes
 * @probe: probes that are not armed
 */
void ks_probe_free(struct ks_probe *probe)
{
	ks_memory_free(probe->processes, PROCESSES_BYTES);
	ks_memory_free(probe->counts, counts_bytes());
	free_percpu(probe->cpu);
	ks_intern_free(&probe->allocators);
	ks_intern_free(&probe->stacks);
	ks_outstanding_free(&probe->objects);
	kfree(probe);
}

/**
 * ks_probe_busiest() - count events since the last call
 * @probe: probes, armed or not
 *
 * Context: Any, by one caller at a time.
 * Return: events of all caches on the CPU that had the most.
 */
u64 ks_probe_busiest(struct ks_probe *probe)
{
	u64 now, most = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct ks_probe_cpu *one = per_cpu_ptr(probe->cpu, cpu);

		/* CPUs go on counting; a stale number only delays the end. */
		now = READ_ONCE(one->nr_events);
		most = max(most, now - one->nr_reported);
		one->nr_reported = now;
	}
	return most;
}

/**
 * ks_probe_count() - add up an allocator's counts of all CPUs
 * @probe: probes that are disarmed
 * @index: the slot of the allocator
 *
 * Return: its allocations.
 */
u64 ks_probe_count(const struct ks_probe *probe, u32 index)
{
	u64 nr = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		nr += per_cpu_ptr(probe->cpu, cpu)->counts[index];
	return nr;
}

/**
 * ks_probe_totals() - add up the totals of all CPUs
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
