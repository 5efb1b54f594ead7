/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All hashed dentries there are, by a walk over the kernel's dentry hash table.
 *
 * It takes no lock and no reference: what a dentry is, is copied in the RCU
 * section that found it. (A dentry somebody holds turns an umount into a BUG.)
 * The hash is over a dentry's parent and name, so any part of the table is a
 * fair sample of all dentries, and a walk that has no time for all of it visits
 * parts from everywhere.
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
 * @known: whether they could be found
 */
struct ks_dentry_counts {
	u64 nr_dentries;
	u64 nr_unused;
	u64 nr_negative;
	bool known;
};

/**
 * struct ks_dentry_walk - how far a walk is to go, and went
 * @until_ns: the ks_hold_clock() at which it ends, done or not
 * @nr_parts: parts of the table to visit; the same ones by each walk
 * @nr_visited: parts visited
 * @nr_met: dentries met in them
 * @cut: whether a chain was too long to be followed to its end
 */
struct ks_dentry_walk {
	u64 until_ns;
	u64 nr_parts;
	u64 nr_visited;
	u64 nr_met;
	bool cut;
};

/**
 * typedef ks_dentry_fn - what is done with a dentry
 * @arg: the walker's
 * @dentry: hashed when it was found; gone when this returns
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
