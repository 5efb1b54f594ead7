/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For kernels before v5.12, which have no KFENCE.
 */
#ifndef KS_INTERNALS_COMPAT_KFENCE_H
#define KS_INTERNALS_COMPAT_KFENCE_H

#ifdef KS_HAVE_KFENCE
#include <linux/kfence.h>
#else
static inline bool is_kfence_address(const void *address)
{
	return false;
}
#endif

#endif /* KS_INTERNALS_COMPAT_KFENCE_H */
