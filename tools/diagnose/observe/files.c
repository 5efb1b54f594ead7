// SPDX-License-Identifier: GPL-2.0-only
/* Count open files, sockets and cgroups at one time. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/observe/files.h"
#include "host/file.h"

/* A unified hierarchy, or the one beside those of version 1. */
static const char * const cgroup_files[] = {
	"/sys/fs/cgroup/cgroup.stat",
	"/sys/fs/cgroup/unified/cgroup.stat",
};

struct kms_cgroup_counts kms_cgroup_counts_parse(const char *text)
{
	static const char first[] = "nr_descendants ";
	static const char second[] = "\nnr_dying_descendants ";
	struct kms_cgroup_counts counts = { 0 };
	const char *dying = strstr(text, second);

	counts.known = !strncmp(text, first, strlen(first)) && dying &&
		sscanf(text + strlen(first), "%" SCNu64, &counts.nr) == 1 &&
		sscanf(dying + strlen(second), "%" SCNu64,
		       &counts.nr_dying) == 1;
	return counts;
}

static void cgroups_count(struct kms_cgroup_counts *counts)
{
	char *text;
	size_t i;

	for (i = 0; i < 2 && !counts->known; i++) {
		text = kms_file_read(cgroup_files[i], 4096);
		*counts = kms_cgroup_counts_parse(text ?: "");
		free(text);
	}
}

bool kms_files_observe(struct kms_observation *obs, size_t number,
		       uint64_t until_ns)
{
	struct kms_host_moment *moment = &obs->host[number];
	char *text = kms_file_read("/proc/net/sockstat", 64 * 1024);

	moment->sockstat = kms_sockstat_parse(text ?: "");
	free(text);
	cgroups_count(&moment->cgroups);
	if (!kms_open_files_count(&moment->files, "/proc",
				  &moment->processes, until_ns))
		return false;
	if (number == KMS_HOST_AFTER && moment->processes.whole &&
	    !moment->files.whole)
		kms_strings_add(&obs->missing,
				"open files of some processes: there was no time to count them all");
	return true;
}
