// SPDX-License-Identifier: GPL-2.0-only
/*
 * The report of a trace: its allocators, their order, and the errors.
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/percpu.h>
#include <linux/string.h>

#include "record/kinds.h"
#include "record/memory.h"
#include "record/records.h"
#include "record/snapshot.h"
#include "trace/probe.h"
#include "trace/report.h"
#include "trace/target.h"

/* Fewer than a probe has: tests have little memory. */
#define OBJECTS		4096

#define SECOND		((u64)NSEC_PER_SEC)

/**
 * struct fake_trace - a trace that is over
 * @probe: its counts, which tests fill in
 * @target: the traced cache
 * @traced: the trace
 * @snaps: its records: the trace, its allocators, its stacks
 * @memory_before: bytes that others take
 */
struct fake_trace {
	struct ks_probe probe;
	struct ks_target target;
	struct ks_traced traced;
	struct ks_snapshot *snaps[3];
	u64 memory_before;
};

static void counts_init(struct kunit *test, struct fake_trace *fake)
{
	int cpu;

	fake->probe.cpu = alloc_percpu(struct ks_probe_cpu);
	KUNIT_ASSERT_NOT_NULL(test, fake->probe.cpu);
	for_each_possible_cpu(cpu) {
		u64 *counts = kunit_kcalloc(test, KS_MAX_ALLOCATORS,
					    sizeof(*counts), GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, counts);
		per_cpu_ptr(fake->probe.cpu, cpu)->counts = counts;
	}
}

static int report_init(struct kunit *test)
{
	struct fake_trace *fake =
		kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	struct ks_memory memory;

	KUNIT_ASSERT_NOT_NULL(test, fake);
	test->priv = fake;
	ks_memory_read(&memory);
	fake->memory_before = memory.now;
	fake->probe.processes =
		kunit_kcalloc(test, KS_MAX_ALLOCATORS,
			      sizeof(struct ks_processes), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake->probe.processes);
	counts_init(test, fake);
	KUNIT_ASSERT_EQ(test, 0, ks_intern_init(&fake->probe.allocators,
						KS_MAX_ALLOCATORS,
						sizeof(struct ks_allocator)));
	KUNIT_ASSERT_EQ(test, 0,
			ks_outstanding_init(&fake->probe.objects, OBJECTS));
	strscpy(fake->target.name, "dentry", sizeof(fake->target.name));
	fake->target.info.size = 192;
	fake->traced = (struct ks_traced){
		.probe = &fake->probe,
		.target = &fake->target,
		.ns = 2 * SECOND,
		.ended = "time",
	};
	fake->snaps[0] = ks_snapshot_new(&ks_kind_trace, NULL);
	fake->snaps[1] = ks_snapshot_new(&ks_kind_trace_allocator, NULL);
	fake->snaps[2] = ks_snapshot_new(&ks_kind_trace_stack, NULL);
	KUNIT_ASSERT_TRUE(test,
			  fake->snaps[0] && fake->snaps[1] && fake->snaps[2]);
	return 0;
}

static void report_exit(struct kunit *test)
{
	struct fake_trace *fake = test->priv;
	struct ks_memory memory;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(fake->snaps); i++)
		ks_snapshot_free(fake->snaps[i]);
	ks_intern_free(&fake->probe.allocators);
	ks_intern_free(&fake->probe.stacks);
	ks_outstanding_free(&fake->probe.objects);
	free_percpu(fake->probe.cpu);
	ks_memory_read(&memory);
	KUNIT_EXPECT_EQ(test, fake->memory_before, memory.now);
}

static struct ks_allocator allocator_named(const char *name)
{
	struct ks_allocator who = { .cgroup_id = 11, .uid = 1000 };

	strscpy(who.names[0], name, sizeof(who.names[0]));
	strscpy(who.names[1], "parent", sizeof(who.names[1]));
	return who;
}

/* Count allocations of an allocator as probes do; return its index. */
static int allocate(struct kunit *test, const struct ks_allocator *who, u64 nr,
		    u32 pid)
{
	struct fake_trace *fake = test->priv;
	const struct ks_process process = {
		.pid = pid, .parent_pid = pid + 1, .start_ns = pid * SECOND,
	};
	int index = ks_intern_add(&fake->probe.allocators, who);

	KUNIT_ASSERT_GE(test, index, 0);
	/* The last one on another CPU, if there is one. */
	per_cpu_ptr(fake->probe.cpu, 0)->counts[index] += nr - 1;
	per_cpu_ptr(fake->probe.cpu, nr_cpu_ids - 1)->counts[index]++;
	if (who->context == KS_CONTEXT_TASK)
		ks_processes_note(&fake->probe.processes[index], &process);
	per_cpu_ptr(fake->probe.cpu, 0)->totals.nr_allocs += nr;
	return index;
}

