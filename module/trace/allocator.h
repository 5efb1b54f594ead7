/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The allocator of an object: the key that identifies it.
 */
#ifndef KS_TRACE_ALLOCATOR_H
#define KS_TRACE_ALLOCATOR_H

#include <linux/build_bug.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "trace/processes.h"

/* Names in a key: the process and its ancestors. */
#define KS_NR_NAMES	5

/* Frames of a kernel stack in a key. */
#define KS_MAX_FRAMES	20

#define KS_NO_STACK	U32_MAX

/* Each context can interrupt those before it. */
enum ks_context {
	KS_CONTEXT_TASK,
	KS_CONTEXT_SOFTIRQ,
	KS_CONTEXT_IRQ,
	KS_CONTEXT_NMI,
};

/**
 * struct ks_allocator - an allocator; a key, so without holes
 * @names: of the process, its parent, and so on; filled up with 0
 * @cgroup_id: its cgroup in the default hierarchy; 0 when there is no process
 * @context: an &enum ks_context
 * @kthread: whether it is a kernel thread
 * @uid: in the initial user namespace
 * @stack: the number of its stack + 1; 0 for the allocator as a whole, or
 *	KS_NO_STACK when the table of stacks had no room for it
 */
struct ks_allocator {
	char names[KS_NR_NAMES][TASK_COMM_LEN];
	u64 cgroup_id;
	u32 context;
	u32 kthread;
	u32 uid;
	u32 stack;
};

/* A hole would tell equal keys apart. */
static_assert(sizeof(struct ks_allocator) == KS_NR_NAMES * TASK_COMM_LEN + 24);

/**
 * struct ks_fingerprint - a quick check for the same process
 * @task: the task
 * @parent: its parent
 * @uid: its user ID, in the initial user namespace
 * @cgroups: its cgroups
 * @when: jiffies; other parts of the key may change later
 * @pid: its number
 * @name: of its thread group's leader
 */
struct ks_fingerprint {
	const void *task;
	const void *parent;
	const void *cgroups;
	unsigned long when;
	u32 pid;
	u32 uid;
	char name[TASK_COMM_LEN];
};

/**
 * struct ks_stack - a kernel stack; a key, so without holes
 * @frames: return addresses, filled up with 0
 */
struct ks_stack {
	unsigned long frames[KS_MAX_FRAMES];
};

enum ks_context ks_allocator_context(void);
void ks_fingerprint(struct ks_fingerprint *sign);
bool ks_fingerprint_matches(const struct ks_fingerprint *sign);
void ks_allocator_fill(struct ks_allocator *key, enum ks_context context);
void ks_process_fill(struct ks_process *process);
void ks_stack_fill(struct ks_stack *stack, unsigned long call_site);

#endif /* KS_TRACE_ALLOCATOR_H */
