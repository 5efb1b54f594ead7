// SPDX-License-Identifier: GPL-2.0-only
/* Which processes may hold memory, and what the host knows about them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diagnose/observe/holders.h"
#include "diagnose/observe/witness.h"
#include "host/container.h"
#include "host/process.h"
#include "lib/array.h"
#include "lib/clock.h"
#include "lib/text.h"

#define CGROUPS "/sys/fs/cgroup"

/* All of this takes that part of the observation at most, out of 1000. */
#define MAX_PERMILLE 100
#define MIN_NS (NS_PER_SEC / 2)

/* Processes of each kind that are worth more questions. */
#define MAX_EACH 3
#define MAX_WITH_FILES 5
#define MAX_ALLOCATORS 4

/* Sockets of other network namespaces are read for this many of them. */
#define MAX_NAMESPACES 4

/* A process with fewer files is not chosen for having many. */
#define MIN_FILES 64

/* Less queued data in all is not worth a search for its processes. */
#define MIN_QUEUED_BYTES (1024 * 1024)

#define MAX_LINKS 200000

/* A number of a process, by which it is ranked. */
struct ranked {
	uint32_t pid;
	int64_t number;
};

static struct kms_holder_facts *facts_add(struct kms_observation *obs,
					  uint64_t pid)
{
	size_t i;

	if (!pid || pid > UINT32_MAX)
		return NULL;
	for (i = 0; i < obs->nr_holders; i++)
		if (obs->holder[i].pid == pid)
			return &obs->holder[i];
	if (obs->nr_holders == KMS_MAX_HOLDER_FACTS)
		return NULL;
	obs->holder[obs->nr_holders].pid = pid;
	return &obs->holder[obs->nr_holders++];
}

/* Put a process among the most that are kept, the largest number first. */
static void rank_put(struct ranked *most, size_t nr, uint32_t pid,
		     int64_t number)
{
	size_t i, j;

	for (i = 0; i < nr && most[i].number >= number; i++)
		;
	if (i == nr)
		return;
	for (j = nr - 1; j > i; j--)
		most[j] = most[j - 1];
	most[i] = (struct ranked){ pid, number };
}

static void ranked_add(struct kms_observation *obs, const struct ranked *most,
		       size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (most[i].number > 0)
			facts_add(obs, most[i].pid);
}

/* Those with the most open files, and those that opened the most. */
static void files_choose(struct kms_observation *obs)
{
	const struct kms_open_files *before = &obs->host[KMS_HOST_BEFORE].files;
	const struct kms_open_files *after = &obs->host[KMS_HOST_AFTER].files;
	struct ranked most[MAX_EACH] = { 0 }, growing[MAX_WITH_FILES] = { 0 };
	size_t i;

	for (i = 0; i < after->nr; i++) {
		const struct kms_process_files *now = &after->process[i];
		const struct kms_process_files *old =
			kms_open_files_find(before, now->pid);

		if (now->nr >= MIN_FILES)
			rank_put(most, ARRAY_SIZE(most), now->pid, now->nr);
		/* One that began in between had none. */
		if (old || before->whole)
			rank_put(growing, ARRAY_SIZE(growing), now->pid,
				 (int64_t)now->nr - (old ? old->nr : 0));
	}
	ranked_add(obs, growing, ARRAY_SIZE(growing));
	ranked_add(obs, most, ARRAY_SIZE(most));
}

static int64_t memory_of(const struct kms_process_memory *process)
{
	return process->anon_bytes + process->shmem_bytes +
	       process->page_table_bytes;
}

/* Those whose own memory grew the most, those with the most, and so on. */
static void memories_choose(struct kms_observation *obs)
{
	const struct kms_process_memories *before =
		&obs->host[KMS_HOST_BEFORE].processes;
	const struct kms_process_memories *after =
		&obs->host[KMS_HOST_AFTER].processes;
	struct ranked memory[MAX_EACH] = { 0 }, growing[MAX_EACH] = { 0 };
	struct ranked threads[MAX_EACH] = { 0 }, pages[MAX_EACH] = { 0 };
	size_t i;

	for (i = 0; i < after->nr; i++) {
		const struct kms_process_memory *now = &after->process[i];
		const struct kms_process_memory *old =
			kms_process_memories_find(before, now->pid);
		uint32_t pid = now->pid;

		rank_put(memory, MAX_EACH, pid, memory_of(now));
		rank_put(pages, MAX_EACH, pid, now->page_table_bytes);
		rank_put(threads, MAX_EACH, pid,
			 (int64_t)now->nr_threads - (old ? old->nr_threads : 0));
		rank_put(growing, MAX_EACH, pid,
			 memory_of(now) - (old ? memory_of(old) : 0));
	}
	ranked_add(obs, growing, MAX_EACH);
	ranked_add(obs, threads, MAX_EACH);
	ranked_add(obs, pages, 1);
	ranked_add(obs, memory, 1);
}

