/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What of the kernel's internals this host lets us use.
 *
 * A collector states its needs as a set of bits; what is missing turns that
 * collector off, with the reason given here, and nothing else.
 */
#ifndef KS_INTERNALS_INTERNALS_H
#define KS_INTERNALS_INTERNALS_H

#include <linux/bits.h>

#include "internals/canary.h"

/* Slab caches can be walked, and the canary was counted right. */
#define KS_NEED_SLAB			BIT(0)
/* The kernel's names of its vmstat counters are known. */
#define KS_NEED_VMSTAT_TEXT		BIT(1)
/* The kernel's names of its migrate types are known. */
#define KS_NEED_MIGRATETYPE_NAMES	BIT(2)
/* What slab caches keep for CPUs can be counted, as the canary proved. */
#define KS_NEED_CACHED			BIT(3)
/* The dentry hash table can be walked, and is in the order it should be. */
#define KS_NEED_DENTRIES		BIT(4)

/* Why ks_internals_locked_down() turns a collector off. */
#define KS_LOCKED_DOWN	"lockdown forbids to read the kernel's private structures"

void ks_internals_init(void);
void ks_internals_exit(void);
bool ks_internals_locked_down(void);
const char *ks_internals_missing(unsigned long needs);
void ks_internals_canary(struct ks_canary *now);

#endif /* KS_INTERNALS_INTERNALS_H */
