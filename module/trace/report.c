// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the tables once nobody fills them any more: what is there twice is put
 * together, and what has more allocations comes first.
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
 * struct sum - an allocator
 * @who: who it is, with the number of its stack as it is told
 * @processes: which processes it was
 * @nr_allocs: objects it allocated
 * @nr_sampled: of the sample, those that were not freed again
 */
struct sum {
	struct ks_who who;
	struct ks_processes *processes;
	u64 nr_allocs;
	u32 nr_sampled;
};

/**
 * struct sums - all of them, and what is needed meanwhile
 * @sums: the allocators
 * @nr: how many
 * @sampled: objects of the sample, by the place of their allocator
 */
struct sums {
	struct sum sums[KS_PROBE_ALLOCATORS];
	u32 nr;
	u32 sampled[KS_PROBE_ALLOCATORS];
};

static int compare_who(const void *a, const void *b)
{
	return memcmp(&((const struct sum *)a)->who,
		      &((const struct sum *)b)->who, sizeof(struct ks_who));
}

static int compare_allocs(const void *a, const void *b)
{
	const u64 one = ((const struct sum *)a)->nr_allocs;
	const u64 other = ((const struct sum *)b)->nr_allocs;

	return one < other ? 1 : one > other ? -1 : compare_who(a, b);
}

static void take_sums(struct sums *all, const struct ks_probe *probe)
{
	u32 i;

	ks_objects_count(&probe->objects, all->sampled, KS_PROBE_ALLOCATORS);
	for (i = 0; i < KS_PROBE_ALLOCATORS; i++) {
		const struct ks_who *who = ks_interned_key(&probe->who, i);
		struct sum *sum = &all->sums[all->nr];

		if (!who)
			continue;
		sum->who = *who;
		if (who->stack && who->stack != KS_WHO_NO_STACK)
			sum->who.stack = ks_interned_first(&probe->stacks,
							   who->stack - 1) + 1;
		sum->processes = &probe->processes[i];
		sum->nr_allocs = ks_probe_count(probe, i);
		sum->nr_sampled = all->sampled[i];
		all->nr++;
	}
}

/* Those that are the same are neighbours. */
static void merge_sums(struct sums *all)
{
	struct sum *sums = all->sums;
	u32 i, nr = 0;

	for (i = 0; i < all->nr; i++) {
		if (nr && !compare_who(&sums[nr - 1], &sums[i])) {
			sums[nr - 1].nr_allocs += sums[i].nr_allocs;
			sums[nr - 1].nr_sampled += sums[i].nr_sampled;
			ks_processes_merge(sums[nr - 1].processes,
					   sums[i].processes);
			continue;
		}
		if (nr != i)
			sums[nr] = sums[i];
		nr++;
	}
	all->nr = nr;
}

/* An allocator and one of its stacks differ in that last member alone. */
static_assert(offsetofend(struct ks_who, stack) == sizeof(struct ks_who));

static bool is_stack_of(const struct ks_who *whole, const struct ks_who *who)
{
	return !whole->stack &&
	       !memcmp(whole, who, offsetof(struct ks_who, stack));
}

/*
 * Takes from the allocator as a whole, whose allocations were all counted, what
 * those with a stack are estimated to be. These cannot be more.
 */
static void split_sum(struct sum *whole, struct sum *stacks, u32 nr)
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

/* An allocator as a whole comes just before those with its stacks. */
static void split_sums(struct sums *all)
{
	struct sum *sums = all->sums;
	u32 i, end, nr = 0;

	for (i = 0; i < all->nr; i = end) {
		for (end = i + 1; end < all->nr; end++)
			if (!is_stack_of(&sums[i].who, &sums[end].who))
				break;
		split_sum(&sums[i], &sums[i + 1], end - i - 1);
	}
	for (i = 0; i < all->nr; i++)
		if (sums[i].nr_allocs || sums[i].nr_sampled)
			sums[nr++] = sums[i];
	all->nr = nr;
}

static void record_keep(struct ks_snapshot *snap)
{
	ks_snapshot_commit(snap);
	ks_snapshot_complete(snap);
}

static_assert(KS_COMM_SIZE == TASK_COMM_LEN);

static void name_context(const struct ks_who *who,
			 struct ks_trace_allocator_record *record)
{
	static const char * const names[] = {
		[KS_CONTEXT_TASK] = "task",
		[KS_CONTEXT_SOFTIRQ] = "softirq",
		[KS_CONTEXT_IRQ] = "irq",
		[KS_CONTEXT_NMI] = "nmi",
	};

	strscpy(record->context, who->kthread ? "kthread" : names[who->context],
		sizeof(record->context));
}

