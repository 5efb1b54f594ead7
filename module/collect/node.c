// SPDX-License-Identifier: GPL-2.0-only
/*
 * NUMA nodes, the whole host, and what of their memory nobody accounts for.
 * Takes no lock: each number is one that the kernel, too, reads without.
 */
#include <linux/cpumask.h>
#include <linux/hugetlb.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <linux/topology.h>

#include "collect/collect.h"
#include "collect/walk.h"
#include "internals/symbols.h"
#include "record/kinds.h"

static u64 zones_sum(int nid, enum zone_stat_item item)
{
	struct zone *zone;
	u64 sum = 0;

	ks_for_each_zone(zone, nid)
		sum += zone_page_state(zone, item);
	return sum;
}

static void fill_zones(struct ks_node_record *record, int nid)
{
	struct zone *zone;

	record->managed_pages = 0;
	record->pcp_pages = 0;
	ks_for_each_zone(zone, nid) {
		record->managed_pages +=
			zone_managed_pages(zone);
		record->pcp_pages += ks_zone_pcp_pages(zone);
	}
	record->free_pages = zones_sum(nid, NR_FREE_PAGES);
	record->mlocked_pages = zones_sum(nid, NR_MLOCK);
#if IS_ENABLED(CONFIG_ZSMALLOC)
	record->zsmalloc_pages = zones_sum(nid, NR_ZSPAGES);
#endif
}

static void fill_counters(struct ks_node_record *record,
			  const struct pglist_data *pgdat)
{
	int lru;

	record->file_pages = ks_node_counter(pgdat, NR_FILE_PAGES);
	record->anon_pages = ks_node_counter(pgdat, NR_ANON_MAPPED);
	record->shmem_pages = ks_node_counter(pgdat, NR_SHMEM);
	record->lru_pages = 0;
	for (lru = 0; lru < NR_LRU_LISTS; lru++)
		record->lru_pages += ks_node_counter(pgdat, NR_LRU_BASE + lru);
	record->isolated_pages = ks_node_counter(pgdat, NR_ISOLATED_ANON) +
				 ks_node_counter(pgdat, NR_ISOLATED_FILE);
	/* Counted in bytes at the interface, but kept in pages. */
	record->slab_reclaimable_pages =
		ks_node_counter(pgdat, NR_SLAB_RECLAIMABLE_B);
	record->slab_unreclaimable_pages =
		ks_node_counter(pgdat, NR_SLAB_UNRECLAIMABLE_B);
	record->kernel_stack_pages =
		ks_node_counter(pgdat, NR_KERNEL_STACK_KB) /
		(PAGE_SIZE / 1024);
	record->page_table_pages = ks_node_counter(pgdat, NR_PAGETABLE);
	record->secondary_page_table_pages =
		ks_node_counter(pgdat, NR_SECONDARY_PAGETABLE);
	record->dirty_pages = ks_node_counter(pgdat, NR_FILE_DIRTY);
	record->writeback_pages = ks_node_counter(pgdat, NR_WRITEBACK);
}

/* Pages in the node's hugetlb pools; unset when they cannot be known. */
static u64 hugetlb_pages(int nid)
{
#ifdef CONFIG_HUGETLB_PAGE
	const int *max = ks_symbol(KS_SYM_HUGETLB_MAX_HSTATE);
	struct hstate *pools = ks_symbol(KS_SYM_HSTATES);
	u64 pages = 0;
	int i;

	if (!max || !pools)
		return KS_UNSET_U64;
	for (i = 0; i < min_t(int, READ_ONCE(*max), HUGE_MAX_HSTATE); i++)
		pages += (u64)READ_ONCE(pools[i].nr_huge_pages_node[nid]) *
			 pages_per_huge_page(&pools[i]);
	return pages;
#else
	return KS_UNSET_U64;
#endif
}

/* Leaves the list unset where it would be cut: a part of it would mislead. */
static void list_cpus(const struct cpumask *cpus, char *list, size_t size)
{
	int len = snprintf(list, size, "%*pbl", cpumask_pr_args(cpus));

	if (len >= size)
		list[0] = '\0';
}

static void list_distances(int nid, char *list, size_t size)
{
	size_t len = 0;
	int to;

	for_each_online_node(to) {
		len += snprintf(list + len, size - len, "%s%d", len ? "," : "",
				node_distance(nid, to));
		if (len >= size) {
			list[0] = '\0';
			return;
		}
	}
}

/*
 * The terms of unaccounted_pages. A term that this kernel does not have at all
 * counts as nothing; one that it has but that we could not read leaves the sum
 * unknown.
 */
static s64 unaccounted(const struct ks_node_record *record)
{
	if (IS_ENABLED(CONFIG_HUGETLB_PAGE) &&
	    record->hugetlb_pages == KS_UNSET_U64)
		return KS_UNSET_S64;
	return (s64)record->managed_pages - record->free_pages -
	       record->pcp_pages - record->lru_pages - record->isolated_pages -
	       record->slab_reclaimable_pages -
	       record->slab_unreclaimable_pages - record->kernel_stack_pages -
	       record->page_table_pages - record->secondary_page_table_pages -
	       (IS_ENABLED(CONFIG_ZSMALLOC) ? record->zsmalloc_pages : 0) -
	       (IS_ENABLED(CONFIG_HUGETLB_PAGE) ? record->hugetlb_pages : 0);
}

