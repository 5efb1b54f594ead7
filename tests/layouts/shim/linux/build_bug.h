/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_BUILD_BUG_H
#define SHIM_LINUX_BUILD_BUG_H

#define BUILD_BUG_ON(_condition)					\
	_Static_assert(!(_condition), #_condition)

#endif /* SHIM_LINUX_BUILD_BUG_H */
