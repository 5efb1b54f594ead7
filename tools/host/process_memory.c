// SPDX-License-Identifier: GPL-2.0-only
/* How much memory each process has, by /proc/PID/status. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/file.h"
#include "host/process_memory.h"
#include "lib/array.h"
#include "lib/clock.h"
#include "lib/text.h"

/* Groups of a process are in this file, and there may be many. */
#define MAX_STATUS_BYTES (1024 * 1024)

/* Ask the clock after so many processes. */
#define BATCH 64

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
	};
	const struct {
		const char *key;
		uint32_t *number;
	} numbers[] = {
		{ "PPid:", &process->parent },
		{ "Uid:", &process->uid },
		{ "Threads:", &process->nr_threads },
	};
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
	if (sscanf(line, "State: %c", &state) == 1)
		process->zombie = state == 'Z' || state == 'X';
}

/* The name of a process may have a line break: the kernel escapes it. */
static void status_parse(struct kms_process_memory *process, char *text)
{
	static const char key[] = "Name:\t";
	char *line, *rest = text, *name;

	while ((line = strsep(&rest, "\n"))) {
		if (strncmp(line, key, strlen(key))) {
			line_parse(process, line);
			continue;
		}
		name = kms_text_unescape(line + strlen(key));
		snprintf(process->name, sizeof(process->name), "%s",
			 name ?: "");
		free(name);
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

void kms_process_memories_free(struct kms_process_memories *processes)
{
	free(processes->process);
	*processes = (struct kms_process_memories){ 0 };
}
