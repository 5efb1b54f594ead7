// SPDX-License-Identifier: GPL-2.0-only
/* What this host knows about the allocators that a trace saw. */
#include <linux/kmemscope.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diagnose/file.h"
#include "diagnose/who.h"
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

bool ks_who_find(struct ks_traced *traced)
{
	const struct ks_rows *rows = &traced->allocators;
	size_t i;

	traced->who = calloc(rows->nr + 1, sizeof(*traced->who));
	if (!traced->who)
		return false;
	for (i = 0; i < rows->nr; i++)
		traced->who[i].alive = is_alive(
			ks_field(rows, i, KMEMSCOPE_A_TRACE_ALLOCATOR_PID),
			ks_field_text(rows, i,
				      KMEMSCOPE_A_TRACE_ALLOCATOR_NAME));
	return true;
}
