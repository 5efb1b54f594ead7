// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's two indices of fragmentation, as mm/vmstat.c defines them for
 * debugfs extfrag/: unusable_free_index() and fragmentation_index(). The same
 * integer divisions, in the same order, give the same numbers.
 */
#include <linux/math64.h>

#include "collect/fragmentation.h"

/**
 * struct free_blocks - free memory as a request of one order sees it
 * @pages: free pages
 * @blocks: free blocks of all orders
 * @suitable: requests of the order that would succeed, one after the other
 */
struct free_blocks {
	u64 pages;
	u64 blocks;
	u64 suitable;
};

static struct free_blocks blocks_sum(const u64 *nr_free, unsigned int nr_orders,
				     unsigned int order)
{
	struct free_blocks sum = {};
	unsigned int i;

	for (i = 0; i < nr_orders; i++) {
		sum.blocks += nr_free[i];
		sum.pages += nr_free[i] << i;
		if (i >= order)
			sum.suitable += nr_free[i] << (i - order);
	}
	return sum;
}

/**
 * ks_unusable_index() - share of free memory that an order cannot use
 * @nr_free: free blocks of each order
 * @nr_orders: how many orders
 * @order: the order of the request, below @nr_orders
 *
 * Return: permille of the free pages that are in smaller blocks; 1000 when
 * nothing is free.
 */
s64 ks_unusable_index(const u64 *nr_free, unsigned int nr_orders,
		      unsigned int order)
{
	struct free_blocks sum = blocks_sum(nr_free, nr_orders, order);

	if (!sum.pages)
		return 1000;
	return div64_u64((sum.pages - (sum.suitable << order)) * 1000,
			 sum.pages);
}

/**
 * ks_extfrag_index() - why a request of an order would fail
 * @nr_free: free blocks of each order
 * @nr_orders: how many orders
 * @order: the order of the request, below @nr_orders
 *
 * Return: -1000 when it would succeed; else permille, near 0 when memory is
 * short and near 1000 when it is fragmented. 0 when nothing is free.
 */
s64 ks_extfrag_index(const u64 *nr_free, unsigned int nr_orders,
		     unsigned int order)
{
	struct free_blocks sum = blocks_sum(nr_free, nr_orders, order);

	if (!sum.blocks)
		return 0;
	if (sum.suitable)
		return -1000;
	return 1000 - (s64)div64_u64(1000 + (sum.pages * 1000 >> order),
				     sum.blocks);
}
