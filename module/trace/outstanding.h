/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Objects that were allocated and not yet freed: all of them, or a sample.
 */
#ifndef KS_TRACE_OUTSTANDING_H
#define KS_TRACE_OUTSTANDING_H

#include <linux/atomic.h>
#include <linux/types.h>

/* Numbers of owners are below this. */
#define KS_MAX_OWNERS	(BIT(15) - 1)

/**
 * struct ks_outstanding - a table of objects by their address
 * @places: slots in groups, each 0 or an object with its owner
 * @group_mask: number of groups, a power of 2, less 1
 * @sample_mask: the sampling rate, a power of 2, less 1
 */
struct ks_outstanding {
	atomic64_t *places;
	u32 group_mask;
	u32 sample_mask;
};

int ks_outstanding_init(struct ks_outstanding *objects, u32 places);
void ks_outstanding_free(struct ks_outstanding *objects);
bool ks_outstanding_add(struct ks_outstanding *objects, u64 address, u32 owner);
u32 ks_outstanding_follows(const struct ks_outstanding *objects, u64 address);
void ks_outstanding_thin(struct ks_outstanding *objects);
bool ks_outstanding_remove(struct ks_outstanding *objects, u64 address);
void ks_outstanding_count(const struct ks_outstanding *objects, u32 *counts,
			  u32 nr);

/**
 * ks_outstanding_rate() - get the sampling rate
 * @objects: the table
 *
 * Return: the rate: one of this many addresses is in the sample.
 */
static inline u32 ks_outstanding_rate(const struct ks_outstanding *objects)
{
	return READ_ONCE(objects->sample_mask) + 1;
}

#endif /* KS_TRACE_OUTSTANDING_H */
