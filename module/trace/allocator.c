// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the current allocator from within a probe. Nothing here locks,
 * allocates or sleeps.
 *
 * Names of other processes are read without a lock. One that is being changed
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

/* Most frames of the probe, of the tracepoint and of the slab allocator. */
#define FRAMES_BELOW	12

/**
 * ks_allocator_context() - get the current context
 *
 * Context: Any, with preemption off.
 * Return: the context.
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
 * An unhashed task may have outlived its group leader and its parent, so use
 * the task itself. A hashed task has a live leader. Tasks are freed after a
 * grace period, and running with preemption off counts as an RCU reader (since
 * v4.20).
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
 * ks_fingerprint() - take the fingerprint of the running process
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
 * ks_fingerprint_matches() - check whether the allocator is still the same
 * @sign: its fingerprint; zero for none
 *
 * An address cannot be reused within a tick, as tasks and sets of cgroups are
 * freed after a grace period. Credentials may be freed at once, as access(2)
 * does with its own, so the user ID is compared in their place. A parent that
 * changes its name is noticed one tick late.
 *
 * Context: The process's own, with preemption off.
 * Return: true if ks_allocator_fill() would return the same as then.
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

/* Bytes after the name's end would make equal keys differ. */
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
 * The RCU section keeps all tasks here from being freed. A live task has a
 * parent that is not released yet, as a parent hands on its children first.
 * That parent may be a thread. Its leader is not released before it. Each
 * leader is seen alive before its own parent is read.
 *
 * The walk ends at the idle task, of which all others descend.
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
		/* The parent may be a thread with a name of its own. */
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
 * ks_allocator_fill() - fill the key of the current allocator
 * @key: set, but for its stack
 * @context: the current context; interrupts have no process
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
 * ks_process_fill() - fill in the running process
 * @process: set
 *
 * Context: The process's own, with preemption off.
 */
void ks_process_fill(struct ks_process *process)
{
	const struct task_struct *leader = leader_of_current();

	process->pid = current->tgid;
	/* On exec() the new leader takes over the start of the old one. */
	process->start_ns = leader->start_boottime;
	process->parent_pid = 0;
	rcu_read_lock();
	/* As in names_copy(): a task that is not alive may have no parent. */
	if (pid_alive(leader))
		process->parent_pid =
			rcu_dereference(leader->real_parent)->tgid;
	rcu_read_unlock();
}

/**
 * ks_stack_fill() - save the current kernel stack
 * @stack: set
 * @call_site: the caller of the slab allocator; it becomes the first frame if
 *	it is on the stack
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
