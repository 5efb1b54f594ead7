/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As large as Debian's kernels for amd64 have it, but for those with
 * PREEMPT_RT.
 */
#ifndef SHIM_LINUX_SPINLOCK_H
#define SHIM_LINUX_SPINLOCK_H

struct spinlock {
	unsigned int slock;
};

#define spinlock_t	struct spinlock

#endif /* SHIM_LINUX_SPINLOCK_H */
