/* SPDX-License-Identifier: GPL-2.0-only */
/* Which container a cgroup is one of. */
#ifndef KMS_HOST_CONTAINER_H
#define KMS_HOST_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>

/* A file's name has 255 bytes at most, each of which may be escaped. */
#define KMS_CONTAINER_NAME_MAX (4 * 255 + 1)

struct kms_container {
	const char *engine;	/* "docker", "kubernetes", ... */
	char name[KMS_CONTAINER_NAME_MAX];	/* as its engine prints it */
	/*
	 * It lies in another container or in a unit.  Those may make cgroups of
	 * any name there, so the host's engine may know it by that name or not.
	 */
	bool inner;
};

/* False when the cgroup's path looks like no container's. */
bool kms_container_find(struct kms_container *container, const char *cgroup);

/*
 * The path in the text of /proc/PID/cgroup: of the unified hierarchy or, when
 * that has only the root, of the memory controller's or systemd's own.  It
 * ends with the line, *len bytes on; NULL when there is none.
 */
const char *kms_container_cgroup(const char *text, size_t *len);

#endif /* KMS_HOST_CONTAINER_H */
