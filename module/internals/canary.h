/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The canary: a slab cache of our own whose truth we know, counted the way all
 * others will be.
 */
#ifndef KS_INTERNALS_CANARY_H
#define KS_INTERNALS_CANARY_H

#include <linux/types.h>

/**
 * struct ks_canary - what the canary showed
 * @ran: whether its cache was made and filled
 * @counted: whether the walk came to a count
 * @nr_objects: live objects there were
 * @nr_found: live objects the walk counted
 * @nr_nodes: nodes on which they were counted
 * @nr_cpus: CPUs they were allocated on
 * @cached_err: 0 when what CPUs keep was counted right, too
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
