/* SPDX-License-Identifier: GPL-2.0-only */
/* The mounts of all mount namespaces, and which processes see a place. */
#ifndef KMS_HOST_MOUNTS_H
#define KMS_HOST_MOUNTS_H

#include <stdint.h>

#include "host/mountinfo.h"
#include "table/rows.h"

struct kms_mount_space {
	char id[32];		/* what /proc/PID/ns/mnt leads to */
	uint32_t pid;		/* a process in it */
	char *cgroup;		/* of that process, escaped; NULL: not known */
	struct kms_mountinfo mounts;
};

struct kms_mounts {
	struct kms_mount_space *space;	/* the first is that of process 1 */
	size_t nr;
};

/*
 * A place as people know it.  The path is NULL where no mount leads there.
 * Other namespaces than the first may have it by another path, or only they.
 * One of them is told about if it is the only one, or the one that is wanted.
 */
struct kms_place {
	char *path;
	size_t nr_others;	/* namespaces that have another path for it */
	char *inside;		/* the path in the one, or NULL */
	const char *cgroup;	/* of a process in it, or NULL */
	uint32_t pid;		/* that process, or 0 */
};

/*
 * Read those of all processes in the folder proc, usually "/proc", as far as
 * they are of the devices of these directories.  Processes that end meanwhile
 * are left out.  False when memory is out.
 */
bool kms_mounts_read(struct kms_mounts *mounts, const char *proc,
		     const struct kms_rows *directories, size_t nr);

/* Is the cgroup, of a process in a namespace, one that is wanted? */
typedef bool kms_mounts_wanted(const char *cgroup, const void *arg);

/*
 * Find a place of a device.  Of several other namespaces the first one that is
 * wanted is told about; wanted may be NULL.  False when memory is out; free the
 * place's path and inside.
 */
bool kms_mounts_find(const struct kms_mounts *mounts, const char *device,
		     const char *path, kms_mounts_wanted *wanted,
		     const void *arg, struct kms_place *place);

void kms_mounts_free(struct kms_mounts *mounts);

#endif /* KMS_HOST_MOUNTS_H */