/*
 * Add the same key again while its first entry looks unfinished; return the
 * index of the second entry.
 */
static int add_again(struct kunit *test, struct ks_intern *in,
		     const void *key, int index)
{
	const u32 state = in->states[index];
	int second;

	in->states[index] = 1;
	second = ks_intern_add(in, key);
	in->states[index] = state;
	KUNIT_ASSERT_GE(test, second, 0);
	KUNIT_ASSERT_NE(test, second, index);
	return second;
}

static const void *record_of(struct kunit *test, u32 snap, u32 index)
{
	const struct fake_trace *fake = test->priv;

	KUNIT_ASSERT_LT(test, index, fake->snaps[snap]->nr_valid);
	return ks_snapshot_record(fake->snaps[snap], index);
}

/* Fill the records from the tables; return the record of the trace. */
static const struct ks_trace_record *fill_report(struct kunit *test)
{
	struct fake_trace *fake = test->priv;

	KUNIT_ASSERT_EQ(test, 0,
			ks_report_fill(&fake->traced, fake->snaps[0],
				       fake->snaps[1], fake->snaps[2]));
	KUNIT_ASSERT_EQ(test, 1, fake->snaps[0]->nr_valid);
	return record_of(test, 0, 0);
}

static void nothing_was_allocated(struct kunit *test)
{
	const struct fake_trace *fake = test->priv;
	const struct ks_trace_record *whole = fill_report(test);

	KUNIT_EXPECT_STREQ(test, "dentry", whole->cache);
	KUNIT_EXPECT_EQ(test, 192, whole->size);
	KUNIT_EXPECT_EQ(test, 2 * SECOND, whole->duration_ns);
	KUNIT_EXPECT_EQ(test, 0ULL, whole->nr_allocs);
	KUNIT_EXPECT_EQ(test, 0, whole->nr_allocators);
	KUNIT_EXPECT_EQ(test, 1, whole->sample_rate);
	/* The growth is unknown, and so is the explained share. */
	KUNIT_EXPECT_EQ(test, S64_MIN, whole->nr_grown);
	KUNIT_EXPECT_EQ(test, U64_MAX, whole->grown_error);
	KUNIT_EXPECT_EQ(test, U32_MAX, whole->explained_permille);
	KUNIT_EXPECT_EQ(test, 0, fake->snaps[1]->nr);
	KUNIT_EXPECT_EQ(test, 0, fake->snaps[2]->nr);
}

static void who_allocated_most_comes_first(struct kunit *test)
{
	const struct ks_trace_allocator_record *record;
	struct ks_allocator one = allocator_named("one"),
		      two = allocator_named("two"),
		      three = allocator_named("three");

	allocate(test, &one, 10, 100);
	allocate(test, &two, 30, 200);
	allocate(test, &three, 20, 300);
	KUNIT_EXPECT_EQ(test, 3, fill_report(test)->nr_allocators);
	record = record_of(test, 1, 0);
	KUNIT_EXPECT_EQ(test, 1, record->id);
	KUNIT_EXPECT_STREQ(test, "two", record->name);
	KUNIT_EXPECT_STREQ(test, "parent", record->parent_1);
	KUNIT_EXPECT_STREQ(test, "", record->parent_2);
	KUNIT_EXPECT_STREQ(test, "task", record->context);
	KUNIT_EXPECT_EQ(test, 11ULL, record->cgroup_id);
	KUNIT_EXPECT_EQ(test, 1000, record->uid);
	KUNIT_EXPECT_EQ(test, 200, record->pid);
	KUNIT_EXPECT_EQ(test, 201, record->parent_pid);
	KUNIT_EXPECT_EQ(test, 200 * SECOND, record->start_ns);
	KUNIT_EXPECT_EQ(test, 1, record->nr_processes);
	KUNIT_EXPECT_EQ(test, 0, record->processes_capped);
	KUNIT_EXPECT_EQ(test, U32_MAX, record->stack);
	KUNIT_EXPECT_EQ(test, 30ULL, record->nr_allocs);
	KUNIT_EXPECT_EQ(test, 15ULL, record->allocs_per_second);
	KUNIT_EXPECT_EQ(test, 30ULL * 192, record->total_bytes);
	KUNIT_EXPECT_EQ(test, 500, record->share_permille);
	KUNIT_EXPECT_EQ(test, 0ULL, record->nr_outstanding);
	KUNIT_EXPECT_EQ(test, 0ULL, record->outstanding_error);
	record = record_of(test, 1, 1);
	KUNIT_EXPECT_STREQ(test, "three", record->name);
	KUNIT_EXPECT_EQ(test, 333, record->share_permille);
	record = record_of(test, 1, 2);
	KUNIT_EXPECT_EQ(test, 3, record->id);
	KUNIT_EXPECT_STREQ(test, "one", record->name);
}

