/* SPDX-License-Identifier: GPL-2.0-only */
/* Dentries counted by superblock. */
#ifndef KS_COLLECT_DENTRY_SUPERBLOCKS_H
#define KS_COLLECT_DENTRY_SUPERBLOCKS_H

#include "collect/dentry_tally.h"

/* Superblocks told apart; those that come later are counted together. */
#define KS_MAX_SUPERBLOCKS	1024

struct ks_snapshot;
struct ks_superblocks;

struct ks_superblocks *ks_superblocks_new(void);
void ks_superblocks_free(struct ks_superblocks *superblocks);
void ks_superblocks_add(struct ks_superblocks *superblocks,
			const struct dentry *dentry);
void ks_superblocks_fill(const struct ks_superblocks *superblocks,
			 struct ks_snapshot *snap,
			 const struct ks_dentry_scale *scale);

#endif /* KS_COLLECT_DENTRY_SUPERBLOCKS_H */
