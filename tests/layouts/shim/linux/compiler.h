/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_COMPILER_H
#define SHIM_LINUX_COMPILER_H

#ifndef __always_inline
#define __always_inline		inline __attribute__((always_inline))
#endif
#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))

#endif /* SHIM_LINUX_COMPILER_H */
