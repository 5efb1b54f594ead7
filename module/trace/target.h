/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cache to trace: found by name, and counted before and after.
 */
#ifndef KS_TRACE_TARGET_H
#define KS_TRACE_TARGET_H

#include <linux/types.h>

#include "internals/cache.h"

struct ks_progress;
struct netlink_ext_ack;

/**
 * struct ks_target - a cache
 * @cache: its address, only for comparison
 * @name: its name
 * @info: what it is
 */
struct ks_target {
	const struct kmem_cache *cache;
	char name[KS_CACHE_NAME_SIZE];
	struct ks_cache_info info;
};

/**
 * struct ks_target_count - objects of a cache that are in use
 * @known: whether the count is exact
 * @nr_inuse: how many
 * @error: its possible error, by lists that changed during the count
 */
struct ks_target_count {
	bool known;
	u64 nr_inuse;
	u64 error;
};

int ks_target_find(struct ks_target *target, const char *name,
		   const struct ks_progress *progress,
		   struct netlink_ext_ack *extack);
int ks_target_check(const struct ks_target *target,
		    struct netlink_ext_ack *extack);
int ks_target_begin(const struct ks_target *target, bool *counting,
		    struct ks_target_count *count,
		    const struct ks_progress *progress,
		    struct netlink_ext_ack *extack);
int ks_target_end(const struct ks_target *target, bool *counting,
		  struct ks_target_count *count,
		  const struct ks_progress *progress,
		  struct netlink_ext_ack *extack);

#endif /* KS_TRACE_TARGET_H */
