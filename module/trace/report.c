// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the records of a trace, after its probes are gone. Merges allocators
 * that have two slots, and sorts them by allocations.
 */
#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "record/kinds.h"
#include "record/memory.h"
#include "record/records.h"
#include "record/snapshot.h"
#include "trace/allocator.h"
#include "trace/probe.h"
#include "trace/report.h"
#include "trace/target.h"

/**
 * struct allocator - an allocator
 * @key: its key, with the number that its stack has in the records
 * @processes: its processes
 * @nr_allocs: objects it allocated
 * @nr_sampled: of the sample, those that were not freed again
 */
struct allocator {
	struct ks_allocator key;
	struct ks_processes *processes;
	u64 nr_allocs;
	u32 nr_sampled;
};

/**
 * struct allocators - all allocators of a trace
 * @list: the allocators
 * @nr: how many
 * @sampled: objects of the sample, by the slot of their allocator
 */
struct allocators {
	struct allocator list[KS_MAX_ALLOCATORS];
	u32 nr;
	u32 sampled[KS_MAX_ALLOCATORS];
};

static int allocators_compare(const void *a, const void *b)
{
	const struct allocator *one = a, *other = b;

	return memcmp(&one->key, &other->key, sizeof(one->key));
}

static int allocs_compare(const void *a, const void *b)
{
	const u64 one = ((const struct allocator *)a)->nr_allocs;
	const u64 other = ((const struct allocator *)b)->nr_allocs;

	return one < other ? 1 : one > other ? -1 : allocators_compare(a, b);
}

static void allocators_take(struct allocators *all,
			    const struct ks_probe *probe)
{
	u32 i;

	ks_outstanding_count(&probe->objects, all->sampled, KS_MAX_ALLOCATORS);
	for (i = 0; i < KS_MAX_ALLOCATORS; i++) {
		struct allocator *allocator = &all->list[all->nr];
		const struct ks_allocator *key;

		key = ks_intern_key(&probe->allocators, i);
		if (!key)
			continue;
		allocator->key = *key;
		if (key->stack && key->stack != KS_NO_STACK)
			allocator->key.stack = 1 +
				ks_intern_first(&probe->stacks, key->stack - 1);
		allocator->processes = &probe->processes[i];
		allocator->nr_allocs = ks_probe_count(probe, i);
		allocator->nr_sampled = all->sampled[i];
		all->nr++;
	}
}

/* The list is sorted, so equal keys are neighbours. */
static void allocators_merge(struct allocators *all)
{
	struct allocator *list = all->list;
	u32 i, nr = 0;

	for (i = 0; i < all->nr; i++) {
		if (nr && !allocators_compare(&list[nr - 1], &list[i])) {
			list[nr - 1].nr_allocs += list[i].nr_allocs;
			list[nr - 1].nr_sampled += list[i].nr_sampled;
			ks_processes_merge(list[nr - 1].processes,
					   list[i].processes);
			continue;
		}
		if (nr != i)
			list[nr] = list[i];
		nr++;
	}
	all->nr = nr;
}

/* An allocator and one of its stacks differ in that last member alone. */
static_assert(offsetofend(struct ks_allocator,
			  stack) == sizeof(struct ks_allocator));

static bool is_stack_of(const struct ks_allocator *whole,
			const struct ks_allocator *key)
{
	return !whole->stack &&
	       !memcmp(whole, key, offsetof(struct ks_allocator, stack));
}

/*
 * The count of a whole allocator is exact, those of its stacks are estimates.
 * Scales these down to the whole, and leaves the whole the rest.
 */
static void allocator_split(struct allocator *whole, struct allocator *stacks,
			    u32 nr)
{
	u64 before = 0, taken = 0;
	u32 i;

	for (i = 0; i < nr; i++)
		before += stacks[i].nr_allocs;
	for (i = 0; i < nr; i++) {
		if (before > whole->nr_allocs)
			stacks[i].nr_allocs =
				mul_u64_u64_div_u64(stacks[i].nr_allocs,
						    whole->nr_allocs, before);
		stacks[i].processes = whole->processes;
		taken += stacks[i].nr_allocs;
	}
	whole->nr_allocs -= taken;
}

/* A whole allocator is sorted just before those with its stacks. */
static void allocators_split(struct allocators *all)
{
	struct allocator *list = all->list;
	u32 i, end, nr = 0;

	for (i = 0; i < all->nr; i = end) {
		for (end = i + 1; end < all->nr; end++)
			if (!is_stack_of(&list[i].key, &list[end].key))
				break;
		allocator_split(&list[i], &list[i + 1], end - i - 1);
	}
	for (i = 0; i < all->nr; i++)
		if (list[i].nr_allocs || list[i].nr_sampled)
			list[nr++] = list[i];
	all->nr = nr;
}

