// SPDX-License-Identifier: GPL-2.0-only
/* What this host knows about the allocators that a trace saw. */
#include <linux/kmemscope.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diagnose/observe/allocators.h"
#include "host/cgroup.h"
#include "host/container.h"
#include "host/file.h"
#include "host/process.h"
#include "lib/array.h"
#include "lib/text.h"

/* Only the busiest allocators are worth it. */
#define ALLOCATORS_MAX 32

#define CGROUPS "/sys/fs/cgroup"

/* An allocator of the trace, and who started it as the module saw it. */
struct allocator {
	const char *name;
	const char *parent[KMS_PARENTS_MAX];
	size_t nr_parents;
	uint64_t pid;
	uint64_t parent_pid;
	uint64_t uid;
};

static struct allocator allocator_of(const struct kms_rows *rows, size_t row)
{
	struct allocator allocator = {
		.name = kms_field_text(rows, row,
				       KMEMSCOPE_A_TRACE_ALLOCATOR_NAME),
		.pid = kms_field(rows, row, KMEMSCOPE_A_TRACE_ALLOCATOR_PID),
		.uid = kms_field(rows, row, KMEMSCOPE_A_TRACE_ALLOCATOR_UID),
		.parent_pid = kms_field(rows, row,
					KMEMSCOPE_A_TRACE_ALLOCATOR_PARENT_PID),
	};

	allocator.nr_parents = kms_field_parents(rows, row, allocator.parent);
	return allocator;
}

/* Is it a process like those that the allocator stands for? */
static bool is_alike(const struct kms_processes *processes,
		     const struct kms_process *process,
		     const struct allocator *allocator)
{
	return kms_process_is(process, allocator->name) &&
	       kms_process_descends(processes, process, allocator->parent,
				    allocator->nr_parents);
}

/* The process of the allocator's number, unless another one has it now. */
static const struct kms_process *
process_of(const struct kms_processes *processes,
	   const struct allocator *allocator, uint64_t ended_ns)
{
	const struct kms_process *process =
		kms_processes_find(processes, allocator->pid);

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

/* Where there is no unified hierarchy to ask, the process may tell. */
static char *process_cgroup(uint64_t pid)
{
	char path[64], *text, *cgroup = NULL;
	const char *found;
	size_t len;

	snprintf(path, sizeof(path), "/proc/%llu/cgroup",
		 (unsigned long long)pid);
	text = kms_file_read(path, 1024 * 1024);
	found = text ? kms_container_cgroup(text, &len) : NULL;
	if (found)
		cgroup = kms_text_escape(found, len);
	free(text);
	return cgroup;
}

static bool is_in(const struct kms_process *process, const char *cgroup)
{
	char *own = process_cgroup(process->pid);
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
 * The only process with the name of one of the parents, itself started by ones
 * with the names of the others, of the same user and in the same cgroup.  The
 * last two are what counts: anybody may use the names of others, but not be
 * another user, or join a cgroup of others.
 */
static const struct kms_process *
parent_alike(const struct kms_processes *processes,
	     const struct allocator *allocator, const char *cgroup, size_t *which)
{
	const struct kms_process *found = NULL;
	size_t i, j;

	if (!cgroup || allocator->uid == KMS_UNKNOWN)
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
			    user_of(process->pid) != allocator->uid)
				continue;
			if (found)
				return NULL;
			found = process;
			*which = j;
		}
	}
	return found;
}

