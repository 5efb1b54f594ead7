/* SPDX-License-Identifier: GPL-2.0-only */
/* Mounts, as /proc/PID/mountinfo lists them, and what path a place has there. */
#ifndef KMS_HOST_MOUNTINFO_H
#define KMS_HOST_MOUNTINFO_H

#include <stdbool.h>
#include <stddef.h>

struct kms_mount {
	char *device;		/* MAJOR:MINOR; NULL: none that was asked for */
	char *root;		/* what of the file system is mounted, if so */
	char *point;		/* where; both are escaped text */
	char *overlay;		/* options of an overlay, as they are in mountinfo */
};

struct kms_mountinfo {
	struct kms_mount *mount;	/* later ones cover earlier ones */
	size_t nr;
};

/* The devices that are asked about; a host has far more mounts. */
struct kms_devices {
	const char **device;
	size_t nr;
};

/*
 * Fill in the mounts that text lists, nothing if none is of these devices.  Of
 * others there is only what they may cover.  Lines that are no mounts are left
 * out.  False when memory is out.
 */
bool kms_mountinfo_parse(struct kms_mountinfo *mounts, const char *text,
			 const struct kms_devices *devices);

/*
 * The path, escaped, under which a place of the device's file system can be
 * reached: path is the place's, escaped, from the root of the file system.  NULL, with
 * *failed set when memory is out, when it cannot.
 */
char *kms_mountinfo_path(const struct kms_mountinfo *mounts, const char *device,
			 const char *path, bool *failed);

/*
 * The path in an overlay, escaped, of a path that is in one of its layers: each
 * lookup in the overlay makes dentries in those as well.  NULL, with *failed set
 * when memory is out, when it is in none.
 */
char *kms_mountinfo_overlay(const struct kms_mountinfo *mounts,
			    const char *path, bool *failed);

void kms_mountinfo_free(struct kms_mountinfo *mounts);

#endif /* KMS_HOST_MOUNTINFO_H */