/* Two CPUs added one key at once: both entries are one allocator. */
static void what_is_there_twice_is_one(struct kunit *test)
{
	const struct ks_trace_allocator_record *record;
	struct fake_trace *fake = test->priv;
	struct ks_allocator one = allocator_named("one"),
		      two = allocator_named("two");
	const struct ks_process later = { .pid = 101 };
	int index = allocate(test, &one, 10, 100);
	int second = add_again(test, &fake->probe.allocators, &one, index);
	u32 i;

	allocate(test, &two, 15, 200);
	per_cpu_ptr(fake->probe.cpu, 0)->counts[second] = 7;
	/* The later process of both counts, and each process counts once. */
	ks_processes_note(&fake->probe.processes[second], &later);
	fake->probe.processes[second].when++;
	for (i = 0; i < 5; i++)
		ks_outstanding_add(&fake->probe.objects, 4096 + 64 * i,
				   i % 2 ? index : second);
	KUNIT_EXPECT_EQ(test, 2, fill_report(test)->nr_allocators);
	record = record_of(test, 1, 0);
	KUNIT_EXPECT_STREQ(test, "one", record->name);
	KUNIT_EXPECT_EQ(test, 17ULL, record->nr_allocs);
	KUNIT_EXPECT_EQ(test, 101, record->pid);
	KUNIT_EXPECT_EQ(test, U32_MAX, record->parent_pid);
	KUNIT_EXPECT_EQ(test, 2, record->nr_processes);
	KUNIT_EXPECT_EQ(test, 5ULL, record->nr_outstanding);
	record = record_of(test, 1, 1);
	KUNIT_EXPECT_EQ(test, 15ULL, record->nr_allocs);
}

/* An interrupted task is not the allocator. */
static void interrupts_name_nobody(struct kunit *test)
{
	static const struct {
		u32 context, kthread;
		const char *name;
	} contexts[] = {
		{ KS_CONTEXT_SOFTIRQ, 0, "softirq" },
		{ KS_CONTEXT_IRQ, 0, "irq" },
		{ KS_CONTEXT_NMI, 0, "nmi" },
		{ KS_CONTEXT_TASK, 1, "kthread" },
	};
	const struct ks_trace_allocator_record *record;
	struct ks_allocator one;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(contexts); i++) {
		one = allocator_named("stopped");
		one.context = contexts[i].context;
		one.kthread = contexts[i].kthread;
		one.cgroup_id = 0;
		allocate(test, &one, 10 - i, 100);
	}
	fill_report(test);
	for (i = 0; i < ARRAY_SIZE(contexts); i++) {
		record = record_of(test, 1, i);
		KUNIT_EXPECT_STREQ(test, contexts[i].name, record->context);
		/* There is no cgroup with this number. */
		KUNIT_EXPECT_EQ(test, U64_MAX, record->cgroup_id);
		if (contexts[i].kthread) {
			KUNIT_EXPECT_STREQ(test, "stopped", record->name);
			continue;
		}
		KUNIT_EXPECT_STREQ(test, "", record->name);
		KUNIT_EXPECT_STREQ(test, "", record->parent_1);
		KUNIT_EXPECT_EQ(test, U32_MAX, record->uid);
		KUNIT_EXPECT_EQ(test, U32_MAX, record->pid);
	}
}

