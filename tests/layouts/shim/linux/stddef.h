/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_STDDEF_H
#define SHIM_LINUX_STDDEF_H

#include_next <linux/stddef.h>
#include <stddef.h>

#define offsetofend(_type, _member)					\
	(offsetof(_type, _member) + sizeof(((_type *)0)->_member))

#endif /* SHIM_LINUX_STDDEF_H */
