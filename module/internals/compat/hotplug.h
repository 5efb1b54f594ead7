/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The event after which the kernel is done with memory that goes offline.
 */
#ifndef KS_INTERNALS_COMPAT_HOTPLUG_H
#define KS_INTERNALS_COMPAT_HOTPLUG_H

#include <linux/memory.h>

/*
 * Since v6.8 memory may hold its own struct pages (memmap_on_memory). Sections
 * with nothing else go offline after MEM_OFFLINE, but before this.
 */
#ifdef KS_HAVE_MEM_FINISH_OFFLINE
#define KS_MEM_OFFLINE_ENDS	MEM_FINISH_OFFLINE
#else
#define KS_MEM_OFFLINE_ENDS	MEM_OFFLINE
#endif

#endif /* KS_INTERNALS_COMPAT_HOTPLUG_H */
