/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts of dentries: in all, by superblock and by directory.
 *
 * The walk reads dentries that others change, in the RCU section that found
 * them.
 */
#ifndef KS_COLLECT_DENTRY_TALLY_H
#define KS_COLLECT_DENTRY_TALLY_H

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/kernel.h>
#include <linux/math64.h>

#include "collect/dentry_topk.h"
#include "internals/peek.h"
#include "record/record.h"
#include "record/records.h"

/**
 * struct ks_dentry_tally - some dentries
 * @nr: how many
 * @nr_negative: of names that do not exist
 * @nr_lru: on an LRU list
 * @nr_lru_negative: both
 */
struct ks_dentry_tally {
	u64 nr;
	u64 nr_negative;
	u64 nr_lru;
	u64 nr_lru_negative;
};

/**
 * struct ks_dentry_scale - what part of all dentries was counted
 * @nr_parts: parts there are
 * @nr_visited: parts visited
 * @nr: dentries counted
 * @cut: whether some were left out for being too many
 */
struct ks_dentry_scale {
	u64 nr_parts;
	u64 nr_visited;
	u64 nr;
	bool cut;
};

/* Dentries about to be freed use the same list head, but do not count. */
static inline bool ks_dentry_on_lru(const struct dentry *dentry)
{
	return (READ_ONCE(dentry->d_flags) &
		(DCACHE_LRU_LIST | DCACHE_SHRINK_LIST)) == DCACHE_LRU_LIST;
}

static inline void ks_dentry_tally_add(struct ks_dentry_tally *tally,
				       const struct dentry *dentry)
{
	const bool negative = d_is_negative(dentry);
	const bool lru = ks_dentry_on_lru(dentry);

	tally->nr++;
	tally->nr_negative += negative;
	tally->nr_lru += lru;
	tally->nr_lru_negative += lru && negative;
}

/*
 * Returns the directory of a dentry, or NULL. Not all file systems free inodes
 * by RCU, so the inode is read in a way that survives a fault. It is believed
 * if it is still the directory's afterwards.
 */
static inline const struct dentry *
ks_dentry_directory(const struct dentry *dentry, struct ks_directory_key *key)
{
	const struct dentry *parent = READ_ONCE(dentry->d_parent);
	const struct inode *inode = READ_ONCE(parent->d_inode);

	static_assert(sizeof(inode->i_ino) == sizeof(key->inode));
	static_assert(sizeof(inode->i_generation) == sizeof(key->generation));
	if (parent == dentry || !inode ||
	    ks_peek_u64(&inode->i_ino, &key->inode) ||
	    ks_peek_u32(&inode->i_generation, &key->generation))
		return NULL;
	key->device = dentry->d_sb->s_dev;
	smp_rmb();	/* the inode before it is checked again */
	return READ_ONCE(parent->d_inode) == inode ? parent : NULL;
}

static inline u64 ks_dentry_scaled(const struct ks_dentry_scale *scale, u64 nr)
{
	u64 times, rest;

	if (scale->nr_visited == scale->nr_parts)
		return nr;
	/* In two steps, as the product of large numbers overflows. */
	times = div64_u64_rem(nr, scale->nr_visited, &rest);
	return times * scale->nr_parts +
	       div64_u64(rest * scale->nr_parts, scale->nr_visited);
}

/*
 * Unhashed dentries, or unset. The two counts are of different moments, so
 * their difference is believed only if the kernel's count changed little
 * against it.
 */
static inline u64 ks_dentry_unhashed(u64 now, u64 before, u64 nr_hashed)
{
	const u64 moved = now > before ? now - before : before - now;

	if (now < nr_hashed || moved > (now - nr_hashed) / 8)
		return KS_UNSET_U64;
	return now - nr_hashed;
}

static inline u32 ks_dentry_coverage(const struct ks_dentry_scale *scale)
{
	/* Round up to 1: a partial walk must not show as 0. */
	return max_t(u64, div64_u64(scale->nr_visited * 1000, scale->nr_parts),
		     1);
}

static inline u32 ks_dentry_approximate(const struct ks_dentry_scale *scale)
{
	return scale->nr_visited < scale->nr_parts || scale->cut;
}

static inline void ks_device_print(char *to, size_t size, u32 device)
{
	scnprintf(to, size, "%u:%u", MAJOR(device), MINOR(device));
}

/**
 * struct ks_dentry_estimate - a tally scaled up, as records have it
 * @nr_dentries: dentries
 * @nr_negative: negative dentries
 * @nr_positive: the others
 * @nr_lru: dentries on an LRU list
 * @nr_lru_negative: negative dentries among these
 * @total_bytes: memory of all of them
 * @share_permille: their share of all dentries counted; unset when none was
 */
struct ks_dentry_estimate {
	u64 nr_dentries;
	u64 nr_negative;
	u64 nr_positive;
	u64 nr_lru;
	u64 nr_lru_negative;
	u64 total_bytes;
	u32 share_permille;
};

static inline struct ks_dentry_estimate
ks_dentry_estimate(const struct ks_dentry_tally *tally,
		   const struct ks_dentry_scale *scale)
{
	const u64 nr = ks_dentry_scaled(scale, tally->nr);
	const u64 nr_negative = ks_dentry_scaled(scale, tally->nr_negative);

	return (struct ks_dentry_estimate){
		.nr_dentries = nr,
		.nr_negative = nr_negative,
		.nr_positive = nr - nr_negative,
		.nr_lru = ks_dentry_scaled(scale, tally->nr_lru),
		.nr_lru_negative = ks_dentry_scaled(scale,
						    tally->nr_lru_negative),
		.total_bytes = nr * sizeof(struct dentry),
		.share_permille = scale->nr ?
			div64_u64(tally->nr * 1000, scale->nr) : KS_UNSET_U32,
	};
}

#endif /* KS_COLLECT_DENTRY_TALLY_H */
