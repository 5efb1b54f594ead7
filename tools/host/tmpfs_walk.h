/* SPDX-License-Identifier: GPL-2.0-only */
/* Find the largest file of a tmpfs that was written to lately. */
#ifndef KMS_HOST_TMPFS_WALK_H
#define KMS_HOST_TMPFS_WALK_H

#include "host/tmpfs.h"

struct kms_tmpfs_file {
	char *path;		/* from "/" of its mount namespace, escaped */
	uint64_t bytes;
	uint64_t total_bytes;	/* of all files that were seen */
};

/*
 * Walk over at most 2000 names of a file system, by way of the folder proc, and
 * find the largest file that was written to since then, in nanoseconds of
 * CLOCK_REALTIME.  Without one the path is NULL.  False when memory is out.
 */
bool kms_tmpfs_walk(struct kms_tmpfs_file *file, const struct kms_tmpfs *mount,
		    const char *proc, uint64_t since_ns);

#endif /* KMS_HOST_TMPFS_WALK_H */
