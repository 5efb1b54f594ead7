// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory zones. Takes no lock, as the kernel reads each of these numbers
 * without one, too.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "collect/collectors.h"
#include "collect/vmstat.h"
#include "collect/zone_walk.h"
#include "record/kinds.h"
#include "run/view.h"

static void reserves_list(struct zone *zone, char *list, size_t size)
{
	size_t len = 0;
	unsigned int i;

	/* A sysctl and memory hotplug change them. */
	for (i = 0; i < ARRAY_SIZE(zone->lowmem_reserve); i++)
		len += scnprintf(list + len, size - len, "%s%ld", i ? "," : "",
				 READ_ONCE(zone->lowmem_reserve[i]));
}

static void zone_fill(struct ks_zone_record *record, struct zone *zone,
		      int nid)
{
	struct ks_zone_stats stats;
	unsigned int order;

	ks_zone_stats_read(zone, &stats);
	record->node = nid;
	strscpy(record->zone, zone->name, sizeof(record->zone));
	/* Memory hotplug changes these, and the allocator free blocks. */
	record->spanned_pages = READ_ONCE(zone->spanned_pages);
	record->present_pages = READ_ONCE(zone->present_pages);
	record->managed_pages = zone_managed_pages(zone);
	record->free_pages = stats.value[NR_FREE_PAGES];
	record->min_pages = min_wmark_pages(zone);
	record->low_pages = low_wmark_pages(zone);
	record->high_pages = high_wmark_pages(zone);
	record->pcp_pages = stats.pcp_pages;
	reserves_list(zone, record->lowmem_reserve_pages,
		      sizeof(record->lowmem_reserve_pages));
	for (order = 0; order < KS_NR_ORDERS; order++)
		if (READ_ONCE(zone->free_area[order].nr_free))
			record->largest_free_order = order;
	record->contiguous = READ_ONCE(zone->contiguous);
}

static int zones_collect(struct ks_snapshot *snap,
			 struct netlink_ext_ack *extack)
{
	struct zone *zone;
	int nid, err;

	err = ks_snapshot_reserve(snap, ks_max_zones(), 0);
	if (err)
		return err;
	for_each_online_node(nid) {
		ks_for_each_zone(zone, nid) {
			struct ks_zone_record *record = ks_snapshot_begin(snap);

			if (!record)
				return 0;
			zone_fill(record, zone, nid);
			ks_snapshot_commit(snap);
		}
	}
	return 0;
}

static struct ks_cost zone_cost;

static const struct ks_view zone_views[] = {
	{
		.collector = &ks_collector_zone,
		.kind = &ks_kind_zone,
		.path = "zones",
		.collect = zones_collect,
	},
};

const struct ks_collector ks_collector_zone = {
	.name = "zone",
	.cost = &zone_cost,
	.views = zone_views,
	.nr_views = ARRAY_SIZE(zone_views),
};
