/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stepping through zones: the kernel's own for_each_zone() needs functions that
 * it does not export.
 */
#ifndef KS_COLLECT_ZONE_WALK_H
#define KS_COLLECT_ZONE_WALK_H

#include "internals/compat/vmstat.h"

/* The next populated zone of a node, the first after NULL. */
static inline struct zone *ks_zone_next(int nid, struct zone *zone)
{
	struct zone *zones = NODE_DATA(nid)->node_zones;

	for (zone = zone ? zone + 1 : zones; zone < zones + MAX_NR_ZONES;
	     zone++)
		if (populated_zone(zone))
			return zone;
	return NULL;
}

/* Zones are not const, as the kernel's own helpers do not take them so. */
#define ks_for_each_zone(_zone, _nid)					\
	for ((_zone) = ks_zone_next(_nid, NULL); (_zone);		\
	     (_zone) = ks_zone_next(_nid, _zone))

#define KS_NR_ORDERS	ARRAY_SIZE(((struct zone *)0)->free_area)

/* Most zones there can be, for reserving a snapshot. */
static inline unsigned int ks_max_zones(void)
{
	return num_online_nodes() * MAX_NR_ZONES;
}

#endif /* KS_COLLECT_ZONE_WALK_H */