/* Scaled up by the rate, with an error, and to all allocations at most. */
static void outstanding_is_scaled_up(struct kunit *test)
{
	const struct ks_trace_allocator_record *record;
	struct fake_trace *fake = test->priv;
	struct ks_allocator one = allocator_named("one"),
		      two = allocator_named("two"),
		      none = allocator_named("none");
	int first = allocate(test, &one, 1000000, 1);
	int second = allocate(test, &two, 5, 2);
	u64 address, rate;
	u32 *counts = kunit_kcalloc(test, KS_MAX_ALLOCATORS, sizeof(*counts),
				    GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, counts);
	allocate(test, &none, 1, 3);
	/* Fill the table until the rate has risen. */
	for (address = 8; ks_outstanding_rate(&fake->probe.objects) < 4;
	     address += 8)
		ks_outstanding_add(&fake->probe.objects, address, first);
	for (; counts[second] < 2; address += 8) {
		ks_outstanding_add(&fake->probe.objects, address, second);
		memset(counts, 0, KS_MAX_ALLOCATORS * sizeof(*counts));
		ks_outstanding_count(&fake->probe.objects, counts,
				     KS_MAX_ALLOCATORS);
	}
	rate = ks_outstanding_rate(&fake->probe.objects);
	KUNIT_EXPECT_EQ(test, rate, fill_report(test)->sample_rate);
	record = record_of(test, 1, 0);
	KUNIT_EXPECT_EQ(test, counts[first] * rate, record->nr_outstanding);
	/* Two standard deviations. */
	KUNIT_EXPECT_EQ(test,
			2ULL * int_sqrt64(counts[first] * rate * (rate - 1)),
			record->outstanding_error);
	record = record_of(test, 1, 1);
	KUNIT_EXPECT_EQ(test, 5ULL, record->nr_outstanding);
	/* 0 in the sample may mean some outside of it. */
	record = record_of(test, 1, 2);
	KUNIT_EXPECT_EQ(test, 0ULL, record->nr_outstanding);
	KUNIT_EXPECT_EQ(test, 2ULL * int_sqrt64(rate * (rate - 1)),
			record->outstanding_error);
}

static void expect_explained(struct kunit *test, u64 nr_allocs, u64 nr_frees,
			     s64 nr_grown, u32 permille)
{
	struct fake_trace *fake = test->priv;
	const struct ks_trace_record *whole;

	fake->traced.grown_known = true;
	fake->traced.nr_grown = nr_grown;
	fake->traced.grown_error = 3;
	/* Frees on another CPU than allocations, if there is one. */
	per_cpu_ptr(fake->probe.cpu, 0)->totals.nr_allocs = nr_allocs;
	per_cpu_ptr(fake->probe.cpu, nr_cpu_ids - 1)->totals.nr_frees =
		nr_frees;
	whole = fill_report(test);
	KUNIT_EXPECT_EQ(test, nr_grown, whole->nr_grown);
	KUNIT_EXPECT_EQ(test, 3ULL, whole->grown_error);
	KUNIT_EXPECT_EQ(test, nr_allocs, whole->nr_allocs);
	KUNIT_EXPECT_EQ(test, nr_frees, whole->nr_frees);
	KUNIT_EXPECT_EQ(test, permille, whole->explained_permille);
}

static void growth_is_explained_or_not(struct kunit *test)
{
	expect_explained(test, 100, 20, 80, 1000);
	expect_explained(test, 100, 20, 160, 500);
	expect_explained(test, 20, 20, 160, 0);
	/* More than all growth: some frees have no event. */
	expect_explained(test, 100, 20, 40, 2000);
	expect_explained(test, 1ULL << 40, 0, 1, U32_MAX - 1);
	/* Without growth the explained share is unknown. */
	expect_explained(test, 100, 20, 0, U32_MAX);
	expect_explained(test, 100, 20, -80, U32_MAX);
	expect_explained(test, 20, 100, 5, U32_MAX);
	expect_explained(test, 1ULL << 40, 1ULL << 39, 1LL << 40, 500);
}

/* A trace of 0 ns has no rate. */
static void no_time_no_rate(struct kunit *test)
{
	const struct ks_trace_allocator_record *record;
	struct fake_trace *fake = test->priv;
	struct ks_allocator one = allocator_named("one");

	allocate(test, &one, 1ULL << 40, 1);
	fake->traced.ns = 0;
	fill_report(test);
	record = record_of(test, 1, 0);
	KUNIT_EXPECT_EQ(test, U64_MAX, record->allocs_per_second);
	KUNIT_EXPECT_EQ(test, 1ULL << 40, record->nr_allocs);
	KUNIT_EXPECT_EQ(test, 1000, record->share_permille);
	fake->traced.ns = 1000 * SECOND;
	fill_report(test);
	record = record_of(test, 1, 0);
	KUNIT_EXPECT_EQ(test, (1ULL << 40) / 1000, record->allocs_per_second);
}

