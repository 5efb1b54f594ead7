/* SPDX-License-Identifier: GPL-2.0-only */
/* Find the container that a cgroup belongs to. */
#ifndef KMS_HOST_CONTAINER_H
#define KMS_HOST_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file name has up to 255 bytes, and each can be escaped. */
#define KMS_MAX_CONTAINER_NAME (4 * 255 + 1)

struct kms_container {
	const char *engine;	/* "docker", "kubernetes", ... */
	char name[KMS_MAX_CONTAINER_NAME];	/* as its engine prints it */
	/*
	 * It lies in another container or in a unit. Those can make cgroups of
	 * any name, so the engine of the host may not know this one.
	 */
	bool inner;
};

/* False if the path does not look like that of a container. */
bool kms_container_find(struct kms_container *container, const char *cgroup);

/* "docker 0123456789ab", to be freed; NULL when memory is out. */
char *kms_container_text(const struct kms_container *container);

/*
 * Find the path in the text of /proc/PID/cgroup: that of the unified hierarchy;
 * if that is the root, of the memory controller, or of systemd. It has *len
 * bytes, to the end of the line. NULL if there is none.
 */
const char *kms_container_cgroup(const char *text, size_t *len);

/* That path of a process, escaped; NULL if it is not known.  Free it. */
char *kms_process_cgroup(uint64_t pid);

#endif /* KMS_HOST_CONTAINER_H */
