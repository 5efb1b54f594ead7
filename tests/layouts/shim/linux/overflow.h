/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_OVERFLOW_H
#define SHIM_LINUX_OVERFLOW_H

#include <stdint.h>

#define check_add_overflow(_a, _b, _sum)	\
	__builtin_add_overflow(_a, _b, _sum)

#define U32_MAX		UINT32_MAX
#define S32_MAX		INT32_MAX

#endif /* SHIM_LINUX_OVERFLOW_H */
