// SPDX-License-Identifier: GPL-2.0-only
/* Parse files of the kernel that a diagnosis reads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/observe/proc.h"
#include "diagnose/observe/witness.h"
#include "host/file.h"

struct kms_dentry_state kms_dentry_state_parse(const char *text)
{
	struct kms_dentry_state state = { .nr_negative = KMS_UNKNOWN };
	long nr, unused, age, want, negative, dummy;
	int fields = sscanf(text, "%ld %ld %ld %ld %ld %ld", &nr, &unused,
			    &age, &want, &negative, &dummy);

	if (fields < 2 || nr < 0 || unused < 0)
		return state;
	state.known = true;
	state.nr = nr;
	state.nr_unused = unused;
	if (fields == 6 && negative >= 0)
		state.nr_negative = negative;
	return state;
}

uint64_t kms_available_parse(const char *text)
{
	unsigned long long kib;

	text = strstr(text, "MemAvailable:");
	if (!text || sscanf(text, "MemAvailable: %llu kB", &kib) != 1)
		return KMS_UNKNOWN;
	return kib * 1024;
}

bool kms_available_read(struct kms_observation *obs)
{
	char *text = kms_file_read("/proc/meminfo", 64 * 1024);

	obs->available_bytes = kms_available_parse(text ?: "");
	free(text);
	return true;
}
