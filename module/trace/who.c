// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads who allocates, from within a probe: nothing here locks, allocates or
 * sleeps.
 *
 * Names of other processes are read as they are. One that is just being changed
 * may be read half old and half new, once.
 */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/stacktrace.h>
#include <linux/string.h>

#include "trace/who.h"

/* Frames of ours, of the tracepoint and of the allocator, at most. */
#define FRAMES_BELOW	12

/**
 * ks_who_context() - tell in what context we are
 *
 * Context: Any, with preemption off.
 * Return: it.
 */
enum ks_context ks_who_context(void)
{
	if (in_nmi())
		return KS_CONTEXT_NMI;
	if (hardirq_count())
		return KS_CONTEXT_IRQ;
	return in_serving_softirq() ? KS_CONTEXT_SOFTIRQ : KS_CONTEXT_TASK;
}

/* What is after the name's end must not tell keys apart. */
static void copy_name(char *to, const struct task_struct *task)
{
	unsigned int i;

	for (i = 0; i < TASK_COMM_LEN - 1; i++) {
		to[i] = READ_ONCE(task->comm[i]);
		if (!to[i])
			return;
	}
}

/* The idle task, from which all descend, is nobody's parent to tell of. */
static void copy_names(struct ks_who *who)
{
	const struct task_struct *task = current->group_leader;
	unsigned int i;

	copy_name(who->names[0], task);
	for (i = 1; i < KS_WHO_NAMES; i++) {
		task = rcu_dereference(task->real_parent);
		if (!task->pid)
			return;
		/* A thread may have made it, and be named otherwise. */
		task = READ_ONCE(task->group_leader);
		copy_name(who->names[i], task);
	}
}

static u64 cgroup_of_current(void)
{
#ifdef CONFIG_CGROUPS
	return cgroup_id(task_dfl_cgroup(current));
#else
	return 0;
#endif
}

/**
 * ks_who_fill() - tell who runs now
 * @who: set, but for its stack
 * @context: where we are; whom an interrupt stopped is not told
 *
 * Context: Any, NMI included, with preemption off.
 */
void ks_who_fill(struct ks_who *who, enum ks_context context)
{
	memset(who, 0, sizeof(*who));
	who->context = context;
	if (context != KS_CONTEXT_TASK)
		return;
	who->kthread = !!(current->flags & PF_KTHREAD);
	who->uid = __kuid_val(current_uid());
	rcu_read_lock();
	copy_names(who);
	who->cgroup_id = cgroup_of_current();
	rcu_read_unlock();
}

/**
 * ks_who_stack() - tell by what path
 * @stack: set
 * @call_site: where the allocator was called from; the first frame if it is
 *	among them
 *
 * Context: Any, NMI included, with preemption off.
 */
void ks_who_stack(struct ks_stack *stack, unsigned long call_site)
{
	unsigned long frames[FRAMES_BELOW + KS_WHO_FRAMES];
	unsigned int nr, first = 0;

	nr = stack_trace_save(frames, ARRAY_SIZE(frames), 0);
	while (first < nr && frames[first] != call_site)
		first++;
	if (first == nr)
		first = 0;
	nr = min_t(unsigned int, nr - first, KS_WHO_FRAMES);
	memset(stack, 0, sizeof(*stack));
	memcpy(stack->frames, frames + first, nr * sizeof(*frames));
}