static void record_keep(struct ks_snapshot *snap)
{
	ks_snapshot_commit(snap);
	ks_snapshot_complete(snap);
}

static_assert(KS_COMM_SIZE == TASK_COMM_LEN);

static void context_name(const struct ks_allocator *key,
			 struct ks_trace_allocator_record *record)
{
	static const char * const names[] = {
		[KS_CONTEXT_TASK] = "task",
		[KS_CONTEXT_SOFTIRQ] = "softirq",
		[KS_CONTEXT_IRQ] = "irq",
		[KS_CONTEXT_NMI] = "nmi",
	};

	strscpy(record->context, key->kthread ? "kthread" : names[key->context],
		sizeof(record->context));
}

static void processes_fill(const struct ks_processes *processes,
			   struct ks_trace_allocator_record *record)
{
	const struct ks_process *last = &processes->last;

	if (!processes->when)
		return;
	record->pid = last->pid;
	if (last->parent_pid)
		record->parent_pid = last->parent_pid;
	record->start_ns = last->start_ns;
	record->nr_processes = ks_processes_count(processes);
	record->processes_capped = processes->capped;
}

static void key_fill(const struct allocator *allocator,
		     struct ks_trace_allocator_record *record)
{
	const struct ks_allocator *key = &allocator->key;

	context_name(key, record);
	if (key->stack && key->stack != KS_NO_STACK)
		record->stack = key->stack;
	if (key->context != KS_CONTEXT_TASK)
		return;
	memcpy(record->name, key->names[0], KS_COMM_SIZE);
	memcpy(record->parent_1, key->names[1], KS_COMM_SIZE);
	memcpy(record->parent_2, key->names[2], KS_COMM_SIZE);
	memcpy(record->parent_3, key->names[3], KS_COMM_SIZE);
	memcpy(record->parent_4, key->names[4], KS_COMM_SIZE);
	if (key->cgroup_id)
		record->cgroup_id = key->cgroup_id;
	record->uid = key->uid;
	processes_fill(allocator->processes, record);
}

/*
 * Objects are in the sample by chance, so their number has a binomial
 * distribution. Zero counts as one.
 */
static u64 sample_error(u64 nr, u64 rate)
{
	if (rate == 1)
		return 0;
	return 2 * int_sqrt64(max_t(u64, nr, 1) * rate * (rate - 1));
}

static void allocator_fill(const struct ks_traced *traced,
			   const struct allocator *allocator, u64 nr_allocs,
			   struct ks_trace_allocator_record *record)
{
	const u32 rate = ks_outstanding_rate(&traced->probe->objects);

	key_fill(allocator, record);
	record->nr_allocs = allocator->nr_allocs;
	if (traced->ns)
		record->allocs_per_second =
			mul_u64_u64_div_u64(allocator->nr_allocs, NSEC_PER_SEC,
					    traced->ns);
	record->total_bytes = allocator->nr_allocs * traced->target->info.size;
	record->share_permille = div64_u64(allocator->nr_allocs * 1000,
					   nr_allocs);
	/* An estimate may exceed the maximum. */
	record->nr_outstanding = min_t(u64, (u64)allocator->nr_sampled * rate,
				       allocator->nr_allocs);
	record->outstanding_error = sample_error(allocator->nr_sampled, rate);
}

static int allocators_fill(const struct ks_traced *traced,
			   const struct allocators *all, u64 nr_allocs,
			   struct ks_snapshot *snap)
{
	u32 i;
	int err;

	err = ks_snapshot_reserve(snap, all->nr, 0);
	if (err)
		return err;
	for (i = 0; i < all->nr; i++) {
		struct ks_trace_allocator_record *record =
			ks_snapshot_begin(snap);

		if (!record)
			break;
		record->id = i + 1;
		allocator_fill(traced, &all->list[i], nr_allocs, record);
		record_keep(snap);
	}
	return 0;
}

/* Sets the explained share of nr_grown, where there is one. */
static void explained_fill(const struct ks_traced *traced,
			   const struct ks_probe_totals *totals,
			   struct ks_trace_record *record)
{
	u64 permille;

