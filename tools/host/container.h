/* SPDX-License-Identifier: GPL-2.0-only */
/* Find the container that a cgroup belongs to. */
#ifndef KMS_HOST_CONTAINER_H
#define KMS_HOST_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>

/* A file's name has 255 bytes at most, each of which may be escaped. */
#define KMS_MAX_CONTAINER_NAME (4 * 255 + 1)

struct kms_container {
	const char *engine;	/* "docker", "kubernetes", ... */
	char name[KMS_MAX_CONTAINER_NAME];	/* as its engine prints it */
	/*
	 * It lies in another container or in a unit.  These may make cgroups of
	 * any name, so the host's engine may not know it by that name.
	 */
	bool inner;
};

/* Find it by the path of the cgroup; false if that is no container's. */
bool kms_container_find(struct kms_container *container, const char *cgroup);

/* "docker 0123456789ab", to be freed; NULL when memory is out. */
char *kms_container_text(const struct kms_container *container);

/*
 * The path in the text of /proc/PID/cgroup: of the unified hierarchy or, when
 * that has only the root, of the memory controller's or systemd's own.  It
 * ends with the line, *len bytes on; NULL when there is none.
 */
const char *kms_container_cgroup(const char *text, size_t *len);

#endif /* KMS_HOST_CONTAINER_H */
