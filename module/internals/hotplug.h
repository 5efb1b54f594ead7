/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory hotplug, for readers of memory that it may free.
 *
 * When a zone loses its last page the kernel frees the zone's per-CPU data,
 * without a lock that a module could take. Removed memory takes its struct
 * pages along. So both are read only between ks_hotplug_enter() and
 * ks_hotplug_leave(), and not while memory is going offline.
 */
#ifndef KS_INTERNALS_HOTPLUG_H
#define KS_INTERNALS_HOTPLUG_H

#include <linux/types.h>

int ks_hotplug_init(void);
void ks_hotplug_exit(void);
bool ks_hotplug_settle(void);
bool ks_hotplug_enter(void);
void ks_hotplug_leave(void);
unsigned int ks_hotplug_generation(void);

#endif /* KS_INTERNALS_HOTPLUG_H */
