/* SPDX-License-Identifier: GPL-2.0-only */
/* A directory of the module's walk, as people of this host know it. */
#ifndef KMS_HOST_DIRECTORY_H
#define KMS_HOST_DIRECTORY_H

#include "host/mounts.h"
#include "lib/pattern.h"
#include "table/records.h"

/* Dentries of a directory: all, or those of names that do not exist, or do. */
enum kms_dentries {
	KMS_DENTRIES_ALL,
	KMS_DENTRIES_NEGATIVE,
	KMS_DENTRIES_POSITIVE,
	KMS_NR_DENTRIES,
};

/* All texts are escaped, and NULL where they are not known. */
struct kms_directory {
	char *path;		/* from "/", or from its file system's root */
	bool reachable;		/* path is from "/" */
	bool deleted;
	bool hidden;		/* process 1 has no path to it */
	char *overlay;		/* path in the overlay of which it is a layer */
	size_t nr_namespaces;	/* other ones, with another path for it */
	char *container_path;	/* the path in one of these */
	uint32_t container_pid;	/* a process there, or 0 */
	char *container;	/* "docker 0123456789ab", or its cgroup */
	bool is_container;	/* and not just a cgroup */
	/* Of its sampled names; without a pattern, the example is any one. */
	struct kms_pattern pattern[KMS_NR_DENTRIES];
};

/*
 * Append the devices of directories, for kms_mounts_read(); the texts stay
 * those of the records.  False when memory is out.
 */
bool kms_devices_add(struct kms_devices *devices,
		     const struct kms_dentry_directory_records *directories);

/*
 * Find a directory by its record and the names that its walk sampled.  See
 * kms_mounts_find() about prefer.  False when memory is out; free it in any
 * case.
 */
bool kms_directory_find(struct kms_directory *directory,
			const struct kms_dentry_directory_record *record,
			const struct kms_dentry_name_records *names,
			const struct kms_mounts *mounts,
			kms_mounts_prefer *prefer, const void *arg);

void kms_directory_free(struct kms_directory *directory);

#endif /* KMS_HOST_DIRECTORY_H */
