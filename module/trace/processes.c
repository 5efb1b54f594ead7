// SPDX-License-Identifier: GPL-2.0-only
/*
 * All CPUs may be one allocator, for example 64 workers of one name. So shared
 * memory is written rarely: once for each of the first processes, and once a
 * clock tick for the last process.
 */
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/jiffies.h>

#include "trace/processes.h"

#define PID_BITS	22	/* PID_MAX_LIMIT is 4 million */

/* Never 0, which marks a free slot. The start is cut to 52 days, in us. */
static u64 process_id(const struct ks_process *process)
{
	return (process->start_ns >> 10 << PID_BITS | process->pid) ?: 1;
}

static void seen_add(struct ks_processes *all, u64 id)
{
	unsigned int i;
	u64 seen;

	/* Other CPUs write these at any time; the cmpxchg64() decides. */
	if (READ_ONCE(all->capped))
		return;
	for (i = 0; i < KS_MAX_PROCESSES; i++) {
		seen = READ_ONCE(all->seen[i]);
		if (!seen)
			seen = cmpxchg64(&all->seen[i], 0, id);
		if (!seen || seen == id)
			return;
	}
	WRITE_ONCE(all->capped, 1);
}

/**
 * ks_processes_note() - note a process that allocates
 * @all: the processes of its allocator
 * @process: the process
 *
 * Does nothing when another CPU is writing the last process, as that will do.
 *
 * Context: Any but NMI, with preemption off.
 */
void ks_processes_note(struct ks_processes *all,
		       const struct ks_process *process)
{
	const unsigned long now = jiffies;

	seen_add(all, process_id(process));
	/* Read without @busy, so that most events write nothing. */
	if (READ_ONCE(all->when) == now || test_and_set_bit_lock(0, &all->busy))
		return;
	WRITE_ONCE(all->when, now);
	all->last = *process;
	clear_bit_unlock(0, &all->busy);
}

/**
 * ks_processes_merge() - add the processes of one allocator to another's
 * @into: the processes to add to
 * @from: the processes to add; neither changes any more
 */
void ks_processes_merge(struct ks_processes *into,
			const struct ks_processes *from)
{
	unsigned int i;

	for (i = 0; i < KS_MAX_PROCESSES && from->seen[i]; i++)
		seen_add(into, from->seen[i]);
	into->capped |= from->capped;
	if (!from->when || (into->when && time_after(into->when, from->when)))
		return;
	into->when = from->when;
	into->last = from->last;
}

/**
 * ks_processes_count() - count the processes of an allocator
 * @all: its processes
 *
 * Return: the number; a lower bound when @all is capped.
 */
u32 ks_processes_count(const struct ks_processes *all)
{
	u32 nr = 0;

	while (nr < KS_MAX_PROCESSES && all->seen[nr])
		nr++;
	return nr;
}
