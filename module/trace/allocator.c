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
#include <linux/jiffies.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/stacktrace.h>
#include <linux/string.h>

#include "trace/allocator.h"

/* Frames of ours, of the tracepoint and of the allocator, at most. */
#define FRAMES_BELOW	12

/**
 * ks_allocator_context() - tell in what context we are
 *
 * Context: Any, with preemption off.
 * Return: it.
 */
enum ks_context ks_allocator_context(void)
{
	if (in_nmi())
		return KS_CONTEXT_NMI;
	if (hardirq_count())
		return KS_CONTEXT_IRQ;
	return in_serving_softirq() ? KS_CONTEXT_SOFTIRQ : KS_CONTEXT_TASK;
}

/*
 * One that is gone from the list of processes, but for its last steps, may have
 * outlived its leader and its parent. One that is not gone yet has a leader that
 * is not, either; and tasks are freed by RCU, whose reader is who has preemption
 * off (since v4.20).
 */
static const struct task_struct *leader_of_current(void)
{
	return pid_alive(current) ? current->group_leader : current;
}

static const void *cgroups_of_current(void)
{
#ifdef CONFIG_CGROUPS
	return rcu_access_pointer(current->cgroups);
#else
	return NULL;
#endif
}

/**
 * ks_fingerprint() - note what the running process is known by
 * @sign: set
 *
 * Context: The process's own, with preemption off.
 */
void ks_fingerprint(struct ks_fingerprint *sign)
{
	sign->task = current;
	sign->parent = rcu_access_pointer(current->real_parent);
	sign->cgroups = cgroups_of_current();
	sign->when = jiffies;
	sign->pid = current->pid;
	sign->uid = __kuid_val(current_uid());
	memcpy(sign->name, leader_of_current()->comm, sizeof(sign->name));
}

/**
 * ks_fingerprint_matches() - tell whether it is still the same allocator
 * @sign: what one was known by; zero for none
 *
 * What is freed and made anew at the same address takes longer than a tick:
 * tasks and sets of cgroups are freed after a grace period. Credentials may be
 * freed at once, as access(2) does with its own, so it is not these that are
 * compared. Only a parent that changes its name is noticed a tick late.
 *
 * Context: The process's own, with preemption off.
 * Return: whether ks_allocator_fill() would say the same as then.
 */
bool ks_fingerprint_matches(const struct ks_fingerprint *sign)
{
	return sign->task == current && !time_after(jiffies, sign->when) &&
	       sign->pid == current->pid &&
	       sign->parent == rcu_access_pointer(current->real_parent) &&
	       sign->uid == __kuid_val(current_uid()) &&
	       sign->cgroups == cgroups_of_current() &&
	       !memcmp(sign->name, leader_of_current()->comm,
		       sizeof(sign->name));
}

/* What is after the name's end must not tell keys apart. */
static void name_copy(char *to, const struct task_struct *task)
{
	unsigned int i;

	for (i = 0; i < TASK_COMM_LEN - 1; i++) {
		/* The task, or another one, may write it now. */
		to[i] = READ_ONCE(task->comm[i]);
		if (!to[i])
			return;
	}
}

/*
 * Nothing here is freed before our RCU section ends. A task that is alive has a
 * parent that is not released yet, for its children are handed on before. That
 * one, maybe not the leader of its threads, has a leader that was released no
 * sooner, also if it was released itself since. And each leader is seen alive
 * before its own parent is looked at.
 *
 * The idle task, from which all descend, is nobody's parent to tell of.
 */
static void names_copy(struct ks_allocator *key)
{
	const struct task_struct *task = leader_of_current();
	unsigned int i;

	name_copy(key->names[0], task);
	for (i = 1; i < KS_NR_NAMES && pid_alive(task); i++) {
		task = rcu_dereference(task->real_parent);
		if (!task->pid)
			return;
		/* A thread may have made it, and be named otherwise. */
		task = READ_ONCE(task->group_leader);
		name_copy(key->names[i], task);
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
 * ks_allocator_fill() - tell who runs now
 * @key: set, but for its stack
 * @context: where we are; whom an interrupt stopped is not told
 *
 * Context: Any, NMI included, with preemption off.
 */
void ks_allocator_fill(struct ks_allocator *key, enum ks_context context)
{
	memset(key, 0, sizeof(*key));
	key->context = context;
	if (context != KS_CONTEXT_TASK)
		return;
	key->kthread = !!(current->flags & PF_KTHREAD);
	key->uid = __kuid_val(current_uid());
	rcu_read_lock();
	names_copy(key);
	key->cgroup_id = cgroup_of_current();
	rcu_read_unlock();
}

/**
 * ks_process_fill() - tell which process runs now
 * @process: set
 *
 * Context: The process's own, with preemption off.
 */
void ks_process_fill(struct ks_process *process)
{
	const struct task_struct *leader = leader_of_current();

	process->pid = current->tgid;
	/* A leader that calls exec() hands its start on to the new leader. */
	process->start_ns = leader->start_boottime;
	process->parent_pid = 0;
	rcu_read_lock();
	/* As in names_copy(): a task that is not alive may have no parent. */
	if (pid_alive(leader))
		process->parent_pid = rcu_dereference(leader->real_parent)->tgid;
	rcu_read_unlock();
}

/**
 * ks_stack_fill() - tell by what path
 * @stack: set
 * @call_site: where the allocator was called from; the first frame if it is
 *	among them
 *
 * Context: Any, NMI included, with preemption off.
 */
void ks_stack_fill(struct ks_stack *stack, unsigned long call_site)
{
	unsigned long frames[FRAMES_BELOW + KS_MAX_FRAMES];
	unsigned int nr, first = 0;

	nr = stack_trace_save(frames, ARRAY_SIZE(frames), 0);
	while (first < nr && frames[first] != call_site)
		first++;
	if (first == nr)
		first = 0;
	nr = min_t(unsigned int, nr - first, KS_MAX_FRAMES);
	memset(stack, 0, sizeof(*stack));
	memcpy(stack->frames, frames + first, nr * sizeof(*frames));
}
