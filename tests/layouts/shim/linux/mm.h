/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_MM_H
#define SHIM_LINUX_MM_H

#include <stdlib.h>

#define GFP_KERNEL	0

static inline void *kvmalloc_array(size_t n, size_t size, int flags)
{
	(void)flags;
	return reallocarray(NULL, n, size);
}

static inline void kvfree(void *p)
{
	free(p);
}

#endif /* SHIM_LINUX_MM_H */
