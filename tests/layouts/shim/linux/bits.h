/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_BITS_H
#define SHIM_LINUX_BITS_H

#define BIT(_nr)	(1UL << (_nr))
#define BIT_ULL(_nr)	(1ULL << (_nr))

#endif /* SHIM_LINUX_BITS_H */