/* Frames have names, and no addresses. */
static void stacks_are_told_once(struct kunit *test)
{
	const struct ks_trace_allocator_record *record;
	const struct ks_trace_stack_record *frame;
	struct fake_trace *fake = test->priv;
	struct ks_stack stack = {
		.frames = { (unsigned long)ks_report_fill + 4, 0x1234 },
	};
	struct ks_allocator one = allocator_named("one");
	int index, second;

	allocate(test, &one, 12, 1);
	fake->probe.with_stacks = true;
	KUNIT_ASSERT_EQ(test, 0, ks_intern_init(&fake->probe.stacks,
						KS_MAX_STACKS, sizeof(stack)));
	index = ks_intern_add(&fake->probe.stacks, &stack);
	KUNIT_ASSERT_GE(test, index, 0);
	second = add_again(test, &fake->probe.stacks, &stack, index);
	one.stack = index + 1;
	allocate(test, &one, 5, 1);
	one.stack = second + 1;
	allocate(test, &one, 6, 1);
	KUNIT_EXPECT_EQ(test, 2, fill_report(test)->nr_allocators);
	KUNIT_ASSERT_EQ(test, 2, fake->snaps[2]->nr_valid);
	record = record_of(test, 1, 0);
	KUNIT_EXPECT_EQ(test, 11ULL, record->nr_allocs);
	KUNIT_EXPECT_EQ(test, index + 1, record->stack);
	/* The rest of the 12 has no stack. */
	record = record_of(test, 1, 1);
	KUNIT_EXPECT_EQ(test, 1ULL, record->nr_allocs);
	KUNIT_EXPECT_EQ(test, U32_MAX, record->stack);
	frame = record_of(test, 2, 0);
	KUNIT_EXPECT_EQ(test, index + 1, frame->stack);
	KUNIT_EXPECT_EQ(test, 0, frame->depth);
	KUNIT_EXPECT_NOT_NULL(test, strstr(frame->symbol, "ks_report_fill+"));
	frame = record_of(test, 2, 1);
	KUNIT_EXPECT_EQ(test, 1, frame->depth);
	KUNIT_EXPECT_STREQ(test, "", frame->symbol);
}

/* Estimates of stacks are scaled down to the exact sum. */
static void stacks_are_no_more_than_all(struct kunit *test)
{
	const struct ks_trace_allocator_record *record;
	struct fake_trace *fake = test->priv;
	const struct ks_stack stack = { .frames = { 1 } };
	struct ks_allocator one = allocator_named("one");

	fake->probe.with_stacks = true;
	KUNIT_ASSERT_EQ(test, 0, ks_intern_init(&fake->probe.stacks,
						KS_MAX_STACKS, sizeof(stack)));
	allocate(test, &one, 100, 7);
	one.stack = ks_intern_add(&fake->probe.stacks, &stack) + 1;
	allocate(test, &one, 150, 8);
	one.stack = KS_NO_STACK;
	allocate(test, &one, 50, 9);
	KUNIT_EXPECT_EQ(test, 2, fill_report(test)->nr_allocators);
	record = record_of(test, 1, 0);
	KUNIT_EXPECT_EQ(test, 75ULL, record->nr_allocs);
	KUNIT_EXPECT_NE(test, U32_MAX, record->stack);
	/* The processes belong to the whole allocator. */
	KUNIT_EXPECT_EQ(test, 7, record->pid);
	record = record_of(test, 1, 1);
	KUNIT_EXPECT_EQ(test, 25ULL, record->nr_allocs);
	KUNIT_EXPECT_EQ(test, U32_MAX, record->stack);
}

static struct kunit_case answer_cases[] = {
	KUNIT_CASE(nothing_was_allocated),
	KUNIT_CASE(who_allocated_most_comes_first),
	KUNIT_CASE(what_is_there_twice_is_one),
	KUNIT_CASE(interrupts_name_nobody),
	KUNIT_CASE(outstanding_is_scaled_up),
	KUNIT_CASE(growth_is_explained_or_not),
	KUNIT_CASE(no_time_no_rate),
	KUNIT_CASE(stacks_are_told_once),
	KUNIT_CASE(stacks_are_no_more_than_all),
	{}
};

static struct kunit_suite answer_suite = {
	.name = "kmemscope_answer",
	.init = report_init,
	.exit = report_exit,
	.test_cases = answer_cases,
};

kunit_test_suite(answer_suite);
