/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The canary: a slab cache with known content, counted in the same way as all
 * others.
 */
#ifndef KS_INTERNALS_CANARY_H
#define KS_INTERNALS_CANARY_H

#include <linux/types.h>

/**
 * struct ks_canary - the result of the canary
 * @ran: whether its cache was made and filled
 * @counted: whether the walk counted it
 * @nr_objects: live objects in it
 * @nr_found: live objects that the walk counted
 * @nr_nodes: nodes on which they were counted
 * @nr_cpus: CPUs they were allocated on
 * @cached_err: 0 when per-CPU free objects were counted right, too
 */
struct ks_canary {
	bool ran;
	bool counted;
	u32 nr_objects;
	u32 nr_found;
	u32 nr_nodes;
	u32 nr_cpus;
	int cached_err;
};

int ks_canary_run(struct ks_canary *canary, char *reason, size_t size,
		  bool cached);

#endif /* KS_INTERNALS_CANARY_H */
