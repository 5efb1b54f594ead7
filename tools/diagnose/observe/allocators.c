// SPDX-License-Identifier: GPL-2.0-only
/* What this host knows about the allocators that a trace saw. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diagnose/observe/allocators.h"
#include "diagnose/observe/witness.h"
#include "host/cgroup.h"
#include "host/container.h"
#include "host/file.h"
#include "host/process.h"
#include "lib/text.h"

/* Only the busiest allocators are worth the time. */
#define MAX_ALLOCATORS 32

#define CGROUPS "/sys/fs/cgroup"

/* An allocator of a trace, and its parents as the module saw them. */
struct allocator {
	const struct kms_trace_allocator_record *record;
	const char *parent[KMS_MAX_PARENTS];
	size_t nr_parents;
};

static struct allocator
allocator_of(const struct kms_trace_allocator_record *record)
{
	struct allocator allocator = {
		.record = record,
		.parent = { record->parent_1, record->parent_2,
			    record->parent_3, record->parent_4 },
	};

	while (allocator.nr_parents < KMS_MAX_PARENTS &&
	       allocator.parent[allocator.nr_parents])
		allocator.nr_parents++;
	return allocator;
}

/* Does a process have the name and the parents of the allocator? */
static bool is_alike(const struct kms_processes *processes,
		     const struct kms_process *process,
		     const struct allocator *allocator)
{
	return kms_process_is(process, allocator->record->name) &&
	       kms_process_descends(processes, process, allocator->parent,
				    allocator->nr_parents);
}

/* The process with the allocator's pid, unless another one has it now. */
static const struct kms_process *
process_of(const struct kms_processes *processes,
	   const struct allocator *allocator, uint64_t ended_ns)
{
	const struct kms_process *process =
		kms_processes_find(processes, allocator->record->pid);

	if (!process || process->began_ns > ended_ns ||
	    !is_alike(processes, process, allocator))
		return NULL;
	return process;
}

static size_t count_alike(const struct kms_processes *processes,
			  const struct allocator *allocator)
{
	size_t i, nr = 0;

	for (i = 0; i < processes->nr; i++)
		nr += is_alike(processes, &processes->process[i], allocator);
	return nr;
}

static bool is_in(const struct kms_process *process, const char *cgroup)
{
	char *own = kms_process_cgroup(process->pid);
	bool same = own && !strcmp(own, cgroup);

	free(own);
	return same;
}

/* The real user of a process, KMS_UNKNOWN when it has ended. */
static uint64_t user_of(uint32_t pid)
{
	char path[64], *text;
	const char *line;
	unsigned int uid;
	bool known;

	snprintf(path, sizeof(path), "/proc/%u/status", pid);
	text = kms_file_read(path, 64 * 1024);
	line = text ? strstr(text, "\nUid:") : NULL;
	known = line && sscanf(line, " Uid: %u", &uid) == 1;
	free(text);
	return known ? uid : KMS_UNKNOWN;
}

/*
 * The only process that has the name of one of the parents, has the others as
 * its own parents, and is of the same user and cgroup.  The last two are the
 * proof: any user may use the names of others, but not be another user, nor
 * join a cgroup of others.
 */
static const struct kms_process *
parent_alike(const struct kms_processes *processes,
	     const struct allocator *allocator, const char *cgroup,
	     size_t *which)
{
	const struct kms_process *found = NULL;
	size_t i, j;

	if (!cgroup || allocator->record->uid == KMS_UNKNOWN)
		return NULL;
	for (j = 0; !found && j < allocator->nr_parents; j++) {
		for (i = 0; i < processes->nr; i++) {
			const struct kms_process *process =
				&processes->process[i];

			if (!kms_process_is(process, allocator->parent[j]) ||
			    !kms_process_descends(processes, process,
						  allocator->parent + j + 1,
						  allocator->nr_parents - j -
						  1) ||
			    !is_in(process, cgroup) ||
			    user_of(process->pid) != allocator->record->uid)
				continue;
			if (found)
				return NULL;
			found = process;
			*which = j;
		}
	}
	return found;
}

/* The parent by its pid, if that is known and still the same process. */
static const struct kms_process *
parent_proved(const struct kms_processes *processes,
	      const struct allocator *allocator,
	      const struct kms_process *process, uint64_t ended_ns)
{
	const struct kms_process *parent;

	parent = kms_processes_find(processes, process ? process->parent :
				    allocator->record->parent_pid);
	if (!parent || !allocator->nr_parents || parent->began_ns > ended_ns ||
	    !kms_process_is(parent, allocator->parent[0]) ||
	    !kms_process_descends(processes, parent, allocator->parent + 1,
				  allocator->nr_parents - 1))
		return NULL;
	return parent;
}

static size_t count_children(const struct kms_processes *processes,
			     uint32_t pid)
{
	size_t i, nr = 0;

	for (i = 0; i < processes->nr; i++)
		nr += processes->process[i].parent == pid;
	return nr;
}

