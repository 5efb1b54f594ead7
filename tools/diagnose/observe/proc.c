// SPDX-License-Identifier: GPL-2.0-only
/* What a diagnosis reads of the kernel's own files. */
#include <stdio.h>
#include <string.h>

#include "diagnose/observe/proc.h"

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