/*
 * A counter is exact but for what each CPU has not yet folded in, which is at
 * most the threshold of its zone or node.
 */
static u64 counter_error(int nid)
{
	/* Free and zspages of each zone; 5 LRUs, 2 isolated, 2 slab, stacks,
	 * page tables and secondary ones of the node.
	 */
	const unsigned int zone_terms = 2, node_terms = 12;
	const struct pglist_data *pgdat = NODE_DATA(nid);
	struct zone *zone;
	u64 error = 0;
	int cpu;

	for_each_online_cpu(cpu) {
		error += node_terms *
			 READ_ONCE(per_cpu_ptr(pgdat->per_cpu_nodestats,
					       cpu)->stat_threshold);
		ks_for_each_zone(zone, nid)
			error += zone_terms *
				 READ_ONCE(per_cpu_ptr(zone->per_cpu_zonestats,
						       cpu)->stat_threshold);
	}
	return error;
}

static void node_fill(struct ks_node_record *record, int nid)
{
	const struct pglist_data *pgdat = NODE_DATA(nid);

	record->node = nid;
	list_cpus(cpumask_of_node(nid), record->cpus, sizeof(record->cpus));
	list_distances(nid, record->distances, sizeof(record->distances));
	record->spanned_pages = READ_ONCE(pgdat->node_spanned_pages);
	record->present_pages = READ_ONCE(pgdat->node_present_pages);
	fill_zones(record, nid);
	fill_counters(record, pgdat);
	record->hugetlb_pages = hugetlb_pages(nid);
	record->unaccounted_pages = unaccounted(record);
	record->unaccounted_error_pages = counter_error(nid);
}

/*
 * The per-CPU allocator counts its first chunk too, though that is memory from
 * before the buddy allocator, and not managed. How much it is only its own
 * initialisation knows; this is an upper bound. Unset when not known.
 */
static u64 first_chunk_pages(void)
{
	unsigned long start = (unsigned long)ks_symbol(KS_SYM_PER_CPU_START);
	unsigned long end = (unsigned long)ks_symbol(KS_SYM_PER_CPU_END);

	/* Where per-CPU symbols are offsets the first is 0, as if missing. */
	if (end <= start || end - start > SZ_16M)
		return KS_UNSET_U64;
	return (u64)PFN_UP(end - start + PERCPU_MODULE_RESERVE +
			   PERCPU_DYNAMIC_RESERVE) * num_possible_cpus();
}

/* What is counted for the host alone, and what that leaves unaccounted. */
static void host_finish(struct ks_node_record *host)
{
	const atomic_long_t *vmalloc = ks_symbol(KS_SYM_NR_VMALLOC_PAGES);
	u64 first_chunk = first_chunk_pages();

	list_cpus(cpu_online_mask, host->cpus, sizeof(host->cpus));
	if (vmalloc)
		host->vmalloc_pages = atomic_long_read(vmalloc);
	if (ks_symbol(KS_SYM_PCPU_NR_PAGES))
		host->percpu_pages = ks_pcpu_nr_pages();
	if (!vmalloc || host->percpu_pages == KS_UNSET_U64 ||
	    host->unaccounted_pages == KS_UNSET_S64) {
		host->unaccounted_pages = KS_UNSET_S64;
		host->unaccounted_error_pages = KS_UNSET_U64;
		return;
	}
	host->unaccounted_pages -= host->vmalloc_pages + host->percpu_pages;
	if (IS_ENABLED(CONFIG_VMAP_STACK))
		host->unaccounted_pages += host->kernel_stack_pages;
	host->unaccounted_error_pages =
		first_chunk == KS_UNSET_U64 ? KS_UNSET_U64 :
		host->unaccounted_error_pages + first_chunk;
}

static int nodes_collect(struct ks_snapshot *snap)
{
	struct ks_node_record *host, *record;
	int nid, err;

	err = ks_snapshot_reserve(snap, num_online_nodes() + 1, 0);
	if (err)
		return err;
	host = kmalloc(sizeof(*host), GFP_KERNEL);
	if (!host)
		return -ENOMEM;
	ks_record_init(&ks_kind_node, host);
	ks_record_zero(&ks_kind_node, host);
	for_each_online_node(nid) {
		record = ks_snapshot_next(snap);
		if (!record)
			goto out;
		node_fill(record, nid);
		ks_record_add(&ks_kind_node, host, record);
		ks_snapshot_keep(snap);
	}
	host_finish(host);
	record = ks_snapshot_next(snap);
	if (record) {
		*record = *host;
		ks_snapshot_keep(snap);
	}
out:
	kfree(host);
	return 0;
}

static const struct ks_view node_views[] = {
	{
		.kind = &ks_kind_node,
		.path = "nodes",
		.collect = nodes_collect,
	},
};

const struct ks_collector ks_collector_node = {
	.name = "node",
	.views = node_views,
	.nr_views = ARRAY_SIZE(node_views),
};
