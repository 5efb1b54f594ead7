// SPDX-License-Identifier: GPL-2.0-only
/*
 * The buddy allocator's free blocks by migrate type. Only the free lists have
 * these, so this walks them, each in one short hold of its zone's lock.
 */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "collect/collectors.h"
#include "collect/zone_walk.h"
#include "internals/internals.h"
#include "internals/lock_hold.h"
#include "internals/symbols.h"
#include "record/kinds.h"
#include "run/view.h"

/**
 * struct type_ref - the free list that a record waits to be counted from
 * @zone: its zone, which no hotplug frees
 * @type: its migrate type
 * @order: its order
 */
struct type_ref {
	struct zone *zone;
	u8 type;
	u8 order;
};

/* Counts up to KS_MAX_HOLD_ENTRIES of a free list. */
static void type_count(const struct type_ref *ref,
		       struct ks_migratetype_record *record)
{
	const struct list_head *list =
		&ref->zone->free_area[ref->order].free_list[ref->type];
	unsigned long flags;
	u64 since, ns;
	bool more;
	u32 count;

	if (!ks_hold_trylock(&ref->zone->lock, &flags))
		return;
	since = ks_hold_clock();
	count = ks_hold_count(list, &more);
	ns = ks_hold_clock() - since;
	spin_unlock_irqrestore(&ref->zone->lock, flags);

	ks_hold_note(KS_LOCK_ZONE, ns, count);
	record->nr_free = count;
	record->approximate = more;
}

static bool zone_types(struct ks_snapshot *snap, struct zone *zone, int nid)
{
	const char *const *names = ks_symbol(KS_SYM_MIGRATETYPE_NAMES);
	unsigned int type, order;

	for (type = 0; type < MIGRATE_TYPES; type++) {
		for (order = 0; order < KS_NR_ORDERS; order++) {
			struct ks_migratetype_record *record =
				ks_snapshot_begin(snap);
			struct type_ref *ref;

			if (!record)
				return false;
			record->node = nid;
			strscpy(record->zone, zone->name, sizeof(record->zone));
			strscpy(record->migratetype, names[type],
				sizeof(record->migratetype));
			record->order = order;
			ref = ks_snapshot_priv(snap, snap->nr);
			ref->zone = zone;
			ref->type = type;
			ref->order = order;
			ks_snapshot_commit(snap);
		}
	}
	return true;
}

static int types_collect(struct ks_snapshot *snap,
			 struct netlink_ext_ack *extack)
{
	struct zone *zone;
	int nid, err;

	err = ks_snapshot_reserve(snap,
				  ks_max_zones() * MIGRATE_TYPES * KS_NR_ORDERS,
				  sizeof(struct type_ref));
	if (err)
		return err;
	for_each_online_node(nid)
		ks_for_each_zone(zone, nid)
			if (!zone_types(snap, zone, nid))
				return 0;
	return 0;
}

static int types_step(struct ks_snapshot *snap,
		      struct netlink_ext_ack *extack)
{
	u64 since = ks_hold_clock();

	do {
		type_count(ks_snapshot_priv(snap, snap->nr_done),
			   ks_snapshot_record(snap, snap->nr_done));
		ks_snapshot_complete(snap);
		cond_resched();
	} while (snap->nr_done < snap->nr &&
		 ks_hold_clock() - since < NSEC_PER_MSEC);
	return 0;
}

static struct ks_cost migratetype_cost;

static const struct ks_view migratetype_views[] = {
	{
		.collector = &ks_collector_migratetype,
		.kind = &ks_kind_migratetype,
		.path = "buddy/migratetypes",
		.private = true,
		.collect = types_collect,
		.step = types_step,
	},
};

const struct ks_collector ks_collector_migratetype = {
	.name = "migratetype",
	.needs = BIT(KS_NEED_MIGRATETYPE_NAMES),
	.cost = &migratetype_cost,
	.views = migratetype_views,
	.nr_views = ARRAY_SIZE(migratetype_views),
};
