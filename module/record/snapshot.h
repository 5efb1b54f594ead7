/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A snapshot: records of one kind, taken once and then read without locks.
 *
 * It belongs to one reader, so nothing here locks. A slow reader holds no lock
 * of the kernel.
 */
#ifndef KS_RECORD_SNAPSHOT_H
#define KS_RECORD_SNAPSHOT_H

#include <linux/types.h>

#include "record/record.h"

/**
 * struct ks_snapshot - records of one kind
 * @kind: which
 * @want: the record to match, of @kind, or NULL to keep all
 * @records: the records
 * @priv: the collector's own data of each record, or as a block, or NULL
 * @nr: items: records kept, or what steps make records of
 * @nr_done: items that the collector is through with
 * @nr_valid: complete records, the first of the array: of an item none, when it
 *	is gone, one, or several
 * @cap: records there is room for
 * @priv_size: bytes of @priv per record, 0 for a block
 * @priv_bytes: bytes of @priv
 * @options: the request's options, bits of @kind's options
 * @now: reclaim no memory, as others wait for the caller
 * @more_items: whether steps may find more items
 * @changed: the world changed meanwhile: records may be missing or double
 * @unset: a record with all fields unset, as each begins
 */
struct ks_snapshot {
	const struct ks_kind *kind;
	const void *want;
	void *records;
	void *priv;
	unsigned int nr;
	unsigned int nr_done;
	unsigned int nr_valid;
	unsigned int cap;
	size_t priv_size;
	size_t priv_bytes;
	unsigned long options;
	bool now;
	bool more_items;
	bool changed;
	u64 unset[];
};

/**
 * ks_snapshot_record() - get a record
 * @snap: the snapshot
 * @index: which, below @snap->cap
 *
 * Return: the record.
 */
static inline void *ks_snapshot_record(const struct ks_snapshot *snap,
				       unsigned int index)
{
	return snap->records + (size_t)index * snap->kind->size;
}

/**
 * ks_snapshot_priv() - get the collector's own data of a record
 * @snap: the snapshot, reserved with a priv_size
 * @index: which, below @snap->cap
 *
 * Return: it.
 */
static inline void *ks_snapshot_priv(const struct ks_snapshot *snap,
				     unsigned int index)
{
	return snap->priv + (size_t)index * snap->priv_size;
}

struct ks_snapshot *ks_snapshot_new(const struct ks_kind *kind,
				    const void *want);
struct ks_snapshot *ks_snapshot_new_now(const struct ks_kind *kind,
					const void *want);
void ks_snapshot_free(struct ks_snapshot *snap);
int ks_snapshot_reserve(struct ks_snapshot *snap, unsigned int cap,
			size_t priv_size);
int ks_snapshot_reserve_block(struct ks_snapshot *snap, unsigned int cap,
			      size_t bytes);
void *ks_snapshot_begin(struct ks_snapshot *snap);
void ks_snapshot_commit(struct ks_snapshot *snap);
void ks_snapshot_complete(struct ks_snapshot *snap);
void ks_snapshot_complete_all(struct ks_snapshot *snap);
void *ks_snapshot_begin_record(struct ks_snapshot *snap);

/* Keeps the record that was begun for an item. */
static inline void ks_snapshot_commit_record(struct ks_snapshot *snap)
{
	snap->nr_valid++;
}

#endif /* KS_RECORD_SNAPSHOT_H */
