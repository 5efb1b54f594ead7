/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel internals that collectors can use on this host.
 *
 * A collector states its needs as a set of bits. A missing need turns off that
 * collector only, with the reason from here.
 */
#ifndef KS_INTERNALS_INTERNALS_H
#define KS_INTERNALS_INTERNALS_H

#include <linux/bits.h>

#include "internals/canary.h"

/**
 * enum ks_need - needs of collectors
 * @KS_NEED_SLAB: slab caches can be walked, and the canary was counted right
 * @KS_NEED_VMSTAT_TEXT: the kernel's names of its vmstat counters are known
 * @KS_NEED_MIGRATETYPE_NAMES: the kernel's names of its migrate types are known
 * @KS_NEED_PERCPU: per-CPU free objects can be counted, as the canary proved
 * @KS_NEED_DCACHE: the dentry hash table can be walked, and is in order
 * @KS_NR_NEEDS: how many there are
 */
enum ks_need {
	KS_NEED_SLAB,
	KS_NEED_VMSTAT_TEXT,
	KS_NEED_MIGRATETYPE_NAMES,
	KS_NEED_PERCPU,
	KS_NEED_DCACHE,
	KS_NR_NEEDS,
};

/* Why ks_internals_locked_down() turns a collector off. */
#define KS_LOCKED_DOWN	"kernel lockdown forbids reading private kernel structures"

void ks_internals_init(void);
void ks_internals_exit(void);
bool ks_internals_locked_down(void);
const char *ks_internals_missing(unsigned long needs);
void ks_internals_canary(struct ks_canary *now);

#endif /* KS_INTERNALS_INTERNALS_H */
