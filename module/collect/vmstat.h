/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's counters of a zone or a node, to the page.
 *
 * A CPU adds a change to a counter only when it has a threshold of them, of up
 * to 125 pages. On a host of many CPUs what they keep hides a leak, so it is
 * added here.
 */
#ifndef KS_COLLECT_VMSTAT_H
#define KS_COLLECT_VMSTAT_H

#include "internals/compat/vmstat.h"

/**
 * struct ks_zone_stats - a zone's counters
 * @value: by enum zone_stat_item, never below 0
 * @pcp_pages: pages on the CPUs' free lists; unset when not known
 * @complete: whether what the CPUs keep is in it
 */
struct ks_zone_stats {
	s64 value[NR_VM_ZONE_STAT_ITEMS];
	u64 pcp_pages;
	bool complete;
};

/**
 * struct ks_node_stats - a node's counters
 * @value: by enum node_stat_item, never below 0
 * @complete: whether what the CPUs keep is in it
 */
struct ks_node_stats {
	s64 value[NR_VM_NODE_STAT_ITEMS];
	bool complete;
};

void ks_zone_stats_read(const struct zone *zone, struct ks_zone_stats *stats);
void ks_node_stats_read(const struct pglist_data *pgdat,
			struct ks_node_stats *stats);
u64 ks_zone_numa_events(const struct zone *zone, unsigned int item);
u64 ks_max_batched_pages(void);

#endif /* KS_COLLECT_VMSTAT_H */