/* Those with the most children, alive or not reaped. */
static bool parents_choose(struct kms_observation *obs)
{
	const struct kms_process_memories *after =
		&obs->host[KMS_HOST_AFTER].processes;
	struct ranked most[MAX_EACH] = { 0 }, zombies[MAX_EACH] = { 0 };
	uint32_t (*nr)[2] = calloc(after->nr + 1, sizeof(*nr));
	const struct kms_process_memory *parent;
	size_t i;

	if (!nr)
		return false;
	for (i = 0; i < after->nr; i++) {
		parent = kms_process_memories_find(after,
						   after->process[i].parent);
		if (parent)
			nr[parent - after->process][after->process[i].zombie]++;
	}
	for (i = 0; i < after->nr; i++) {
		rank_put(most, MAX_EACH, after->process[i].pid, nr[i][0]);
		rank_put(zombies, MAX_EACH, after->process[i].pid, nr[i][1]);
	}
	free(nr);
	ranked_add(obs, zombies, MAX_EACH);
	ranked_add(obs, most, 1);
	return true;
}

static void allocators_choose(struct kms_observation *obs)
{
	size_t i, j;

	for (i = 0; i < obs->nr_traces; i++) {
		const struct kms_trace *trace = &obs->trace[i];

		for (j = 0; trace->facts && j < trace->allocators.nr &&
		     j < MAX_ALLOCATORS; j++)
			if (trace->facts[j].alive)
				facts_add(obs,
					  trace->allocators.record[j].pid);
	}
}

static int owner_compare(const void *a, const void *b)
{
	const struct kms_socket_owner *left = a, *right = b;

	return left->inode < right->inode ? -1 : left->inode > right->inode;
}

void kms_sockets_own(struct kms_sockets *sockets,
		     struct kms_socket_owners *owners)
{
	size_t i;

	if (!owners->nr)
		return;
	qsort(owners->owner, owners->nr, sizeof(*owners->owner),
	      owner_compare);
	for (i = 0; i < sockets->nr; i++) {
		struct kms_socket *socket = &sockets->socket[i];
		const struct kms_socket_owner key = { .inode = socket->inode };
		const struct kms_socket_owner *found;

		found = bsearch(&key, owners->owner, owners->nr, sizeof(key),
				owner_compare);
		if (found && !socket->pid)
			socket->pid = found->pid;
	}
}

/* Data that waits in sockets whose process is not known yet. */
static uint64_t unowned_bytes(const struct kms_sockets *sockets)
{
	uint64_t bytes = 0;
	size_t i;

	for (i = 0; i < sockets->nr; i++)
		if (!sockets->socket[i].pid)
			bytes += sockets->socket[i].received_bytes +
				 sockets->socket[i].sent_bytes;
	return bytes;
}

static bool is_read(const struct kms_observation *obs, uint32_t pid)
{
	const struct kms_holder_facts *facts = kms_holder_facts_of(obs, pid);

	return facts && facts->kinds_known && facts->kinds.whole;
}

/* Who does not read may have one socket only: search all processes. */
static bool owners_search(struct kms_observation *obs,
			  struct kms_file_budget *budget)
{
	const struct kms_open_files *files = &obs->host[KMS_HOST_AFTER].files;
	struct kms_socket_owners owners = { 0 };
	bool complete = true;
	size_t i;

	if (unowned_bytes(&obs->sockets) < MIN_QUEUED_BYTES)
		return true;
	for (i = 0; complete && i < files->nr; i++)
		if (files->process[i].nr && budget->nr_links &&
		    kms_now_ns() < budget->until_ns &&
		    !is_read(obs, files->process[i].pid))
			complete = kms_file_kinds_read(NULL, &owners, "/proc",
						       files->process[i].pid,
						       budget);
	kms_sockets_own(&obs->sockets, &owners);
	free(owners.owner);
	if (unowned_bytes(&obs->sockets) >= MIN_QUEUED_BYTES &&
	    (!budget->nr_links || kms_now_ns() >= budget->until_ns))
		kms_strings_add(&obs->missing,
				"whose some full sockets are: there are too many open files to read them all");
	return complete;
}

/* Those whose sockets hold the most data. */
static bool queues_choose(struct kms_observation *obs)
{
	const struct kms_open_files *files = &obs->host[KMS_HOST_AFTER].files;
	uint64_t *bytes = calloc(files->nr + 1, sizeof(*bytes));
	struct ranked most[MAX_EACH] = { 0 };
	const struct kms_process_files *owner;
	size_t i;

	if (!bytes)
		return false;
	for (i = 0; i < obs->sockets.nr; i++) {
		const struct kms_socket *socket = &obs->sockets.socket[i];

		owner = socket->pid ? kms_open_files_find(files, socket->pid) :
				      NULL;
		if (owner)
			bytes[owner - files->process] +=
				socket->received_bytes + socket->sent_bytes;
	}
	for (i = 0; i < files->nr; i++)
		rank_put(most, MAX_EACH, files->process[i].pid, bytes[i]);
	free(bytes);
	ranked_add(obs, most, MAX_EACH);
	return true;
}

