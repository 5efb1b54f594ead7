// SPDX-License-Identifier: GPL-2.0-only
/*
 * Snapshots. Each is allocated before the walk that fills it, so that no walk
 * allocates.
 */
#include <linux/err.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "record/memory.h"
#include "record/snapshot.h"

#define PART	32U	/* bytes of a record copied at once */

static size_t records_bytes(const struct ks_snapshot *snap)
{
	return array_size(snap->cap, snap->kind->size);
}

/* Frees the records, not the snapshot, so that more can be reserved. */
static void snapshot_release(struct ks_snapshot *snap)
{
	ks_memory_free(snap->records, records_bytes(snap));
	ks_memory_free(snap->priv, snap->priv_bytes);
	snap->records = NULL;
	snap->priv = NULL;
	snap->cap = 0;
	snap->nr = 0;
	snap->nr_done = 0;
	snap->nr_valid = 0;
}

static struct ks_snapshot *snapshot_make(const struct ks_kind *kind,
					 const void *want, gfp_t gfp)
{
	struct ks_snapshot *snap;

	snap = kzalloc(sizeof(*snap) + kind->size, gfp);
	if (!snap)
		return NULL;
	snap->kind = kind;
	ks_record_init(kind, snap->unset);
	if (want) {
		snap->want = kmemdup(want, kind->size, gfp);
		if (!snap->want) {
			kfree(snap);
			return NULL;
		}
	}
	return snap;
}

/**
 * ks_snapshot_new() - make a snapshot without records
 * @kind: the kind of its records
 * @want: only records that match this are kept; NULL keeps all. Copied.
 *
 * Context: Process context, sleeps.
 * Return: the snapshot, or NULL when there is no memory.
 */
struct ks_snapshot *ks_snapshot_new(const struct ks_kind *kind,
				    const void *want)
{
	return snapshot_make(kind, want, KS_GFP);
}

/**
 * ks_snapshot_new_now() - make a snapshot without reclaiming memory
 * @kind: the kind of its records
 * @want: as for ks_snapshot_new()
 *
 * Context: Process context, where others wait for the caller. Reclaims nothing,
 * and neither does ks_snapshot_reserve() for this snapshot.
 * Return: the snapshot, or NULL when there is no memory.
 */
struct ks_snapshot *ks_snapshot_new_now(const struct ks_kind *kind,
					const void *want)
{
	struct ks_snapshot *snap = snapshot_make(kind, want, KS_GFP_NOW);

	if (snap)
		snap->now = true;
	return snap;
}

/**
 * ks_snapshot_free() - free a snapshot
 * @snap: the snapshot, or NULL
 */
void ks_snapshot_free(struct ks_snapshot *snap)
{
	if (!snap)
		return;
	snapshot_release(snap);
	kfree(snap->want);
	kfree(snap);
}

static int snapshot_reserve(struct ks_snapshot *snap, unsigned int cap,
			    size_t priv_bytes)
{
	int err;

	snapshot_release(snap);
	if (!cap)
		return 0;
	snap->cap = cap;
	snap->priv_bytes = priv_bytes;
	/* Records are written before they are read; the rest begins as 0. */
	snap->records = snap->now ? ks_memory_alloc_now(records_bytes(snap)) :
				    ks_memory_alloc(records_bytes(snap));
	err = PTR_ERR_OR_ZERO(snap->records);
	if (!err && priv_bytes) {
		snap->priv = snap->now ? ks_memory_zalloc_now(priv_bytes) :
					 ks_memory_zalloc(priv_bytes);
		err = PTR_ERR_OR_ZERO(snap->priv);
	}
	if (err)
		snapshot_release(snap);
	return err;
}

/**
 * ks_snapshot_reserve() - make room for records, and drop the present ones
 * @snap: the snapshot
 * @cap: records to make room for
 * @priv_size: bytes to keep beside each record, 0 for none
 *
 * Context: Process context, sleeps.
 * Return: 0, -ENOMEM, or -ENOBUFS when all snapshots together would exceed the
 * module parameter max_memory_kib.
 */
int ks_snapshot_reserve(struct ks_snapshot *snap, unsigned int cap,
			size_t priv_size)
{
	snap->priv_size = priv_size;
	return snapshot_reserve(snap, cap, array_size(cap, priv_size));
}

/**
 * ks_snapshot_reserve_block() - make room for records, and for one other thing
 * @snap: the snapshot
 * @cap: records to make room for, at least 1
 * @bytes: of the collector's own data, which is @snap->priv
 *
 * Context: as for ks_snapshot_reserve().
 * Return: as for ks_snapshot_reserve().
 */
int ks_snapshot_reserve_block(struct ks_snapshot *snap, unsigned int cap,
			      size_t bytes)
{
	snap->priv_size = 0;
	return snapshot_reserve(snap, cap, bytes);
}

/* Copies in parts of a constant size, which the compiler inlines. */
static void copy_record(const struct ks_snapshot *snap, void *to,
			const void *from)
{
	size_t left = snap->kind->size;

	for (; left >= PART; left -= PART, to += PART, from += PART)
		memcpy(to, from, PART);
	if (left)
		memcpy(to, from, left);
}

static void *record_begin(struct ks_snapshot *snap, unsigned int index)
{
	void *record = ks_snapshot_record(snap, index);

	copy_record(snap, record, snap->unset);
	return record;
}

/**
 * ks_snapshot_begin() - begin a record
 * @snap: the snapshot
 *
 * The record counts only after ks_snapshot_commit(). Until then the same one is
 * returned again.
 *
 * Context: Any; does not allocate.
 * Return: a record with all fields unset, or NULL when there is no room: the
 * world grew since the reservation, and the snapshot is marked changed.
 */
void *ks_snapshot_begin(struct ks_snapshot *snap)
{
	if (snap->nr < snap->cap)
		return record_begin(snap, snap->nr);
	snap->changed = true;
	return NULL;
}

/**
 * ks_snapshot_commit() - keep the record that was begun, if it matches
 * @snap: the snapshot
 */
void ks_snapshot_commit(struct ks_snapshot *snap)
{
	if (!snap->want ||
	    ks_record_matches(snap->kind, ks_snapshot_record(snap, snap->nr),
			      snap->want))
		snap->nr++;
}

/**
 * ks_snapshot_complete() - mark the next record as complete
 * @snap: the snapshot
 */
void ks_snapshot_complete(struct ks_snapshot *snap)
{
	snap->nr_done++;
	snap->nr_valid++;
}

/**
 * ks_snapshot_complete_all() - mark all records as complete
 * @snap: the snapshot
 */
void ks_snapshot_complete_all(struct ks_snapshot *snap)
{
	snap->nr_done = snap->nr;
	snap->nr_valid = snap->nr;
}

/**
 * ks_snapshot_begin_record() - begin the next record of an item
 * @snap: the snapshot
 *
 * It counts only after ks_snapshot_commit_record().
 *
 * Context: Any; does not allocate.
 * Return: a record with all fields unset, or NULL when there is no room: items
 * had more records than expected, and the snapshot is marked changed.
 */
void *ks_snapshot_begin_record(struct ks_snapshot *snap)
{
	if (snap->nr_valid < snap->cap)
		return record_begin(snap, snap->nr_valid);
	snap->changed = true;
	return NULL;
}
