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
	return array3_size(snap->cap, snap->fan, snap->kind->size);
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

static struct ks_snapshot *make(const struct ks_kind *kind, const void *want,
				gfp_t gfp)
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
	return make(kind, want, KS_GFP);
}

/**
 * ks_snapshot_new_now() - make a snapshot that takes no memory but free memory
 * @kind: the kind of its records
 * @want: as for ks_snapshot_new()
 *
 * Context: Process context, where others wait for us: reclaims nothing, nor
 * does ks_snapshot_reserve() for this snapshot.
 * Return: the snapshot, or NULL when there is no memory.
 */
struct ks_snapshot *ks_snapshot_new_now(const struct ks_kind *kind,
					const void *want)
{
	struct ks_snapshot *snap = make(kind, want, KS_GFP_NOW);

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
	return ks_snapshot_reserve_items(snap, cap, 1, priv_size);
}

/* All is written before it is read, but what is beside records begins as 0. */
static int take_memory(const struct ks_snapshot *snap, size_t bytes, bool zero,
		       void **memory)
{
	if (snap->now)
		*memory = ks_memory_alloc_now(bytes, zero);
	else
		*memory = zero ? ks_memory_zalloc(bytes) :
				 ks_memory_alloc(bytes);
	return PTR_ERR_OR_ZERO(*memory);
}

/**
 * ks_snapshot_reserve_items() - make room for items of several records each
 * @snap: the snapshot
 * @cap: items to make room for
 * @fan: most records of an item
 * @priv_size: bytes of an item
 *
 * Context: as for ks_snapshot_reserve().
 * Return: as for ks_snapshot_reserve().
 */
int ks_snapshot_reserve_items(struct ks_snapshot *snap, unsigned int cap,
			      unsigned int fan, size_t priv_size)
{
	int err;

	snapshot_release(snap);
	if (!cap || !fan)
		return 0;
	snap->cap = cap;
	snap->fan = fan;
	snap->priv_size = priv_size;
	err = take_memory(snap, records_bytes(snap), false, &snap->records);
	if (!err && priv_size)
		err = take_memory(snap, priv_bytes(snap), true, &snap->priv);
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
 * ks_snapshot_item() - get the next free item to note
 * @snap: the snapshot
 *
 * It counts only once @snap->nr does.
 *
 * Context: Any; does not allocate.
 * Return: the item, or NULL when there is no room: then the world grew since the
 * reservation, and the snapshot is marked changed.
 */
void *ks_snapshot_item(struct ks_snapshot *snap)
{
	if (snap->nr < snap->cap)
		return ks_snapshot_priv(snap, snap->nr);
	snap->changed = true;
	return NULL;
}

/**
 * ks_snapshot_add() - get the next record of an item to fill
 * @snap: the snapshot
 *
 * It counts only once @snap->nr_filled does.
 *
 * Context: Any; does not allocate.
 * Return: a record with all fields unset, or NULL when there is no room: then
 * items had more records than expected, and the snapshot is marked changed.
 */
void *ks_snapshot_add(struct ks_snapshot *snap)
{
	void *record;

	if (snap->nr_filled >= (size_t)snap->cap * snap->fan) {
		snap->changed = true;
		return NULL;
	}
	record = ks_snapshot_record(snap, snap->nr_filled);
	copy_record(snap, record, snap->unset);
	return record;
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
