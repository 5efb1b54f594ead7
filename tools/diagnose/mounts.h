/* SPDX-License-Identifier: GPL-2.0-only */
/* The mounts of all mount namespaces, and which processes see a place. */
#ifndef KS_MOUNTS_H
#define KS_MOUNTS_H

#include <stdint.h>

#include "diagnose/mountinfo.h"

struct ks_mount_space {
	char id[32];		/* what /proc/PID/ns/mnt leads to */
	uint32_t pid;		/* a process in it */
	char *cgroup;		/* of that process, escaped; NULL: not known */
	struct ks_mountinfo mounts;
};

struct ks_mounts {
	struct ks_mount_space *space;	/* the first is that of process 1 */
	size_t nr;
};

/*
 * A place as people know it.  The path is NULL where no mount leads there,
 * pid is 0 unless only, or also, another mount namespace than the first has it.
 */
struct ks_place {
	char *path;
	char *inside;		/* the path in that other namespace */
	const char *cgroup;	/* of the process there, or NULL */
	uint32_t pid;
};

/*
 * Read those of all processes in the folder proc, usually "/proc".  Processes
 * that end meanwhile are left out.  False when memory is out.
 */
bool ks_mounts_read(struct ks_mounts *mounts, const char *proc);

/* False when memory is out; free the place's path and inside. */
bool ks_mounts_find(const struct ks_mounts *mounts, const char *device,
		    const char *path, struct ks_place *place);

void ks_mounts_free(struct ks_mounts *mounts);

#endif /* KS_MOUNTS_H */
