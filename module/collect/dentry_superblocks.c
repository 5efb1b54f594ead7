// SPDX-License-Identifier: GPL-2.0-only
/*
 * A table of superblocks by device number. It belongs to one walk, and needs no
 * lock.
 */
#include <linux/hash.h>
#include <linux/string.h>

#include "collect/dentry_superblocks.h"
#include "record/memory.h"
#include "record/snapshot.h"

#define PLACE_BITS	11	/* so that at most half are taken */

/**
 * struct superblock - one superblock's dentries
 * @device: its device number
 * @fs_type: type of the file system
 * @tally: its dentries
 */
struct superblock {
	u32 device;
	char fs_type[KS_FS_TYPE_SIZE];
	struct ks_dentry_tally tally;
};

/**
 * struct ks_superblocks - the table
 * @nr: superblocks in it
 * @places: for each hash of a device number, and those after it, the index of a
 *	superblock, plus 1; 0 where there is none
 * @superblocks: in the order in which they came
 * @others: dentries of those that there was no room for
 */
struct ks_superblocks {
	unsigned int nr;
	u16 places[1 << PLACE_BITS];
	struct superblock superblocks[KS_MAX_SUPERBLOCKS];
	struct ks_dentry_tally others;
};

/* So that a search for a free place is short. */
static_assert(2 * KS_MAX_SUPERBLOCKS <= 1 << PLACE_BITS);

/**
 * ks_superblocks_new() - make an empty table
 *
 * Context: Process context, sleeps.
 * Return: the table, or an error pointer: -ENOMEM, or -ENOBUFS when it is more
 * than all readers together may take.
 */
struct ks_superblocks *ks_superblocks_new(void)
{
	return ks_memory_zalloc(sizeof(struct ks_superblocks));
}

/**
 * ks_superblocks_free() - free a table
 * @superblocks: the table
 */
void ks_superblocks_free(struct ks_superblocks *superblocks)
{
	ks_memory_free(superblocks, sizeof(*superblocks));
}

static struct ks_dentry_tally *tally_of(struct ks_superblocks *superblocks,
					const struct super_block *sb)
{
	u32 i = hash_32(sb->s_dev, PLACE_BITS);
	struct superblock *found;

	for (; superblocks->places[i]; i = (i + 1) % (1 << PLACE_BITS)) {
		found = &superblocks->superblocks[superblocks->places[i] - 1];
		if (found->device == sb->s_dev)
			return &found->tally;
	}
	if (superblocks->nr == KS_MAX_SUPERBLOCKS)
		return &superblocks->others;
	found = &superblocks->superblocks[superblocks->nr];
	found->device = sb->s_dev;
	strscpy(found->fs_type, sb->s_type->name, sizeof(found->fs_type));
	superblocks->places[i] = ++superblocks->nr;
	return &found->tally;
}

/**
 * ks_superblocks_add() - count a dentry
 * @superblocks: the table
 * @dentry: the dentry
 *
 * Context: the RCU read section that found the dentry.
 */
void ks_superblocks_add(struct ks_superblocks *superblocks,
			const struct dentry *dentry)
{
	ks_dentry_tally_add(tally_of(superblocks, dentry->d_sb), dentry);
}

static struct ks_dentry_superblock_record *
record_begin(struct ks_snapshot *snap, const struct ks_dentry_tally *tally,
	     const struct ks_dentry_scale *scale)
{
	struct ks_dentry_superblock_record *record = ks_snapshot_begin(snap);
	struct ks_dentry_estimate estimate;

	if (!record)
		return NULL;
	estimate = ks_dentry_estimate(tally, scale);
	record->nr_dentries = estimate.nr_dentries;
	record->nr_negative = estimate.nr_negative;
	record->nr_positive = estimate.nr_positive;
	record->nr_lru = estimate.nr_lru;
	record->nr_lru_negative = estimate.nr_lru_negative;
	record->total_bytes = estimate.total_bytes;
	record->share_permille = estimate.share_permille;
	record->approximate = ks_dentry_approximate(scale);
	record->coverage_permille = ks_dentry_coverage(scale);
	return record;
}

/**
 * ks_superblocks_fill() - make records of what was counted
 * @superblocks: the table
 * @snap: reserved for KS_MAX_SUPERBLOCKS + 1 records of kind dentry_superblock
 * @scale: what part was counted
 */
void ks_superblocks_fill(const struct ks_superblocks *superblocks,
			 struct ks_snapshot *snap,
			 const struct ks_dentry_scale *scale)
{
	struct ks_dentry_superblock_record *record;
	const struct superblock *superblock;
	unsigned int i;

	for (i = 0; i < superblocks->nr; i++) {
		superblock = &superblocks->superblocks[i];
		record = record_begin(snap, &superblock->tally, scale);
		if (!record)
			return;
		ks_device_print(record->device, sizeof(record->device),
				superblock->device);
		strscpy(record->fs_type, superblock->fs_type,
			sizeof(record->fs_type));
		ks_snapshot_commit(snap);
	}
	if (superblocks->others.nr &&
	    record_begin(snap, &superblocks->others, scale))
		ks_snapshot_commit(snap);
}
