// SPDX-License-Identifier: GPL-2.0-only
/* Processes that were there before something began. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diagnose/file.h"
#include "diagnose/process.h"
#include "lib/text.h"

/* So many take less than a second; beyond, who is the only one is not known. */
#define PROCESSES_MAX 20000

/* When a process began, and its name; 0 where that cannot be told. */
static uint64_t began_ns(const char *proc, const char *pid, char name[16])
{
	unsigned long long ticks = 0;
	char path[600], *text, *end;
	size_t i;

	snprintf(path, sizeof(path), "%.250s/%.250s/stat", proc, pid);
	text = ks_file_read(path, 4096);
	if (!text)
		return 0;
	/* PID (NAME) STATE ...: the name may have any bytes but NUL */
	end = strrchr(text, ')');
	if (end && strchr(text, '(')) {
		*end++ = '\0';
		snprintf(name, 16, "%s", strchr(text, '(') + 1);
		/* From the third field to the 22nd, see proc(5) */
		for (i = 0; end && i < 19; i++)
			end = strchr(end + 1, ' ');
		ticks = end ? strtoull(end, NULL, 10) : 0;
	}
	free(text);
	return ticks * (1000000000ull / sysconf(_SC_CLK_TCK));
}

static bool process_add(struct ks_processes *processes, uint32_t pid,
			const char *name)
{
	struct ks_process *more;

	more = realloc(processes->process,
		       (processes->nr + 1) * sizeof(*more));
	if (!more)
		return false;
	processes->process = more;
	more[processes->nr].pid = pid;
	memcpy(more[processes->nr].name, name, sizeof(more->name));
	processes->nr++;
	return true;
}

bool ks_processes_read(struct ks_processes *processes, const char *proc,
		       uint64_t before_ns)
{
	DIR *folder = opendir(proc);
	bool complete = true;
	struct dirent *entry;
	uint64_t pid, began;
	size_t seen = 0;
	char name[16];

	*processes = (struct ks_processes){ .whole = true };
	while (folder && complete && (entry = readdir(folder))) {
		if (!ks_text_number(entry->d_name, UINT32_MAX, &pid))
			continue;
		if (seen++ == PROCESSES_MAX) {
			processes->whole = false;
			break;
		}
		began = began_ns(proc, entry->d_name, name);
		if (began && began < before_ns)
			complete = process_add(processes, pid, name);
	}
	if (folder)
		closedir(folder);
	if (!complete)
		ks_processes_free(processes);
	return complete;
}

uint32_t ks_processes_only(const struct ks_processes *processes,
			   const char *name)
{
	uint32_t found = 0;
	char *escaped;
	size_t i;

	for (i = 0; processes->whole && i < processes->nr; i++) {
		const struct ks_process *process = &processes->process[i];
		bool same;

		escaped = ks_text_escape(process->name, sizeof(process->name));
		same = escaped && !strcmp(escaped, name);
		free(escaped);
		if (same && found)
			return 0;
		if (same)
			found = process->pid;
	}
	return found;
}

void ks_processes_free(struct ks_processes *processes)
{
	free(processes->process);
	*processes = (struct ks_processes){ 0 };
}
