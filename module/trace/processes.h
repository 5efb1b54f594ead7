/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The processes of an allocator: the last one, and how many.
 */
#ifndef KS_TRACE_PROCESSES_H
#define KS_TRACE_PROCESSES_H

#include <linux/cache.h>
#include <linux/types.h>

/* Processes of one allocator that are counted as distinct. */
#define KS_MAX_PROCESSES	8

/**
 * struct ks_process - a process, as the initial namespaces see it
 * @start_ns: when it started, in nanoseconds since boot
 * @pid: its number
 * @parent_pid: the number of its parent, 0 when it has none
 */
struct ks_process {
	u64 start_ns;
	u32 pid;
	u32 parent_pid;
};

/**
 * struct ks_processes - the processes of one allocator; zeroed at first
 * @seen: an id of each, in order of appearance
 * @capped: whether there were more
 * @busy: bit 0 is held by the CPU that writes @last and @when
 * @when: the jiffies of @last, 0 before the first
 * @last: the last one seen, to a clock tick
 *
 * All CPUs read @seen and @capped, which are written a few times only. The
 * other members are written once a tick.
 */
struct ks_processes {
	u64 seen[KS_MAX_PROCESSES];
	u32 capped ____cacheline_aligned;
	unsigned long busy;
	unsigned long when;
	struct ks_process last;
};

void ks_processes_note(struct ks_processes *all,
		       const struct ks_process *process);
void ks_processes_merge(struct ks_processes *into,
			const struct ks_processes *from);
u32 ks_processes_count(const struct ks_processes *all);

#endif /* KS_TRACE_PROCESSES_H */
