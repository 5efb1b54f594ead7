/* SPDX-License-Identifier: GPL-2.0-only */
/* Which container a cgroup is one of. */
#ifndef KS_CONTAINER_H
#define KS_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>

#define KS_CONTAINER_NAME_MAX 128

struct ks_container {
	const char *engine;	/* "docker", "kubernetes", ... */
	char name[KS_CONTAINER_NAME_MAX];	/* as its engine prints it */
};

/* False when the cgroup's path looks like no container's. */
bool ks_container_find(struct ks_container *container, const char *cgroup);

/*
 * The path in the text of /proc/PID/cgroup: of the unified hierarchy or, when
 * that has only the root, of the memory controller's or systemd's own.  It
 * ends with the line, *len bytes on; NULL when there is none.
 */
const char *ks_container_cgroup(const char *text, size_t *len);

/* The systemd service that a cgroup is, or is part of: "NAME.service". */
bool ks_container_service(char name[KS_CONTAINER_NAME_MAX],
			  const char *cgroup);

#endif /* KS_CONTAINER_H */
