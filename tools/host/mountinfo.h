/* SPDX-License-Identifier: GPL-2.0-only */
/* The mounts of /proc/PID/mountinfo, and paths of directories in them. */
#ifndef KMS_HOST_MOUNTINFO_H
#define KMS_HOST_MOUNTINFO_H

#include <stdbool.h>
#include <stddef.h>

struct kms_mount {
	char *device;		/* MAJOR:MINOR; NULL: not a requested one */
	char *root;		/* the mounted part of the file system */
	char *point;		/* the mount point; both are escaped text */
	char *overlay;		/* options of an overlay, as in mountinfo */
};

struct kms_mountinfo {
	struct kms_mount *mount;	/* later ones cover earlier ones */
	size_t nr;
};

/*
 * Copy a field as escaped text: the kernel writes a blank, tab, newline,
 * backslash or '#' as \NNN. NULL if memory is out.
 */
char *kms_mountinfo_text(const char *field, size_t len);

/* The requested devices; a host has far more mounts. */
struct kms_devices {
	const char **device;
	size_t nr;
};

/*
 * Fill in the mounts of these devices. Of other mounts only the mount points are
 * kept, as they may cover a path. Lines that are no mounts are skipped. False if
 * memory is out.
 */
bool kms_mountinfo_parse(struct kms_mountinfo *mounts, const char *text,
			 const struct kms_devices *devices);

/*
 * Find the path by which a directory can be reached. device is that of its file
 * system, path its path from the root of the file system; paths are escaped. NULL
 * if there is no such path; if memory is out, *failed is set as well.
 */
char *kms_mountinfo_path(const struct kms_mountinfo *mounts, const char *device,
			 const char *path, bool *failed);

/*
 * Find the path in an overlay of a path in one of its layers, both escaped: each
 * lookup in the overlay makes dentries in its layers as well. NULL if no layer
 * has it; if memory is out, *failed is set as well.
 */
char *kms_mountinfo_overlay(const struct kms_mountinfo *mounts,
			    const char *path, bool *failed);

void kms_mountinfo_free(struct kms_mountinfo *mounts);

#endif /* KMS_HOST_MOUNTINFO_H */
