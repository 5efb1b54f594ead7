/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the top-k keys of a stream in memory of fixed size, by the space-saving
 * algorithm (Metwally, Agrawal, El Abbadi, 2005).
 */
#ifndef KS_COLLECT_DENTRY_TOPK_H
#define KS_COLLECT_DENTRY_TOPK_H

#include <linux/types.h>

/*
 * Keys in a table. A key that is more than 1/4096 of the stream is in the table
 * at the end for certain.
 */
#define KS_MAX_TOPK	4096

/**
 * struct ks_directory_key - the key of a directory
 * @inode: inode number
 * @device: device number of its superblock
 * @generation: of its inode
 */
struct ks_directory_key {
	u64 inode;
	u32 device;
	u32 generation;
};

/**
 * struct ks_topk_entry - a key and how often it came
 * @key: the key
 * @count: its count, or more: by the count of the key that it replaced
 * @next: private: the next one of the same hash, plus 1
 * @place: private: where it is in the heap
 */
struct ks_topk_entry {
	struct ks_directory_key key;
	u64 count;
	u16 next;
	u16 place;
};

struct ks_topk;

struct ks_topk *ks_topk_new(void);
void ks_topk_free(struct ks_topk *topk);
void ks_topk_add(struct ks_topk *topk, const struct ks_directory_key *key);
const struct ks_topk_entry *ks_topk_sort(struct ks_topk *topk,
					 unsigned int *nr);
u32 ks_directory_hash(const struct ks_directory_key *key);
bool ks_directory_same(const struct ks_directory_key *a,
		       const struct ks_directory_key *b);

#endif /* KS_COLLECT_DENTRY_TOPK_H */
