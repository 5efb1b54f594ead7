// SPDX-License-Identifier: GPL-2.0-only
/* What this host knows about the allocators that a trace saw. */
#include <linux/kmemscope.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diagnose/container.h"
#include "diagnose/file.h"
#include "diagnose/who.h"
#include "lib/cgroup.h"
#include "lib/text.h"

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
		who->cgroup = process_cgroup(ks_field(rows, row,
				KMEMSCOPE_A_TRACE_ALLOCATOR_PID));
	who->can_reclaim = who->cgroup && can_reclaim(who->cgroup);
}

bool ks_who_find(struct ks_traced *traced)
{
	const struct ks_rows *rows = &traced->allocators;
	size_t i;

	traced->who = calloc(rows->nr + 1, sizeof(*traced->who));
	if (!traced->who)
		return false;
	for (i = 0; i < rows->nr; i++) {
		traced->who[i].alive = is_alive(
			ks_field(rows, i, KMEMSCOPE_A_TRACE_ALLOCATOR_PID),
			ks_field_text(rows, i,
				      KMEMSCOPE_A_TRACE_ALLOCATOR_NAME));
		cgroup_find(traced, i);
	}
	return true;
}
