/* SPDX-License-Identifier: GPL-2.0-only */
/* Cgroups of the unified hierarchy. */
#ifndef KMS_HOST_CGROUP_H
#define KMS_HOST_CGROUP_H

#include <stdint.h>

/*
 * The path of a cgroup as in /proc/PID/cgroup, safe to print, for the caller to
 * free. NULL if the cgroup is gone, cgroup2 is not mounted, or this process
 * lacks permission.
 */
char *kms_cgroup_path(uint64_t id);

#endif /* KMS_HOST_CGROUP_H */
