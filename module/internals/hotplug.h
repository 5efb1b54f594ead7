/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory hotplug, as far as a reader must know of it.
 *
 * When a zone loses its last page the kernel frees what each CPU keeps for it,
 * under no lock that a module could take; and with memory that is taken out its
 * struct pages go. So these are only read between ks_hotplug_enter() and
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