/* The parent as its number proves it, if that is known and still the same. */
static const struct kms_process *
parent_proved(const struct kms_processes *processes,
	      const struct allocator *allocator,
	      const struct kms_process *process, uint64_t ended_ns)
{
	const struct kms_process *parent;

	parent = kms_processes_find(processes, process ? process->parent :
				    allocator->parent_pid);
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

/* A process that lives for moments is started again by one that lives on. */
static void starter_find(struct kms_who *who, const struct kms_traced *traced,
			 const struct kms_processes *processes,
			 const struct allocator *allocator,
			 const struct kms_process *process, uint64_t ended_ns)
{
	const struct kms_process *parent;
	size_t which = 0;

	parent = parent_proved(processes, allocator, process, ended_ns);
	if (!parent)
		parent = parent_alike(processes, allocator, who->cgroup,
				      &which);
	/* One that began in the trace will soon be gone as well. */
	while (parent && parent->began_ns > traced->began_ns) {
		parent = ++which < allocator->nr_parents ?
			 kms_processes_find(processes, parent->parent) : NULL;
	}
	if (!parent ||
	    kms_process_is_spared(processes, parent, (uint32_t)getpid()))
		return;
	who->starter_pid = parent->pid;
	who->starter_parent = which;
	who->starter_began_ns = parent->began_ns;
	who->starter_children = count_children(processes, parent->pid);
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

static void cgroup_find(struct kms_traced *traced, size_t row)
{
	const struct kms_rows *rows = &traced->allocators;
	struct kms_who *who = &traced->who[row];
	uint64_t id = kms_field(rows, row,
				KMEMSCOPE_A_TRACE_ALLOCATOR_CGROUP_ID);
	size_t i;

	for (i = 0; i < row && id != KMS_UNKNOWN; i++) {
		if (kms_field(rows, i, KMEMSCOPE_A_TRACE_ALLOCATOR_CGROUP_ID) !=
		    id)
			continue;
		if (!traced->who[i].cgroup)
			break;
		who->cgroup = strdup(traced->who[i].cgroup);
		who->can_reclaim = traced->who[i].can_reclaim;
		return;
	}
	if (id != KMS_UNKNOWN)
		who->cgroup = kms_cgroup_path(id);
	who->can_reclaim = who->cgroup && can_reclaim(who->cgroup);
}

bool kms_who_begin(struct kms_traced *traced)
{
	const struct kms_rows *rows = &traced->allocators;
	size_t i;

	traced->who = calloc(rows->nr + 1, sizeof(*traced->who));
	if (!traced->who)
		return false;
	for (i = 0; i < rows->nr; i++)
		cgroup_find(traced, i);
	return true;
}

static void who_fill(struct kms_traced *traced, size_t row,
		     const struct kms_processes *processes, uint64_t ended_ns)
{
	struct allocator allocator = allocator_of(&traced->allocators, row);
	struct kms_who *who = &traced->who[row];
	const struct kms_job_names job = {
		allocator.name, allocator.parent, allocator.nr_parents,
	};
	const struct kms_process *process;

	if (!allocator.name)
		return;
	process = process_of(processes, &allocator, ended_ns);
	who->alive = process;
	who->began_ns = process ? process->began_ns : 0;
	who->nr_alike = count_alike(processes, &allocator);
	who->spared = process && kms_process_is_spared(processes, process,
						       (uint32_t)getpid());
	if (!process || who->nr_alike > 1)
		starter_find(who, traced, processes, &allocator, process,
			     ended_ns);
	if (!who->cgroup && process)
		who->cgroup = process_cgroup(process->pid);
	/* Without a unified hierarchy: children stay in their parent's. */
	if (!who->cgroup && who->starter_pid)
		who->cgroup = process_cgroup(who->starter_pid);
	if (who->cgroup)
		kms_service_find(&who->service, kms_systemd(), processes,
				 CGROUPS, who->cgroup, &job);
}

bool kms_who_find(struct kms_look *look)
{
	uint64_t ended_ns = look->at[KMS_LOOK_LAST].boottime_ns;
	struct kms_processes processes;
	size_t i, row;

	if (!look->nr_traced)
		return true;
	look->host_processes = kms_proc_is_initial();
	if (!look->host_processes)
		return true;
	if (!kms_processes_read(&processes, "/proc"))
		return false;
	for (i = 0; i < look->nr_traced; i++) {
		struct kms_traced *traced = &look->traced[i];

		/* Of more than were read, it is not known who is alike. */
		for (row = 0; traced->who && processes.whole &&
		     row < traced->allocators.nr && row < ALLOCATORS_MAX;
		     row++)
			who_fill(traced, row, &processes, ended_ns);
	}
	kms_processes_free(&processes);
	return true;
}
