/* SPDX-License-Identifier: GPL-2.0-only */
/* Mounts, as /proc/PID/mountinfo lists them, and paths through them. */
#ifndef KMS_HOST_MOUNTINFO_H
#define KMS_HOST_MOUNTINFO_H

#include <stdbool.h>
#include <stddef.h>

struct kms_mount {
	char *device;		/* MAJOR:MINOR; NULL: not of interest */
	char *root;		/* the mounted part of the file system */
	char *point;		/* where; both are escaped text */
	char *overlay;		/* options of an overlay, as in mountinfo */
};

struct kms_mountinfo {
	struct kms_mount *mount;	/* later ones cover earlier ones */
	size_t nr;
};

/* The devices of interest; a host has far more mounts. */
struct kms_devices {
	const char **device;
	size_t nr;
};

/*
 * Fill in the mounts that text lists, or nothing if none is of these devices.
 * Of other devices only those that may cover one are kept.  Lines that are no
 * mounts are left out.  False when memory is out.
 */
bool kms_mountinfo_parse(struct kms_mountinfo *mounts, const char *text,
			 const struct kms_devices *devices);

/*
 * The path, escaped, under which a directory of a device's file system can be
 * reached: path is escaped, and from the root of that file system.  NULL where
 * no mount leads there, or, with *failed set, when memory is out.
 */
char *kms_mountinfo_path(const struct kms_mountinfo *mounts, const char *device,
			 const char *path, bool *failed);

/*
 * The path in an overlay, escaped, of a path in one of its layers: each lookup
 * in the overlay makes dentries in those as well.  NULL where it is in none,
 * or, with *failed set, when memory is out.
 */
char *kms_mountinfo_overlay(const struct kms_mountinfo *mounts,
			    const char *path, bool *failed);

void kms_mountinfo_free(struct kms_mountinfo *mounts);

#endif /* KMS_HOST_MOUNTINFO_H */
