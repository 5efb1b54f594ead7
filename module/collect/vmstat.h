/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's counters of a zone or a node, exact to the page.
 *
 * A CPU collects changes up to a threshold of 125 pages before it adds them to
 * a counter. With many CPUs that can hide a leak, so these changes are added
 * here.
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
