// SPDX-License-Identifier: GPL-2.0-only
/* What the host says of processes, files and sockets, made up by tests. */
#include "holder_sample.h"

/* The host's moments are as far apart as the module's. */
void whole_moments(void)
{
	obs.host[KMS_HOST_BEFORE].boottime_ns = 100 * SECOND;
	obs.host[KMS_HOST_AFTER].boottime_ns = 110 * SECOND;
	obs.host[KMS_HOST_BEFORE].processes.whole = true;
	obs.host[KMS_HOST_AFTER].processes.whole = true;
	obs.host[KMS_HOST_BEFORE].files.whole = true;
	obs.host[KMS_HOST_AFTER].files.whole = true;
	obs.host_processes = true;
	obs.sockets.whole = true;
}

/* Append an element to an array of the heap. */
static void *grown(void *array, size_t nr, size_t size)
{
	void *more = realloc(array, (nr + 1) * size);

	assert_non_null(more);
	memset((char *)more + nr * size, 0, size);
	return more;
}

void process_at(size_t number, uint32_t pid, uint32_t parent,
		       const char *name, uint32_t threads, bool zombie)
{
	struct kms_process_memories *all = &obs.host[number].processes;
	struct kms_process_memory *process;

	all->process = grown(all->process, all->nr, sizeof(*process));
	process = &all->process[all->nr++];
	process->pid = pid;
	process->parent = parent;
	process->nr_threads = threads;
	process->zombie = zombie;
	snprintf(process->name, sizeof(process->name), "%s", name);
}

/* One that was there all the time; call this by rising pid. */
struct kms_holder_facts *old_process(uint32_t pid, const char *name)
{
	struct kms_holder_facts *facts = &obs.holder[obs.nr_holders++];

	process_at(KMS_HOST_BEFORE, pid, 1, name, 1, false);
	process_at(KMS_HOST_AFTER, pid, 1, name, 1, false);
	facts->pid = pid;
	facts->began_ns = 50 * SECOND;
	facts->kinds_known = true;
	facts->kinds.whole = true;
	return facts;
}

static void files_at(size_t number, uint32_t pid, uint32_t nr)
{
	struct kms_open_files *files = &obs.host[number].files;

	files->process = grown(files->process, files->nr,
			       sizeof(*files->process));
	files->process[files->nr].pid = pid;
	files->process[files->nr++].nr = nr;
}

/* A process that opened files of a kind. */
struct kms_holder_facts *opener(uint32_t pid, const char *name,
				       enum kms_file_kind kind, uint32_t before,
				       uint32_t after)
{
	struct kms_holder_facts *facts = old_process(pid, name);

	files_at(KMS_HOST_BEFORE, pid, before);
	files_at(KMS_HOST_AFTER, pid, after);
	facts->kinds.nr[kind] = after;
	return facts;
}

void socket_add(uint64_t inode, uint32_t pid,
		       enum kms_socket_family family, uint64_t received,
		       uint64_t sent)
{
	obs.sockets.socket = grown(obs.sockets.socket, obs.sockets.nr,
				   sizeof(*obs.sockets.socket));
	obs.sockets.socket[obs.sockets.nr++] = (struct kms_socket){
		.inode = inode, .pid = pid, .family = family,
		.received_bytes = received, .sent_bytes = sent,
	};
}

void sockstats(uint64_t before, uint64_t after)
{
	obs.host[KMS_HOST_BEFORE].sockstat = (struct kms_sockstat){
		.known = true, .tcp_pages = before,
	};
	obs.host[KMS_HOST_AFTER].sockstat = (struct kms_sockstat){
		.known = true, .tcp_pages = after,
	};
}

void start(void)
{
	host();
	whole_moments();
}

/* The only finding, of this cause. */
const struct kms_finding *one(const char *cause)
{
	size_t i;

	if (verdict.nr_findings != 1)
		for (i = 0; i < verdict.nr_findings; i++)
			print_error("%s (%s): %s\n", verdict.finding[i].cause,
				    verdict.finding[i].cache,
				    verdict.finding[i].summary);
	assert_int_equal(verdict.nr_findings, 1);
	assert_string_equal(verdict.finding[0].cause, cause);
	return &verdict.finding[0];
}

const struct kms_finding *of_cause(const char *cause)
{
	size_t i;

	for (i = 0; i < verdict.nr_findings; i++)
		if (!strcmp(verdict.finding[i].cause, cause))
			return &verdict.finding[i];
	return NULL;
}

/* The caches of n TCP sockets that stay open. */
void tcp_caches(uint64_t n)
{
	cache("TCP", 0, 2368, FROM_NONE(n));
	cache("sock_inode_cache", 1, 832, FROM_NONE(n));
	cache("filp", 0, 256, FROM_NONE(n));
	cache("dentry", 1, 192, FROM_NONE(n));
	dentry_states(50000, 1000, 50000 + n, 1000);
}
