// SPDX-License-Identifier: GPL-2.0-only
/* What this host knows about the allocators that a trace saw. */
#include <linux/kmemscope.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diagnose/container.h"
#include "diagnose/file.h"
#include "diagnose/process.h"
#include "diagnose/who.h"
#include "lib/array.h"
#include "lib/cgroup.h"
#include "lib/text.h"

/* Only the busiest allocators are worth it. */
#define STARTERS_MAX 4

/* A process that has ended may have left its number to another one. */
static bool is_alive(uint64_t pid, const char *name)
{
	char path[64], *text, *found;
	bool alive;

	if (pid == KS_UNKNOWN || !name)
		return false;
	snprintf(path, sizeof(path), "/proc/%llu/comm",
		 (unsigned long long)pid);
	text = ks_file_read(path, 4096);
	if (!text)
		return false;
	text[strcspn(text, "\n")] = '\0';
	found = ks_text_escape(text, strlen(text));
	alive = found && !strcmp(found, name);
	free(found);
	free(text);
	return alive;
}

/* A process that lives for moments is started again by one that lives on. */
static void starter_find(struct ks_traced *traced, size_t row,
			 const struct ks_processes *processes)
{
	static const uint16_t attrs[] = {
		KMEMSCOPE_A_TRACE_ALLOCATOR_PARENT_1,
		KMEMSCOPE_A_TRACE_ALLOCATOR_PARENT_2,
		KMEMSCOPE_A_TRACE_ALLOCATOR_PARENT_3,
		KMEMSCOPE_A_TRACE_ALLOCATOR_PARENT_4,
	};
	struct ks_who *who = &traced->who[row];
	const char *name;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(attrs); i++) {
		name = ks_field_text(&traced->allocators, row, attrs[i]);
		if (!name)
			return;
		who->starter_parent = i;
		who->starter_pid = ks_processes_only(processes, name);
		/* To stop what began the whole host is no advice. */
		if (who->starter_pid == 1)
			who->starter_pid = 0;
		if (who->starter_pid)
			return;
	}
}

/* Where there is no unified hierarchy to ask, the process may tell. */
static char *process_cgroup(uint64_t pid)
{
	char path[64], *text, *cgroup = NULL;
	const char *found;
	size_t len;

	snprintf(path, sizeof(path), "/proc/%llu/cgroup",
		 (unsigned long long)pid);
	text = ks_file_read(path, 1024 * 1024);
	found = text ? ks_container_cgroup(text, &len) : NULL;
	if (found)
		cgroup = ks_text_escape(found, len);
	free(text);
	return cgroup;
}

static bool can_reclaim(const char *cgroup)
{
	char *path, *bytes = ks_text_unescape(cgroup);
	bool can;

	if (!bytes)
		return false;
	if (asprintf(&path, "/sys/fs/cgroup%s/memory.reclaim", bytes) < 0)
		path = NULL;
	can = path && !access(path, W_OK);
	free(path);
	free(bytes);
	return can;
}

static void cgroup_find(struct ks_traced *traced, size_t row)
{
	const struct ks_rows *rows = &traced->allocators;
	struct ks_who *who = &traced->who[row];
	uint64_t id = ks_field(rows, row,
			       KMEMSCOPE_A_TRACE_ALLOCATOR_CGROUP_ID);
	uint64_t pid = ks_field(rows, row, KMEMSCOPE_A_TRACE_ALLOCATOR_PID);
	size_t i;

	for (i = 0; i < row && id != KS_UNKNOWN; i++) {
		if (ks_field(rows, i, KMEMSCOPE_A_TRACE_ALLOCATOR_CGROUP_ID) !=
		    id)
			continue;
		if (!traced->who[i].cgroup)
			break;
		who->cgroup = strdup(traced->who[i].cgroup);
		who->can_reclaim = traced->who[i].can_reclaim;
		return;
	}
	if (id != KS_UNKNOWN)
		who->cgroup = ks_cgroup_path(id);
	if (!who->cgroup && who->alive)
		who->cgroup = process_cgroup(pid);
	who->can_reclaim = who->cgroup && can_reclaim(who->cgroup);
}

bool ks_who_find(struct ks_traced *traced, uint64_t began_ns)
{
	const struct ks_rows *rows = &traced->allocators;
	struct ks_processes processes;
	size_t i;

	traced->who = calloc(rows->nr + 1, sizeof(*traced->who));
	if (!traced->who || !ks_processes_read(&processes, "/proc", began_ns))
		return false;
	for (i = 0; i < rows->nr; i++) {
		uint64_t pid = ks_field(rows, i,
					KMEMSCOPE_A_TRACE_ALLOCATOR_PID);
		const char *name = ks_field_text(rows, i,
					KMEMSCOPE_A_TRACE_ALLOCATOR_NAME);

		traced->who[i].alive = is_alive(pid, name);
		cgroup_find(traced, i);
		if (i < STARTERS_MAX && !traced->who[i].alive)
			starter_find(traced, i, &processes);
	}
	ks_processes_free(&processes);
	return true;
}
