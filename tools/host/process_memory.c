// SPDX-License-Identifier: GPL-2.0-only
/* How much memory each process has, by /proc/PID/status. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/file.h"
#include "host/process.h"
#include "host/process_memory.h"
#include "lib/array.h"
#include "lib/clock.h"
#include "lib/text.h"

/* Groups of a process are in this file, and there may be many. */
#define MAX_STATUS_BYTES (1024 * 1024)

/* The clock is read once for this many processes. */
#define BATCH 64

/* The parent of all kernel threads but itself; process 1 is init. */
#define KTHREADD 2

/* Bounds the chain of parents, which may change while it is read. */
#define MAX_DEPTH 100

/* A list of nodes, unless it is too long: a part would be another list. */
static void mems_parse(struct kms_process_memory *process, const char *list)
{
	list += strspn(list, " \t");
	if (strlen(list) < sizeof(process->mems))
		snprintf(process->mems, sizeof(process->mems), "%s", list);
}

/* Lines of the file, see proc(5): memory is in KiB. */
static void line_parse(struct kms_process_memory *process, const char *line)
{
	const struct {
		const char *key;
		uint64_t *bytes;
	} sizes[] = {
		{ "RssAnon:", &process->anon_bytes },
		{ "RssFile:", &process->file_bytes },
		{ "RssShmem:", &process->shmem_bytes },
		{ "VmSwap:", &process->swap_bytes },
		{ "VmPTE:", &process->page_table_bytes },
		{ "VmLck:", &process->locked_bytes },
	};
	const struct {
		const char *key;
		uint32_t *number;
	} numbers[] = {
		{ "PPid:", &process->parent },
		{ "Uid:", &process->uid },
		{ "Threads:", &process->nr_threads },
	};
	static const char mems[] = "Mems_allowed_list:";
	unsigned long long kib;
	char state;
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		len = strlen(sizes[i].key);
		if (!strncmp(line, sizes[i].key, len) &&
		    sscanf(line + len, "%llu kB", &kib) == 1)
			*sizes[i].bytes = kib * 1024;
	}
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		len = strlen(numbers[i].key);
		if (!strncmp(line, numbers[i].key, len))
			sscanf(line + len, "%u", numbers[i].number);
	}
	/* For each line of each process a scan would take long. */
	if (*line == 'S' && sscanf(line, "State: %c", &state) == 1)
		process->zombie = state == 'Z' || state == 'X';
	if (!strncmp(line, mems, strlen(mems)))
		mems_parse(process, line + strlen(mems));
}

/* The kernel writes a line break in a name as \n, and a backslash twice. */
static void name_parse(struct kms_process_memory *process, const char *from)
{
	char *to = process->name, *end = to + sizeof(process->name) - 1;

	for (; *from && to < end; from++) {
		if (from[0] == '\\' && from[1] == 'n') {
			*to++ = '\n';
			from++;
			continue;
		}
		from += from[0] == '\\' && from[1] == '\\';
		*to++ = *from;
	}
	*to = '\0';
}

static void status_parse(struct kms_process_memory *process, char *text)
{
	static const char key[] = "Name:\t";
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n"))) {
		if (strncmp(line, key, strlen(key))) {
			line_parse(process, line);
			continue;
		}
		name_parse(process, line + strlen(key));
	}
}

/* Append a process, unless it has gone; false when memory is out. */
static bool process_take(struct kms_process_memories *processes,
			 const char *proc, uint32_t pid)
{
	struct kms_process_memory process = { .pid = pid }, *more;
	char path[300], *text;

	snprintf(path, sizeof(path), "%.250s/%u/status", proc, pid);
	text = kms_file_read(path, MAX_STATUS_BYTES);
	if (!text)
		return true;
	status_parse(&process, text);
	free(text);
	/* The room doubles at each power of two. */
	if (!(processes->nr & (processes->nr - 1))) {
		more = realloc(processes->process,
			       (2 * processes->nr + 1) * sizeof(*more));
		if (!more)
			return false;
		processes->process = more;
	}
	processes->process[processes->nr++] = process;
	return true;
}

static int process_compare(const void *a, const void *b)
{
	const struct kms_process_memory *left = a, *right = b;

	return left->pid < right->pid ? -1 : left->pid > right->pid;
}

bool kms_process_memories_read(struct kms_process_memories *processes,
			       const char *proc, uint64_t until_ns)
{
	DIR *folder = opendir(proc);
	bool complete = true;
	struct dirent *entry;
	uint64_t pid;

	*processes = (struct kms_process_memories){ .whole = folder };
	while (folder && complete && (entry = readdir(folder))) {
		if (!kms_text_number(entry->d_name, UINT32_MAX, &pid))
			continue;
		if (processes->nr % BATCH == BATCH - 1 &&
		    kms_now_ns() >= until_ns) {
			processes->whole = false;
			break;
		}
		complete = process_take(processes, proc, pid);
	}
	if (folder)
		closedir(folder);
	if (processes->nr)
		qsort(processes->process, processes->nr,
		      sizeof(*processes->process), process_compare);
	return complete;
}

void kms_process_memories_spare(struct kms_process_memories *processes,
				uint32_t self)
{
	struct kms_process_memory *process;
	size_t i, depth;

	for (i = 0; i < processes->nr; i++) {
		struct kms_process named = { .pid = 0 };

		process = &processes->process[i];
		memcpy(named.name, process->name, sizeof(named.name));
		process->spared = process->pid <= KTHREADD ||
				  process->parent == KTHREADD ||
				  kms_process_is_shared(&named);
	}
	process = (struct kms_process_memory *)
		kms_process_memories_find(processes, self);
	if (process)
		process->self = true;
	for (depth = 0; depth < MAX_DEPTH && self; depth++) {
		process = (struct kms_process_memory *)
			kms_process_memories_find(processes, self);
		if (!process)
			break;
		process->spared = true;
		self = process->parent;
	}
}

const struct kms_process_memory *
kms_process_memories_find(const struct kms_process_memories *processes,
			  uint32_t pid)
{
	const struct kms_process_memory key = { .pid = pid };

	if (!processes->nr)
		return NULL;
	return bsearch(&key, processes->process, processes->nr,
		       sizeof(*processes->process), process_compare);
}

uint64_t kms_process_children(const struct kms_process_memories *processes,
			      uint32_t parent, bool zombies)
{
	uint64_t nr = 0;
	size_t i;

	for (i = 0; i < processes->nr; i++)
		nr += processes->process[i].parent == parent &&
		      processes->process[i].zombie == zombies;
	return nr;
}

void kms_process_memories_free(struct kms_process_memories *processes)
{
	free(processes->process);
	*processes = (struct kms_process_memories){ 0 };
}
