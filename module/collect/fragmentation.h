/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How fragmented free memory is, from the number of free blocks per order.
 * Pure arithmetic.
 */
#ifndef KS_COLLECT_FRAGMENTATION_H
#define KS_COLLECT_FRAGMENTATION_H

#include <linux/types.h>

s64 ks_unusable_index(const u64 *nr_free, unsigned int nr_orders,
		      unsigned int order);
s64 ks_extfrag_index(const u64 *nr_free, unsigned int nr_orders,
		     unsigned int order);

#endif /* KS_COLLECT_FRAGMENTATION_H */
