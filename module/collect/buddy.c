// SPDX-License-Identifier: GPL-2.0-only
/*
 * The buddy allocator's free blocks by order. Takes no lock: one copy of a
 * zone's counts is as good as the kernel's own, printed, one.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "collect/collectors.h"
#include "collect/fragmentation.h"
#include "collect/zone_walk.h"
#include "record/kinds.h"
#include "run/view.h"

/* Returns false when there is no more room. */
static bool zone_orders(struct ks_snapshot *snap, struct zone *zone,
			int nid)
{
	u64 nr_free[KS_NR_ORDERS];
	unsigned int order;

	/* The one copy from which all of the zone's records come. */
	for (order = 0; order < KS_NR_ORDERS; order++)
		nr_free[order] = READ_ONCE(zone->free_area[order].nr_free);

	for (order = 0; order < KS_NR_ORDERS; order++) {
		struct ks_buddy_record *record = ks_snapshot_begin(snap);

		if (!record)
			return false;
		record->node = nid;
		strscpy(record->zone, zone->name, sizeof(record->zone));
		record->order = order;
		record->nr_free = nr_free[order];
		record->free_bytes = nr_free[order] << (PAGE_SHIFT + order);
		record->unusable_index = ks_unusable_index(nr_free,
							   KS_NR_ORDERS, order);
		record->extfrag_index = ks_extfrag_index(nr_free, KS_NR_ORDERS,
							 order);
		ks_snapshot_commit(snap);
	}
	return true;
}

static int orders_collect(struct ks_snapshot *snap,
			  struct netlink_ext_ack *extack)
{
	struct zone *zone;
	int nid, err;

	err = ks_snapshot_reserve(snap, ks_max_zones() * KS_NR_ORDERS, 0);
	if (err)
		return err;
	for_each_online_node(nid)
		ks_for_each_zone(zone, nid)
			if (!zone_orders(snap, zone, nid))
				return 0;
	return 0;
}

static struct ks_cost buddy_cost;

static const struct ks_view buddy_views[] = {
	{
		.collector = &ks_collector_buddy,
		.kind = &ks_kind_buddy,
		.path = "buddy/orders",
		.collect = orders_collect,
	},
};

const struct ks_collector ks_collector_buddy = {
	.name = "buddy",
	.cost = &buddy_cost,
	.views = buddy_views,
	.nr_views = ARRAY_SIZE(buddy_views),
};
