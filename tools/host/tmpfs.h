/* SPDX-License-Identifier: GPL-2.0-only */
/* File systems whose files are in memory: tmpfs, ramfs, devtmpfs. */
#ifndef KMS_HOST_TMPFS_H
#define KMS_HOST_TMPFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kms_tmpfs {
	char *device;		/* MAJOR:MINOR */
	char *point;		/* the mount point, escaped */
	uint64_t number;	/* the device, as stat() has it */
	bool is_ramfs;		/* neither limited nor counted, never swapped */
	uint32_t pid;		/* a process that has it at this point */
	uint64_t used_bytes;	/* KMS_UNKNOWN: it is not counted */
	uint64_t limit_bytes;	/* KMS_UNKNOWN: it has none */
};

struct kms_tmpfs_mounts {
	struct kms_tmpfs *mount;	/* one of each file system */
	size_t nr;
	bool known;		/* the mounts of process 1 were read */
	bool whole;		/* and those of all others */
};

/*
 * Append all such mounts in the text of /proc/PID/mountinfo, which are not
 * measured yet.  False when memory is out.
 */
bool kms_tmpfs_parse(struct kms_tmpfs_mounts *mounts, const char *text,
		     uint32_t pid);

/*
 * Measure those from index on, by way of the folder proc.  What is mounted over,
 * is measured already or cannot be reached is removed.
 */
void kms_tmpfs_measure(struct kms_tmpfs_mounts *mounts, size_t index,
		       const char *proc);

/*
 * Read the mounts of all mount namespaces that the processes are in, first that
 * of process 1, until a time of CLOCK_BOOTTIME.  False when memory is out.
 */
bool kms_tmpfs_read(struct kms_tmpfs_mounts *mounts, const char *proc,
		    const uint32_t *pids, size_t nr_pids, uint64_t until_ns);

/* Find the file system of a device, or NULL. */
const struct kms_tmpfs *kms_tmpfs_find(const struct kms_tmpfs_mounts *mounts,
				       const char *device);

void kms_tmpfs_free(struct kms_tmpfs_mounts *mounts);

#endif /* KMS_HOST_TMPFS_H */
