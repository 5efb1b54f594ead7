// SPDX-License-Identifier: GPL-2.0-only
/*
 * Snapshots. One is allocated once, before the walk that fills it, so that no
 * walk allocates.
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

static size_t priv_bytes(const struct ks_snapshot *snap)
{
	return array_size(snap->cap, snap->priv_size);
}

/* Frees the records, not the snapshot, so that more can be reserved. */
static void snapshot_release(struct ks_snapshot *snap)
{
	ks_memory_free(snap->records, records_bytes(snap));
	ks_memory_free(snap->priv, priv_bytes(snap));
	snap->records = NULL;
	snap->priv = NULL;
	snap->cap = 0;
	snap->nr = 0;
	snap->nr_seen = 0;
	snap->nr_filled = 0;
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
	struct ks_snapshot *snap;

	snap = kzalloc(sizeof(*snap) + kind->size, GFP_KERNEL);
	if (!snap)
		return NULL;
	snap->kind = kind;
	ks_record_init(kind, snap->unset);
	if (want) {
		snap->want = kmemdup(want, kind->size, GFP_KERNEL);
		if (!snap->want) {
			kfree(snap);
			return NULL;
		}
	}
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

/**
 * ks_snapshot_reserve() - make room for records, dropping those there are
 * @snap: the snapshot
 * @cap: records to make room for
 * @priv_size: bytes to keep beside each record, 0 for none
 *
 * Context: Process context, sleeps.
 * Return: 0, -ENOMEM, or -ENOBUFS when all snapshots together would take more
 * than the module parameter max_memory_kib allows.
 */
int ks_snapshot_reserve(struct ks_snapshot *snap, unsigned int cap,
			size_t priv_size)
{
	int err;

	snapshot_release(snap);
	if (!cap)
		return 0;
	snap->cap = cap;
	snap->priv_size = priv_size;
	snap->records = ks_memory_alloc(records_bytes(snap));
	err = PTR_ERR_OR_ZERO(snap->records);
	if (!err && priv_size) {
		snap->priv = ks_memory_zalloc(priv_bytes(snap));
		err = PTR_ERR_OR_ZERO(snap->priv);
	}
	if (err)
		snapshot_release(snap);
	return err;
}

/* In parts that the compiler copies in line: a record is a few words. */
static void copy_record(const struct ks_snapshot *snap, void *to,
			const void *from)
{
	size_t left = snap->kind->size;

	for (; left >= PART; left -= PART, to += PART, from += PART)
		memcpy(to, from, PART);
	if (left)
		memcpy(to, from, left);
}

/**
 * ks_snapshot_next() - get the next free record to fill
 * @snap: the snapshot
 *
 * It counts only once ks_snapshot_keep() is called; until then the same one is
 * returned again.
 *
 * Context: Any; does not allocate.
 * Return: a record with all fields unset, or NULL when there is no room: then
 * the world grew since the reservation, and the snapshot is marked changed.
 */
void *ks_snapshot_next(struct ks_snapshot *snap)
{
	void *record;

	if (snap->nr >= snap->cap) {
		snap->changed = true;
		return NULL;
	}
	record = ks_snapshot_record(snap, snap->nr);
	copy_record(snap, record, snap->unset);
	return record;
}

/**
 * ks_snapshot_keep() - keep the record just filled, if it was asked for
 * @snap: the snapshot
 */
void ks_snapshot_keep(struct ks_snapshot *snap)
{
	if (!snap->want ||
	    ks_record_matches(snap->kind, ks_snapshot_record(snap, snap->nr),
			      snap->want))
		snap->nr++;
}

/**
 * ks_snapshot_fill() - be through with the next record kept
 * @snap: the snapshot
 * @worth: whether the record is complete; if not it is left out
 */
void ks_snapshot_fill(struct ks_snapshot *snap, bool worth)
{
	if (worth) {
		if (snap->nr_filled != snap->nr_seen)
			copy_record(snap,
				    ks_snapshot_record(snap, snap->nr_filled),
				    ks_snapshot_record(snap, snap->nr_seen));
		snap->nr_filled++;
	}
	snap->nr_seen++;
}

/**
 * ks_snapshot_finish() - say that all records kept are complete
 * @snap: the snapshot
 */
void ks_snapshot_finish(struct ks_snapshot *snap)
{
	snap->nr_seen = snap->nr;
	snap->nr_filled = snap->nr;
}