/* A short-lived process is started again and again by one that lives on. */
static void starter_find(struct kms_allocator_facts *facts,
			 const struct kms_trace *trace,
			 const struct kms_processes *processes,
			 const struct allocator *allocator,
			 const struct kms_process *process, uint64_t ended_ns)
{
	const struct kms_process *parent;
	size_t which = 0;

	parent = parent_proved(processes, allocator, process, ended_ns);
	if (!parent)
		parent = parent_alike(processes, allocator, facts->cgroup,
				      &which);
	/* A parent that began in the trace is short-lived, too. */
	while (parent && parent->began_ns > trace->began_ns) {
		parent = ++which < allocator->nr_parents ?
			 kms_processes_find(processes, parent->parent) : NULL;
	}
	if (!parent ||
	    kms_process_is_spared(processes, parent, (uint32_t)getpid()))
		return;
	facts->starter_pid = parent->pid;
	facts->starter_parent = which;
	facts->starter_began_ns = parent->began_ns;
	facts->starter_children = count_children(processes, parent->pid);
}

static bool can_reclaim(const char *cgroup)
{
	char *path, *bytes = kms_text_unescape(cgroup);
	bool can;

	if (!bytes)
		return false;
	if (asprintf(&path, CGROUPS "%s/memory.reclaim", bytes) < 0)
		path = NULL;
	can = path && !access(path, W_OK);
	free(path);
	free(bytes);
	return can;
}

static void cgroup_find(struct kms_trace *trace, size_t index)
{
	const struct kms_trace_allocator_record *record =
		trace->allocators.record;
	struct kms_allocator_facts *facts = &trace->facts[index];
	uint64_t id = record[index].cgroup_id;
	size_t i;

	if (id == KMS_UNKNOWN)
		return;
	for (i = 0; i < index; i++) {
		if (record[i].cgroup_id != id)
			continue;
		if (!trace->facts[i].cgroup)
			break;
		facts->cgroup = strdup(trace->facts[i].cgroup);
		facts->can_reclaim = trace->facts[i].can_reclaim;
		return;
	}
	facts->cgroup = kms_cgroup_path(id);
	facts->can_reclaim = facts->cgroup && can_reclaim(facts->cgroup);
}

/* False when memory is out. */
static bool container_find(struct kms_allocator_facts *facts)
{
	struct kms_container container;

	if (facts->container || !facts->cgroup ||
	    !kms_container_find(&container, facts->cgroup))
		return true;
	facts->container = kms_container_text(&container);
	return facts->container;
}

bool kms_allocators_begin(struct kms_trace *trace)
{
	size_t i;

	trace->facts = calloc(trace->allocators.nr + 1, sizeof(*trace->facts));
	if (!trace->facts)
		return false;
	for (i = 0; i < trace->allocators.nr; i++) {
		cgroup_find(trace, i);
		if (!container_find(&trace->facts[i]))
			return false;
	}
	return true;
}

static bool facts_find(struct kms_trace *trace, size_t index,
		       const struct kms_processes *processes,
		       uint64_t ended_ns)
{
	struct allocator allocator =
		allocator_of(&trace->allocators.record[index]);
	struct kms_allocator_facts *facts = &trace->facts[index];
	const struct kms_job_names job = {
		allocator.record->name, allocator.parent, allocator.nr_parents,
	};
	const struct kms_process *process;

	if (!allocator.record->name)
		return true;
	process = process_of(processes, &allocator, ended_ns);
	facts->alive = process;
	facts->began_ns = process ? process->began_ns : 0;
	facts->nr_alike = count_alike(processes, &allocator);
	facts->spared = process && kms_process_is_spared(processes, process,
						       (uint32_t)getpid());
	if (!process || facts->nr_alike > 1)
		starter_find(facts, trace, processes, &allocator, process,
			     ended_ns);
	if (!facts->cgroup && process)
		facts->cgroup = kms_process_cgroup(process->pid);
	/* Without a unified hierarchy: children stay in their parent's. */
	if (!facts->cgroup && facts->starter_pid)
		facts->cgroup = kms_process_cgroup(facts->starter_pid);
	if (facts->cgroup)
		kms_service_find(&facts->service, kms_systemd(), processes,
				 CGROUPS, facts->cgroup, &job);
	return container_find(facts);
}

static bool trace_find(struct kms_trace *trace,
		       const struct kms_processes *processes,
		       uint64_t ended_ns)
{
	size_t i;

	for (i = 0; trace->facts && i < trace->allocators.nr &&
	     i < MAX_ALLOCATORS; i++)
		if (!facts_find(trace, i, processes, ended_ns))
			return false;
	return true;
}

bool kms_allocators_read(struct kms_observation *obs)
{
	uint64_t ended_ns = obs->moment[KMS_MOMENT_LAST].boottime_ns;
	struct kms_processes processes;
	bool complete = true;
	size_t i;

	if (!obs->nr_traces)
		return true;
	obs->host_processes = kms_proc_is_initial();
	if (!obs->host_processes)
		return true;
	if (!kms_processes_read(&processes, "/proc"))
		return false;
	/* If processes were left out, those alike cannot be counted. */
	for (i = 0; complete && processes.whole && i < obs->nr_traces; i++)
		complete = trace_find(&obs->trace[i], &processes, ended_ns);
	kms_processes_free(&processes);
	return complete;
}