static uint64_t namespace_of(const char *pid)
{
	struct stat space;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%s/ns/net", pid);
	return stat(path, &space) ? 0 : space.st_ino;
}

/* The host's sockets, and those of namespaces that these processes are in. */
static bool sockets_read(struct kms_observation *obs, uint64_t until_ns)
{
	uint64_t seen[MAX_NAMESPACES + 1] = { namespace_of("self") }, space;
	size_t nr = 1, i, j;
	char path[64], pid[16];

	obs->sockets.whole = true;
	if (!kms_sockets_read(&obs->sockets, "/proc/net", until_ns))
		return false;
	for (i = 0; i < obs->nr_holders && nr <= MAX_NAMESPACES; i++) {
		snprintf(pid, sizeof(pid), "%u", obs->holder[i].pid);
		space = namespace_of(pid);
		for (j = 0; j < nr; j++)
			if (!space || seen[j] == space)
				break;
		if (j < nr)
			continue;
		seen[nr++] = space;
		snprintf(path, sizeof(path), "/proc/%s/net", pid);
		if (!kms_sockets_read(&obs->sockets, path, until_ns))
			return false;
	}
	if (!obs->sockets.whole)
		kms_strings_add(&obs->missing,
				"some sockets: there was no time to read them all");
	return true;
}

static bool kinds_read(struct kms_observation *obs,
		       struct kms_file_budget *budget)
{
	struct kms_socket_owners owners = { 0 };
	bool complete = true;
	size_t i;

	for (i = 0; complete && i < obs->nr_holders; i++) {
		obs->holder[i].kinds_known = true;
		complete = kms_file_kinds_read(&obs->holder[i].kinds, &owners,
					       "/proc", obs->holder[i].pid,
					       budget);
	}
	kms_sockets_own(&obs->sockets, &owners);
	free(owners.owner);
	return complete;
}

/* All processes of the last moment, as those who ask about parents need. */
static bool processes_of(const struct kms_observation *obs,
			 struct kms_processes *processes)
{
	const struct kms_process_memories *all =
		&obs->host[KMS_HOST_AFTER].processes;
	size_t i;

	*processes = (struct kms_processes){ .nr = all->nr,
					     .whole = all->whole };
	processes->process = calloc(all->nr + 1, sizeof(*processes->process));
	if (!processes->process)
		return false;
	for (i = 0; i < all->nr; i++) {
		struct kms_process *process = &processes->process[i];

		process->pid = all->process[i].pid;
		process->parent = all->process[i].parent;
		memcpy(process->name, all->process[i].name,
		       sizeof(process->name));
	}
	return true;
}

/* False when memory is out. */
static bool facts_fill(struct kms_holder_facts *facts,
		       const struct kms_processes *processes, uint64_t seen_ns)
{
	struct kms_container container;
	struct kms_process process;
	struct kms_job_names job = { 0 };
	char *name;

	/* Another process may have got its number since it was seen. */
	if (!kms_process_read(&process, "/proc", facts->pid) ||
	    process.began_ns > seen_ns) {
		facts->spared = true;
		return true;
	}
	facts->began_ns = process.began_ns;
	facts->spared = kms_process_is_spared(processes, &process,
					      (uint32_t)getpid());
	facts->cgroup = kms_process_cgroup(facts->pid);
	if (!facts->cgroup)
		return true;
	name = kms_text_escape(process.name, sizeof(process.name));
	if (!name)
		return false;
	job.name = name;
	kms_service_find(&facts->service, kms_systemd(), processes, CGROUPS,
			 facts->cgroup, &job);
	free(name);
	if (!kms_container_find(&container, facts->cgroup))
		return true;
	facts->container = kms_container_text(&container);
	return facts->container;
}

static bool all_fill(struct kms_observation *obs)
{
	struct kms_processes processes;
	bool complete = true;
	size_t i;

	if (!processes_of(obs, &processes))
		return false;
	for (i = 0; complete && i < obs->nr_holders; i++)
		complete = facts_fill(&obs->holder[i], &processes,
				      obs->host[KMS_HOST_AFTER].boottime_ns);
	kms_processes_free(&processes);
	return complete;
}

bool kms_holders_read(struct kms_observation *obs)
{
	uint64_t ns = obs->moment[KMS_MOMENT_LAST].boottime_ns -
		      obs->moment[KMS_MOMENT_FIRST].boottime_ns;
	struct kms_file_budget budget = { .nr_links = MAX_LINKS };

	if (!kms_proc_is_initial())
		return true;
	ns = ns / 1000 * MAX_PERMILLE;
	budget.until_ns = kms_now_ns() + (ns < MIN_NS ? MIN_NS : ns);
	files_choose(obs);
	allocators_choose(obs);
	memories_choose(obs);
	return parents_choose(obs) &&
	       sockets_read(obs, budget.until_ns) &&
	       kinds_read(obs, &budget) && owners_search(obs, &budget) &&
	       queues_choose(obs) && all_fill(obs);
}