	if (!traced->grown_known)
		return;
	record->nr_grown = traced->nr_grown;
	record->grown_error = traced->grown_error;
	if (traced->nr_grown <= 0 || totals->nr_frees > totals->nr_allocs)
		return;
	permille = div64_u64((totals->nr_allocs - totals->nr_frees) * 1000,
			     traced->nr_grown);
	record->explained_permille = min_t(u64, permille, KS_UNSET_U32 - 1);
}

static int whole_fill(const struct ks_traced *traced,
		      const struct ks_probe_totals *totals, u32 nr_allocators,
		      struct ks_snapshot *snap)
{
	struct ks_trace_record *record;
	int err;

	err = ks_snapshot_reserve(snap, 1, 0);
	if (err)
		return err;
	record = ks_snapshot_begin(snap);
	strscpy(record->cache, traced->target->name,
		sizeof(record->cache));
	record->size = traced->target->info.size;
	record->duration_ns = traced->ns;
	record->nr_allocs = totals->nr_allocs;
	record->nr_frees = totals->nr_frees;
	explained_fill(traced, totals, record);
	record->sample_rate = ks_outstanding_rate(&traced->probe->objects);
	record->nr_dropped = totals->nr_dropped;
	record->nr_lost_samples = totals->nr_lost;
	record->nr_allocators = nr_allocators;
	strscpy(record->ended, traced->ended, sizeof(record->ended));
	record_keep(snap);
	return 0;
}

/* %pB prints the address where there is no symbol. */
static void frame_name(unsigned long frame, char *symbol, size_t size)
{
	snprintf(symbol, size, "%pB", (void *)frame);
	if (!strncmp(symbol, "0x", 2))
		symbol[0] = '\0';
}

static bool stack_is_first(const struct ks_probe *probe, u32 index)
{
	return ks_intern_key(&probe->stacks, index) &&
	       ks_intern_first(&probe->stacks, index) == index;
}

static unsigned int stack_depth(const struct ks_stack *stack)
{
	unsigned int depth = 0;

	while (depth < KS_MAX_FRAMES && stack->frames[depth])
		depth++;
	return depth;
}

static void stack_fill(const struct ks_stack *stack, u32 number,
		       struct ks_snapshot *snap)
{
	unsigned int depth, nr = stack_depth(stack);

	for (depth = 0; depth < nr; depth++) {
		struct ks_trace_stack_record *record = ks_snapshot_begin(snap);

		if (!record)
			return;
		record->stack = number;
		record->depth = depth;
		frame_name(stack->frames[depth], record->symbol,
			   sizeof(record->symbol));
		record_keep(snap);
	}
}

static int stacks_fill(const struct ks_probe *probe, struct ks_snapshot *snap)
{
	u32 i, nr = 0;
	int err;

	if (!probe->with_stacks)
		return 0;
	for (i = 0; i < KS_MAX_STACKS; i++)
		if (stack_is_first(probe, i))
			nr += stack_depth(ks_intern_key(&probe->stacks, i));
	err = ks_snapshot_reserve(snap, nr, 0);
	for (i = 0; i < KS_MAX_STACKS && !err; i++)
		if (stack_is_first(probe, i))
			stack_fill(ks_intern_key(&probe->stacks, i), i + 1,
				   snap);
	return err;
}

/**
 * ks_report_fill() - make the records of a trace
 * @traced: the trace
 * @whole: set to the one record of kind trace
 * @allocators: set to those of kind trace-allocator
 * @stacks: set to those of kind trace-stack; none without the option stacks
 *
 * Context: Process context, sleeps.
 * Return: 0, -ENOMEM or -ENOBUFS.
 */
int ks_report_fill(const struct ks_traced *traced, struct ks_snapshot *whole,
		   struct ks_snapshot *allocators, struct ks_snapshot *stacks)
{
	struct ks_probe_totals totals;
	struct allocators *all;
	int err;

	all = ks_memory_zalloc(sizeof(*all));
	if (IS_ERR(all))
		return PTR_ERR(all);
	ks_probe_totals(traced->probe, &totals);
	allocators_take(all, traced->probe);
	sort(all->list, all->nr, sizeof(*all->list), allocators_compare, NULL);
	allocators_merge(all);
	allocators_split(all);
	sort(all->list, all->nr, sizeof(*all->list), allocs_compare, NULL);
	err = whole_fill(traced, &totals, all->nr, whole) ?:
	      allocators_fill(traced, all, max_t(u64, totals.nr_allocs, 1),
			      allocators) ?:
	      stacks_fill(traced->probe, stacks);
	ks_memory_free(all, sizeof(*all));
	return err;
}
