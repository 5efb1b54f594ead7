// SPDX-License-Identifier: GPL-2.0-only
/*
 * The processes of an allocator. All CPUs may note them and count at once, and
 * no number is lost.
 */
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/string.h>

#include "trace/probe.h"
#include "trace/processes.h"

static struct ks_process process_of(u32 pid)
{
	return (struct ks_process){ .pid = pid, .start_ns = pid * 5000000ULL };
}

static void note_process(struct ks_processes *all, u32 pid)
{
	const struct ks_process process = process_of(pid);

	preempt_disable();
	ks_processes_note(all, &process);
	preempt_enable();
}

static void counts_up_to_a_bound(struct kunit *test)
{
	struct ks_processes all = {};
	u32 pid, round;

	for (pid = 1; pid <= KS_MAX_PROCESSES; pid++)
		for (round = 0; round < 3; round++) {
			note_process(&all, pid);
			KUNIT_EXPECT_EQ(test, pid, ks_processes_count(&all));
		}
	KUNIT_EXPECT_EQ(test, 0, all.capped);
	note_process(&all, 100);
	KUNIT_EXPECT_EQ(test, KS_MAX_PROCESSES, ks_processes_count(&all));
	KUNIT_EXPECT_EQ(test, 1, all.capped);
}

/* The same PID with another start is another process. */
static void a_start_tells_processes_apart(struct kunit *test)
{
	struct ks_processes all = {};
	struct ks_process process = process_of(7);

	ks_processes_note(&all, &process);
	process.start_ns += 10000000;
	ks_processes_note(&all, &process);
	KUNIT_EXPECT_EQ(test, 2, ks_processes_count(&all));
}

/* At most once a tick, so that CPUs can share the cache line. */
static void the_last_is_written_once_a_tick(struct kunit *test)
{
	struct ks_processes all;
	unsigned long before;

	/* Retry until both are in one tick. */
	do {
		memset(&all, 0, sizeof(all));
		note_process(&all, 1);
		before = all.when;
		note_process(&all, 2);
	} while (all.when != before);
	KUNIT_EXPECT_EQ(test, 1, all.last.pid);
	KUNIT_EXPECT_EQ(test, 2, ks_processes_count(&all));
	all.when = jiffies - 1;
	/* An entry that another CPU is writing is left alone. */
	all.busy = 1;
	note_process(&all, 3);
	KUNIT_EXPECT_NE(test, 3, all.last.pid);
	all.busy = 0;
	all.when = jiffies - 1;
	note_process(&all, 4);
	KUNIT_EXPECT_EQ(test, 4, all.last.pid);
}

#define THREADS	8
#define ROUNDS	20000

struct crowd {
	struct ks_probe *probe;
	atomic_t next;
	atomic_t left;
	struct completion done;
};

static int thread_note_all(void *data)
{
	struct crowd *crowd = data;
	const u64 number = atomic_inc_return(&crowd->next);
	u32 i;

	for (i = 0; i < ROUNDS; i++) {
		preempt_disable();
		ks_probe_note_alloc(crowd->probe, _RET_IP_,
				    phys_to_virt(number << 20 | i << 3));
		preempt_enable();
	}
	if (atomic_dec_and_test(&crowd->left))
		complete(&crowd->done);
	return 0;
}

static void run_crowd(struct kunit *test, struct crowd *crowd)
{
	struct task_struct *task;
	u32 i;

	init_completion(&crowd->done);
	atomic_set(&crowd->next, 0);
	atomic_set(&crowd->left, THREADS);
	for (i = 0; i < THREADS; i++) {
		/* The same name, so that all are one allocator. */
		task = kthread_run(thread_note_all, crowd, "ks_crowd");
		KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	}
	wait_for_completion(&crowd->done);
}

/* Each CPU has counters of its own, and their sum is exact. */
static void all_cpus_count_at_once(struct kunit *test)
{
	struct ks_probe_totals totals;
	struct ks_probe *probe;
	struct crowd crowd;
	u64 counted = 0;
	u32 i, nr = 0;

	probe = ks_probe_new(NULL, false);
	KUNIT_ASSERT_FALSE(test, IS_ERR(probe));
	crowd.probe = probe;
	run_crowd(test, &crowd);
	ks_probe_totals(probe, &totals);
	KUNIT_EXPECT_EQ(test, (u64)THREADS * ROUNDS, totals.nr_allocs);
	KUNIT_EXPECT_EQ(test, 0ULL, totals.nr_dropped);
	for (i = 0; i < KS_MAX_ALLOCATORS; i++) {
		if (!ks_intern_key(&probe->allocators, i))
			continue;
		nr++;
		counted += ks_probe_count(probe, i);
		KUNIT_EXPECT_EQ(test, KS_MAX_PROCESSES,
				ks_processes_count(&probe->processes[i]));
	}
	KUNIT_EXPECT_EQ(test, 1, nr);
	KUNIT_EXPECT_EQ(test, (u64)THREADS * ROUNDS, counted);
	per_cpu_ptr(probe->cpu, 0)->nr_events = 5;
	per_cpu_ptr(probe->cpu, nr_cpu_ids - 1)->nr_events = 9;
	KUNIT_EXPECT_EQ(test, 9ULL, ks_probe_busiest(probe));
	KUNIT_EXPECT_EQ(test, 0ULL, ks_probe_busiest(probe));
	for (i = 1; i < nr_cpu_ids; i++)
		KUNIT_EXPECT_EQ(test, KS_MAX_ALLOCATORS,
				per_cpu_ptr(probe->cpu, i)->counts -
				per_cpu_ptr(probe->cpu, i - 1)->counts);
	ks_probe_free(probe);
}

static struct kunit_case processes_cases[] = {
	KUNIT_CASE(counts_up_to_a_bound),
	KUNIT_CASE(a_start_tells_processes_apart),
	KUNIT_CASE(the_last_is_written_once_a_tick),
	KUNIT_CASE(all_cpus_count_at_once),
	{}
};

static struct kunit_suite processes_suite = {
	.name = "kmemscope_processes",
	.test_cases = processes_cases,
};

kunit_test_suite(processes_suite);
