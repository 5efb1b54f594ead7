/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As Debian's kernels for amd64 have it: CONFIG_NODES_SHIFT=10.
 */
#ifndef SHIM_LINUX_NUMA_H
#define SHIM_LINUX_NUMA_H

#define MAX_NUMNODES	1024

#endif /* SHIM_LINUX_NUMA_H */