static void fill_processes(const struct ks_processes *processes,
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

static void fill_who(const struct sum *sum,
		     struct ks_trace_allocator_record *record)
{
	const struct ks_who *who = &sum->who;

	name_context(who, record);
	if (who->stack && who->stack != KS_WHO_NO_STACK)
		record->stack = who->stack;
	if (who->context != KS_CONTEXT_TASK)
		return;
	memcpy(record->name, who->names[0], KS_COMM_SIZE);
	memcpy(record->parent_1, who->names[1], KS_COMM_SIZE);
	memcpy(record->parent_2, who->names[2], KS_COMM_SIZE);
	memcpy(record->parent_3, who->names[3], KS_COMM_SIZE);
	memcpy(record->parent_4, who->names[4], KS_COMM_SIZE);
	if (who->cgroup_id)
		record->cgroup_id = who->cgroup_id;
	record->uid = who->uid;
	fill_processes(sum->processes, record);
}

/*
 * That each object was followed by chance gives a binomial distribution. None
 * found in a sample is as good as one.
 */
static u64 sample_error(u64 nr, u64 rate)
{
	if (rate == 1)
		return 0;
	return 2 * int_sqrt64(max_t(u64, nr, 1) * rate * (rate - 1));
}

static void fill_allocator(const struct ks_traced *traced,
			   const struct sum *sum, u64 nr_allocs,
			   struct ks_trace_allocator_record *record)
{
	const u32 rate = ks_objects_rate(&traced->probe->objects);

	fill_who(sum, record);
	record->nr_allocs = sum->nr_allocs;
	if (traced->ns)
		record->allocs_per_second =
			mul_u64_u64_div_u64(sum->nr_allocs, NSEC_PER_SEC,
					    traced->ns);
	record->total_bytes = sum->nr_allocs * traced->target->info.size;
	record->share_permille = div64_u64(sum->nr_allocs * 1000, nr_allocs);
	/* Of a sample there may seem to be more than there can be. */
	record->nr_outstanding = min_t(u64, (u64)sum->nr_sampled * rate,
				       sum->nr_allocs);
	record->outstanding_error = sample_error(sum->nr_sampled, rate);
}

static int fill_allocators(const struct ks_traced *traced,
			   const struct sums *all, u64 nr_allocs,
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
		fill_allocator(traced, &all->sums[i], nr_allocs, record);
		record_keep(snap);
	}
	return 0;
}

/* How much of nr_grown; nothing where that would be no share. */
static void fill_explained(const struct ks_traced *traced,
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

static int fill_whole(const struct ks_traced *traced,
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
	fill_explained(traced, totals, record);
	record->sample_rate = ks_objects_rate(&traced->probe->objects);
	record->nr_dropped = totals->nr_dropped;
	record->nr_lost_samples = totals->nr_lost;
	record->nr_allocators = nr_allocators;
	strscpy(record->ended, traced->ended, sizeof(record->ended));
	record_keep(snap);
	return 0;
}

/* Where the kernel has no name it would print the address. */
static void name_frame(unsigned long frame, char *symbol, size_t size)
{
	snprintf(symbol, size, "%pB", (void *)frame);
	if (!strncmp(symbol, "0x", 2))
		symbol[0] = '\0';
}

static bool is_told(const struct ks_probe *probe, u32 index)
{
	return ks_interned_key(&probe->stacks, index) &&
	       ks_interned_first(&probe->stacks, index) == index;
}

static unsigned int depth_of(const struct ks_stack *stack)
{
	unsigned int depth = 0;

	while (depth < KS_WHO_FRAMES && stack->frames[depth])
		depth++;
	return depth;
}

static void fill_stack(const struct ks_stack *stack, u32 number,
		       struct ks_snapshot *snap)
{
	unsigned int depth, nr = depth_of(stack);

	for (depth = 0; depth < nr; depth++) {
		struct ks_trace_stack_record *record = ks_snapshot_begin(snap);

		if (!record)
			return;
		record->stack = number;
		record->depth = depth;
		name_frame(stack->frames[depth], record->symbol,
			   sizeof(record->symbol));
		record_keep(snap);
	}
}

static int fill_stacks(const struct ks_probe *probe, struct ks_snapshot *snap)
{
	u32 i, nr = 0;
	int err;

	if (!probe->with_stacks)
		return 0;
	for (i = 0; i < KS_PROBE_STACKS; i++)
		if (is_told(probe, i))
			nr += depth_of(ks_interned_key(&probe->stacks, i));
	err = ks_snapshot_reserve(snap, nr, 0);
	for (i = 0; i < KS_PROBE_STACKS && !err; i++)
		if (is_told(probe, i))
			fill_stack(ks_interned_key(&probe->stacks, i), i + 1,
				   snap);
	return err;
}

/**
 * ks_answer_fill() - make the records of a trace
 * @traced: the trace
 * @whole: set to the one record of kind trace
 * @allocators: set to those of kind trace-allocator
 * @stacks: set to those of kind trace-stack, none unless they were asked for
 *
 * Context: Process context, sleeps.
 * Return: 0, -ENOMEM or -ENOBUFS.
 */
int ks_answer_fill(const struct ks_traced *traced, struct ks_snapshot *whole,
		   struct ks_snapshot *allocators, struct ks_snapshot *stacks)
{
	struct ks_probe_totals totals;
	struct sums *all;
	int err;

	all = ks_memory_zalloc(sizeof(*all));
	if (IS_ERR(all))
		return PTR_ERR(all);
	ks_probe_totals(traced->probe, &totals);
	take_sums(all, traced->probe);
	sort(all->sums, all->nr, sizeof(*all->sums), compare_who, NULL);
	merge_sums(all);
	split_sums(all);
	sort(all->sums, all->nr, sizeof(*all->sums), compare_allocs, NULL);
	err = fill_whole(traced, &totals, all->nr, whole) ?:
	      fill_allocators(traced, all, max_t(u64, totals.nr_allocs, 1),
			      allocators) ?:
	      fill_stacks(traced->probe, stacks);
	ks_memory_free(all, sizeof(*all));
	return err;
}
