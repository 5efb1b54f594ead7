// SPDX-License-Identifier: GPL-2.0-only
/* How many files each process has open, and of which kinds. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/file.h"
#include "host/process_files.h"
#include "lib/array.h"
#include "lib/clock.h"
#include "lib/text.h"

/* Ask the clock after each batch of processes or files. */
#define BATCH 64

/* A process with more is counted up to here, where it must be counted. */
#define MAX_COUNTED 1000000

static DIR *folder_open(const char *proc, const char *pid)
{
	char path[300];

	snprintf(path, sizeof(path), "%.250s/%s/fd", proc, pid);
	return opendir(path);
}

static uint32_t entries_count(DIR *folder)
{
	const struct dirent *entry;
	uint32_t nr = 0;

	while (nr < MAX_COUNTED && (entry = readdir(folder)))
		nr += *entry->d_name != '.';
	return nr;
}

/* Since v6.2 the size of /proc/PID/fd is the number of files in it. */
static bool size_is_number(const char *proc)
{
	DIR *folder = folder_open(proc, "self");
	struct stat stat;
	bool is;

	if (!folder)
		return false;
	is = !fstat(dirfd(folder), &stat) && stat.st_size > 0 &&
	     (uint64_t)stat.st_size == entries_count(folder);
	closedir(folder);
	return is;
}

/* False when the process has gone, or its files may not be seen. */
static bool files_count(struct kms_process_files *files, const char *proc,
			bool by_size)
{
	char path[300], pid[16];
	struct stat stat_of;
	DIR *folder;

	if (by_size) {
		snprintf(path, sizeof(path), "%.250s/%u/fd", proc, files->pid);
		if (stat(path, &stat_of))
			return false;
		files->nr = stat_of.st_size < UINT32_MAX ? stat_of.st_size :
							 UINT32_MAX;
		return true;
	}
	snprintf(pid, sizeof(pid), "%u", files->pid);
	folder = folder_open(proc, pid);
	if (!folder)
		return false;
	files->nr = entries_count(folder);
	closedir(folder);
	return true;
}

bool kms_open_files_count(struct kms_open_files *files, const char *proc,
			  const struct kms_process_memories *processes,
			  uint64_t until_ns)
{
	bool by_size = size_is_number(proc);
	size_t i;

	*files = (struct kms_open_files){ .whole = processes->whole };
	files->process = calloc(processes->nr + 1, sizeof(*files->process));
	if (!files->process)
		return false;
	for (i = 0; i < processes->nr; i++) {
		if (i % BATCH == BATCH - 1 && kms_now_ns() >= until_ns) {
			files->whole = false;
			break;
		}
		files->process[files->nr].pid = processes->process[i].pid;
		files->nr += files_count(&files->process[files->nr], proc,
					 by_size);
	}
	return true;
}

static int files_compare(const void *a, const void *b)
{
	const struct kms_process_files *left = a, *right = b;

	return left->pid < right->pid ? -1 : left->pid > right->pid;
}

const struct kms_process_files *
kms_open_files_find(const struct kms_open_files *files, uint32_t pid)
{
	const struct kms_process_files key = { .pid = pid };

	if (!files->nr)
		return NULL;
	return bsearch(&key, files->process, files->nr, sizeof(key),
		       files_compare);
}

void kms_open_files_free(struct kms_open_files *files)
{
	free(files->process);
	*files = (struct kms_open_files){ 0 };
}

enum kms_file_kind kms_file_kind_of(const char *link)
{
	/* As the kernel names them; see anon_inode_getfile() and its callers. */
	static const struct {
		const char *begin;
		enum kms_file_kind kind;
	} kinds[] = {
		{ "socket:[", KMS_FILE_SOCKET },
		{ "pipe:[", KMS_FILE_PIPE },
		{ "anon_inode:[eventfd", KMS_FILE_EVENTFD },
		{ "anon_inode:[eventpoll", KMS_FILE_EPOLL },
		{ "anon_inode:[timerfd", KMS_FILE_TIMERFD },
		{ "anon_inode:[signalfd", KMS_FILE_SIGNALFD },
		{ "anon_inode:inotify", KMS_FILE_INOTIFY },
		{ "anon_inode:[fanotify", KMS_FILE_FANOTIFY },
		{ "anon_inode:bpf-map", KMS_FILE_BPF_MAP },
		{ "anon_inode:bpf", KMS_FILE_BPF },
		{ "anon_inode:[io_uring", KMS_FILE_IO_URING },
		{ "anon_inode:[perf_event", KMS_FILE_PERF },
		{ "/memfd:", KMS_FILE_MEMFD },
		{ "/", KMS_FILE_ON_DISK },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strncmp(link, kinds[i].begin, strlen(kinds[i].begin)))
			return kinds[i].kind;
	return KMS_FILE_OTHER;
}

