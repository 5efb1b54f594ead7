/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Visits all hashed dentries by a walk over the kernel's dentry hash table.
 *
 * It takes no lock and no reference: callers copy data in the RCU section that
 * found a dentry. (A reference would turn an umount into a BUG.) The hash is
 * over a dentry's parent and name, so any part of the table is a fair sample of
 * all dentries. A walk without time for all of it visits parts from everywhere.
 */
#ifndef KS_INTERNALS_DCACHE_H
#define KS_INTERNALS_DCACHE_H

#include <linux/types.h>

struct dentry;
struct ks_progress;

/**
 * struct ks_dentry_counts - the kernel's own counts
 * @nr_dentries: dentries
 * @nr_unused: those on LRU lists
 * @nr_negative: negative ones among these
 * @known: whether the counters were found
 */
struct ks_dentry_counts {
	u64 nr_dentries;
	u64 nr_unused;
	u64 nr_negative;
	bool known;
};

/**
 * struct ks_dentry_walk - limits and results of a walk
 * @until_ns: the ks_hold_clock() at which it ends, done or not
 * @nr_parts: parts of the table to visit; the same ones by each walk
 * @nr_visited: parts visited
 * @nr_met: dentries in them
 * @cut: whether a chain was too long to follow to its end
 */
struct ks_dentry_walk {
	u64 until_ns;
	u64 nr_parts;
	u64 nr_visited;
	u64 nr_met;
	bool cut;
};

/**
 * typedef ks_dentry_fn - a callback for a dentry
 * @arg: the caller's argument
 * @dentry: a hashed dentry, valid until this returns
 *
 * Context: an RCU read section.
 */
typedef void (*ks_dentry_fn)(void *arg, const struct dentry *dentry);

int ks_dcache_init(char *reason, size_t size);
u64 ks_dcache_nr_buckets(void);
u64 ks_dcache_nr_parts(void);
void ks_dcache_count(struct ks_dentry_counts *counts);
int ks_dcache_walk(struct ks_dentry_walk *walk, ks_dentry_fn fn, void *arg,
		   const struct ks_progress *progress);

#endif /* KS_INTERNALS_DCACHE_H */
