// SPDX-License-Identifier: GPL-2.0-only
/* Parts of memory that only /proc/meminfo has. */
#include <stdio.h>
#include <string.h>

#include "host/meminfo.h"
#include "lib/array.h"
#include "table/typed.h"

/* "Unevictable:       524288 kB", at the start of a line. */
static uint64_t line_find(const char *text, const char *key)
{
	size_t len = strlen(key);
	unsigned long long kib;
	char unit[3];

	while (text && *text) {
		if (!strncmp(text, key, len) &&
		    sscanf(text + len, "%llu %2s", &kib, unit) == 2 &&
		    !strcmp(unit, "kB") && kib < UINT64_MAX / 1024)
			return kib * 1024;
		text = strchr(text, '\n');
		text += text ? 1 : 0;
	}
	return KMS_UNKNOWN;
}

struct kms_meminfo kms_meminfo_parse(const char *text)
{
	return (struct kms_meminfo){
		.cached = line_find(text, "Cached:"),
		.buffers = line_find(text, "Buffers:"),
		.shmem = line_find(text, "Shmem:"),
		.active_file = line_find(text, "Active(file):"),
		.inactive_file = line_find(text, "Inactive(file):"),
		.unevictable = line_find(text, "Unevictable:"),
		.mlocked = line_find(text, "Mlocked:"),
		.swap_total = line_find(text, "SwapTotal:"),
		.swap_free = line_find(text, "SwapFree:"),
		.huge_page = line_find(text, "Hugepagesize:"),
	};
}

uint64_t kms_meminfo_pinned_cache(const struct kms_meminfo *meminfo)
{
	const uint64_t parts[] = {
		meminfo->shmem, meminfo->active_file, meminfo->inactive_file,
	};
	uint64_t rest;
	size_t i;

	if (meminfo->cached == KMS_UNKNOWN || meminfo->buffers == KMS_UNKNOWN ||
	    meminfo->unevictable == KMS_UNKNOWN)
		return KMS_UNKNOWN;
	/* What is not on the lists that reclaim works through. */
	rest = meminfo->cached + meminfo->buffers;
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		if (parts[i] == KMS_UNKNOWN)
			return KMS_UNKNOWN;
		rest = rest > parts[i] ? rest - parts[i] : 0;
	}
	/* Pages on their way to a list are on none, but no more than these. */
	return rest < meminfo->unevictable ? rest : meminfo->unevictable;
}

uint64_t kms_meminfo_swapped(const struct kms_meminfo *meminfo)
{
	if (meminfo->swap_total == KMS_UNKNOWN ||
	    meminfo->swap_free == KMS_UNKNOWN ||
	    meminfo->swap_free > meminfo->swap_total)
		return KMS_UNKNOWN;
	return meminfo->swap_total - meminfo->swap_free;
}
