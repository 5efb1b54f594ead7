/* SPDX-License-Identifier: GPL-2.0-only */
/* Cgroups of the unified hierarchy. */
#ifndef KMS_HOST_CGROUP_H
#define KMS_HOST_CGROUP_H

#include <stdint.h>

/*
 * The path of a cgroup, as in /proc/PID/cgroup, safe to print and to be freed;
 * or NULL where it is gone, no cgroup2 is mounted, or this process may not
 * know.
 */
char *kms_cgroup_path(uint64_t id);

#endif /* KMS_HOST_CGROUP_H */
