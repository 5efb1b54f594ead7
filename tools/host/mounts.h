/* SPDX-License-Identifier: GPL-2.0-only */
/* The mounts of all mount namespaces, and where a directory is in them. */
#ifndef KMS_HOST_MOUNTS_H
#define KMS_HOST_MOUNTS_H

#include <stdint.h>

#include "host/mountinfo.h"

struct kms_mount_namespace {
	char id[32];		/* the target of /proc/PID/ns/mnt */
	uint32_t pid;		/* a process in it */
	char *cgroup;		/* of that process, escaped; NULL: not known */
	struct kms_mountinfo mounts;
};

struct kms_mounts {
	struct kms_mount_namespace *space;	/* first that of process 1 */
	size_t nr;
};

/*
 * Where a directory is, as people know it.  Other namespaces than that of
 * process 1 may have another path for it, or only they have one.  One of them
 * is described if it is the only one, or the preferred one.
 */
struct kms_location {
	char *path;		/* NULL where no mount leads there */
	bool hidden;		/* process 1 has no path to it */
	size_t nr_others;	/* namespaces that have another path for it */
	char *inside;		/* the path in the one, or NULL */
	const char *cgroup;	/* of a process in it, or NULL */
	uint32_t pid;		/* that process, or 0 */
};

/*
 * Read the mounts of all processes in the folder proc, usually "/proc", that
 * are of these devices.  Processes that end meanwhile are left out.  False
 * when memory is out.
 */
bool kms_mounts_read(struct kms_mounts *mounts, const char *proc,
		     const struct kms_devices *devices);

/* Is a namespace with a process in this cgroup preferred? */
typedef bool kms_mounts_prefer(const char *cgroup, const void *arg);

/*
 * Find where a directory of a device is, by its path in the file system.  Of
 * several other namespaces the first preferred one is described; prefer may be
 * NULL.  False when memory is out; free the location's path and inside.
 */
bool kms_mounts_find(const struct kms_mounts *mounts, const char *device,
		     const char *path, kms_mounts_prefer *prefer,
		     const void *arg, struct kms_location *location);

void kms_mounts_free(struct kms_mounts *mounts);

#endif /* KMS_HOST_MOUNTS_H */