bool kms_socket_inode(const char *link, uint64_t *inode)
{
	static const char begin[] = "socket:[";
	size_t len = strlen(begin), digits;
	char number[24];

	if (strncmp(link, begin, len))
		return false;
	digits = strspn(link + len, "0123456789");
	if (!digits || digits >= sizeof(number) ||
	    strcmp(link + len + digits, "]"))
		return false;
	memcpy(number, link + len, digits);
	number[digits] = '\0';
	return kms_text_number(number, UINT64_MAX, inode);
}

static bool owner_add(struct kms_socket_owners *owners, uint64_t inode,
		      uint32_t pid)
{
	struct kms_socket_owner *more;

	/* The room doubles at each power of two. */
	if (!(owners->nr & (owners->nr - 1))) {
		more = realloc(owners->owner,
			       (2 * owners->nr + 1) * sizeof(*more));
		if (!more)
			return false;
		owners->owner = more;
	}
	owners->owner[owners->nr++] = (struct kms_socket_owner){ inode, pid };
	return true;
}

/* What a BPF map takes, by the line "memlock" of its file in fdinfo. */
static uint64_t map_bytes(const char *proc, uint32_t pid, const char *number)
{
	char path[300], *text;
	unsigned long long bytes = 0;
	const char *line;

	snprintf(path, sizeof(path), "%.200s/%u/fdinfo/%.20s", proc, pid,
		 number);
	text = kms_file_read(path, 4096);
	line = text ? strstr(text, "\nmemlock:") : NULL;
	if (line)
		sscanf(line, " memlock: %llu", &bytes);
	free(text);
	return bytes;
}

static bool link_take(struct kms_file_kinds *kinds,
		      struct kms_socket_owners *owners, const char *proc,
		      uint32_t pid, const char *number, const char *link)
{
	enum kms_file_kind kind = kms_file_kind_of(link);
	uint64_t inode;

	if (kinds) {
		kinds->nr[kind]++;
		if (kind == KMS_FILE_BPF_MAP)
			kinds->bpf_bytes += map_bytes(proc, pid, number);
	}
	return !kms_socket_inode(link, &inode) ||
	       owner_add(owners, inode, pid);
}

static bool is_over(struct kms_file_budget *budget)
{
	if (!budget->nr_links)
		return true;
	budget->nr_links--;
	return budget->nr_links % BATCH == BATCH - 1 &&
	       kms_now_ns() >= budget->until_ns;
}

bool kms_file_kinds_read(struct kms_file_kinds *kinds,
			 struct kms_socket_owners *owners, const char *proc,
			 uint32_t pid, struct kms_file_budget *budget)
{
	char number[16], link[256];
	struct dirent *entry;
	bool complete = true, whole = true;
	DIR *folder;
	ssize_t len;

	snprintf(number, sizeof(number), "%u", pid);
	folder = folder_open(proc, number);
	while (folder && complete && (entry = readdir(folder))) {
		if (*entry->d_name == '.')
			continue;
		if (is_over(budget)) {
			whole = false;
			break;
		}
		len = readlinkat(dirfd(folder), entry->d_name, link,
				 sizeof(link) - 1);
		if (len < 0)
			continue;
		link[len] = '\0';
		complete = link_take(kinds, owners, proc, pid, entry->d_name,
				     link);
	}
	if (kinds)
		kinds->whole = folder && whole;
	if (folder)
		closedir(folder);
	return complete;
}
