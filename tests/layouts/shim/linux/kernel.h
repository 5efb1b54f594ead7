/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_KERNEL_H
#define SHIM_LINUX_KERNEL_H

#include <stdio.h>
#include <stdlib.h>

/* What it returns is not used. */
#define scnprintf(...)	snprintf(__VA_ARGS__)

#define WARN_ON_ONCE(_condition)					\
({									\
	if (_condition)							\
		abort();						\
	0;								\
})

#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#endif /* SHIM_LINUX_KERNEL_H */
