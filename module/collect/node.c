// SPDX-License-Identifier: GPL-2.0-only
/*
 * NUMA nodes, the whole host, and their memory that no counter covers. Takes no
 * lock, as the kernel reads each of these numbers without one, too.
 */
#include <linux/cpumask.h>
#include <linux/hugetlb.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/topology.h>

#include "collect/collectors.h"
#include "collect/vmstat.h"
#include "collect/zone_walk.h"
#include "internals/symbols.h"
#include "record/kinds.h"
#include "record/memory.h"
#include "run/view.h"

/**
 * struct term - a counter that goes into a member of the record
 * @offset: the member's; several counters may add up in one
 * @stat: the counter
 * @per_page: units of the counter in a page
 * @explains: whether it is a term of unaccounted_pages
 */
struct term {
	u16 offset;
	struct ks_stat stat;
	u8 per_page;
	bool explains;
};

#define TERM(_member, _explains, _per_page, ...)			\
	{								\
		.offset = offsetof(struct ks_node_record, _member),	\
		.stat = __VA_ARGS__,					\
		.per_page = (_per_page),				\
		.explains = (_explains),				\
	}
#define SHOWN(_member, ...)	TERM(_member, false, 1, __VA_ARGS__)
#define EXPLAINS(_member, ...)	TERM(_member, true, 1, __VA_ARGS__)

static const struct term terms[] = {
	EXPLAINS(free_pages, KS_ZONE_STAT(NR_FREE_PAGES)),
	SHOWN(file_pages, KS_NODE_STAT(NR_FILE_PAGES)),
	SHOWN(anon_pages, KS_NODE_STAT(NR_ANON_MAPPED)),
	SHOWN(shmem_pages, KS_NODE_STAT(NR_SHMEM)),
	EXPLAINS(lru_pages, KS_NODE_STAT(NR_INACTIVE_ANON)),
	EXPLAINS(lru_pages, KS_NODE_STAT(NR_ACTIVE_ANON)),
	EXPLAINS(lru_pages, KS_NODE_STAT(NR_INACTIVE_FILE)),
	EXPLAINS(lru_pages, KS_NODE_STAT(NR_ACTIVE_FILE)),
	EXPLAINS(lru_pages, KS_NODE_STAT(NR_UNEVICTABLE)),
	EXPLAINS(isolated_pages, KS_NODE_STAT(NR_ISOLATED_ANON)),
	EXPLAINS(isolated_pages, KS_NODE_STAT(NR_ISOLATED_FILE)),
	/* Counted in bytes at the interface, but kept in pages. */
	EXPLAINS(slab_reclaimable_pages, KS_NODE_STAT(NR_SLAB_RECLAIMABLE_B)),
	EXPLAINS(slab_unreclaimable_pages,
		 KS_NODE_STAT(NR_SLAB_UNRECLAIMABLE_B)),
	TERM(kernel_stack_pages, true, PAGE_SIZE / 1024,
	     KS_NODE_STAT(NR_KERNEL_STACK_KB)),
	EXPLAINS(page_table_pages, KS_STAT_PAGETABLE),
	EXPLAINS(secondary_page_table_pages, KS_STAT_SECONDARY_PAGETABLE),
	SHOWN(mlocked_pages, KS_ZONE_STAT(NR_MLOCK)),
	SHOWN(dirty_pages, KS_NODE_STAT(NR_FILE_DIRTY)),
	SHOWN(writeback_pages, KS_NODE_STAT(NR_WRITEBACK)),
	EXPLAINS(zsmalloc_pages, KS_STAT_ZSPAGES),
	EXPLAINS(vmalloc_pages, KS_STAT_VMALLOC),
	SHOWN(balloon_pages, KS_STAT_BALLOON),
	EXPLAINS(gpu_pages, KS_STAT_GPU_ACTIVE),
	EXPLAINS(gpu_pages, KS_STAT_GPU_RECLAIM),
	EXPLAINS(writeback_temp_pages, KS_STAT_WRITEBACK_TEMP),
};

/* The next term that this kernel has, the first after NULL. */
static const struct term *term_next(const struct term *term)
{
	for (term = term ? term + 1 : terms; term < terms + ARRAY_SIZE(terms);
	     term++)
		if (term->stat.of != KS_STAT_OF_NONE)
			return term;
	return NULL;
}

#define for_each_term(_term)						\
	for ((_term) = term_next(NULL); (_term); (_term) = term_next(_term))

static void member_add(u64 *member, u64 pages)
{
	*member = pages + (*member == KS_UNSET_U64 ? 0 : *member);
}

/* Adds the counters of a zone or a node to their members. */
static void terms_add(struct ks_node_record *record, enum ks_stat_of of,
		      const s64 *value)
{
	const struct term *term;

	for_each_term(term) {
		unsigned int item = of == KS_STAT_OF_NODE ?
				    (unsigned int)term->stat.node_item :
				    (unsigned int)term->stat.zone_item;

		if (term->stat.of == of)
			member_add((void *)record + term->offset,
				   value[item] / term->per_page);
	}
}

/* Returns whether all counters include the changes of CPUs. */
static bool zones_fill(struct ks_node_record *record, int nid)
{
	struct ks_zone_stats stats = {};
	bool complete = true;
	struct zone *zone;

	/* A node without memory has no zone: its counters are 0. */
	terms_add(record, KS_STAT_OF_ZONE, stats.value);
	record->managed_pages = 0;
	record->pcp_pages = 0;
	ks_for_each_zone(zone, nid) {
		ks_zone_stats_read(zone, &stats);
		terms_add(record, KS_STAT_OF_ZONE, stats.value);
		record->managed_pages += zone_managed_pages(zone);
		record->pcp_pages += stats.pcp_pages;
		complete &= stats.complete;
	}
	if (!complete)
		record->pcp_pages = KS_UNSET_U64;
	return complete;
}

static bool node_fill_counters(struct ks_node_record *record, int nid)
{
	struct ks_node_stats stats;

	ks_node_stats_read(NODE_DATA(nid), &stats);
	terms_add(record, KS_STAT_OF_NODE, stats.value);
	return stats.complete;
}

/* Pages in the node's hugetlb pools; unset when unknown. */
static u64 hugetlb_pages(int nid)
{
#ifdef CONFIG_HUGETLB_PAGE
	const int *max = ks_symbol(KS_SYM_HUGETLB_MAX_HSTATE);
	struct hstate *pools = ks_symbol(KS_SYM_HSTATES);
	u64 pages = 0;
	int i;

	if (!max || !pools)
		return KS_UNSET_U64;
	/* Pools grow and shrink; a stale number will do. */
	for (i = 0; i < min_t(int, READ_ONCE(*max), HUGE_MAX_HSTATE); i++)
		pages += (u64)READ_ONCE(pools[i].nr_huge_pages_node[nid]) *
			 pages_per_huge_page(&pools[i]);
	return pages;
#else
	return KS_UNSET_U64;
#endif
}

/* Leaves a list that is too long unset, as a part of it would mislead. */
static void cpus_list(const struct cpumask *cpus, char *list, size_t size)
{
	int len = snprintf(list, size, "%*pbl", cpumask_pr_args(cpus));

	if (len >= size)
		list[0] = '\0';
}

static void distances_list(int nid, char *list, size_t size)
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

/* Kernel stacks that are vmalloc memory are counted as both. */
static u64 stacks_counted_twice(const struct ks_node_record *record)
{
	return IS_ENABLED(CONFIG_VMAP_STACK) ? record->kernel_stack_pages : 0;
}

/*
 * Pages of a node that no counter covers. A counter that this kernel lacks
 * covers nothing. One that it has but that could not be read leaves the rest
 * unknown.
 */
static s64 unaccounted_of(const struct ks_node_record *record)
{
	s64 rest = record->managed_pages - record->pcp_pages;
	const struct term *term;
	u16 done = 0;

	if (record->pcp_pages == KS_UNSET_U64)
		return KS_UNSET_S64;
	if (IS_ENABLED(CONFIG_HUGETLB_PAGE)) {
		if (record->hugetlb_pages == KS_UNSET_U64)
			return KS_UNSET_S64;
		rest -= record->hugetlb_pages;
	}
	for_each_term(term) {
		/* Counters that add up in one member follow each other. */
		if (!term->explains || term->offset == done)
			continue;
		rest -= *(const u64 *)((const void *)record + term->offset);
		done = term->offset;
	}
	if (record->vmalloc_pages != KS_UNSET_U64)
		rest += stacks_counted_twice(record);
	return rest;
}

static void node_fill(struct ks_node_record *record, int nid)
{
	struct pglist_data *pgdat = NODE_DATA(nid);
	bool complete;

	record->node = nid;
	cpus_list(cpumask_of_node(nid), record->cpus, sizeof(record->cpus));
	distances_list(nid, record->distances, sizeof(record->distances));
	/* Memory hotplug changes them. */
	record->spanned_pages = READ_ONCE(pgdat->node_spanned_pages);
	record->present_pages = READ_ONCE(pgdat->node_present_pages);
	complete = zones_fill(record, nid);
	complete &= node_fill_counters(record, nid);
	record->hugetlb_pages = hugetlb_pages(nid);
	if (!complete)
		return;
	record->unaccounted_pages = unaccounted_of(record);
	/* A CPU's batch can have pages of any node with memory. */
	if (record->unaccounted_pages != KS_UNSET_S64)
		record->unaccounted_error_pages = record->managed_pages ?
						  ks_max_batched_pages() : 0;
}

/*
 * Pages of each unit of the per-CPU allocator's first chunk: static data, and
 * the reserve for modules and the first allocations. Unset when unknown.
 */
static u64 first_chunk_pages(void)
{
	unsigned long start = (unsigned long)ks_symbol(KS_SYM_PER_CPU_START);
	unsigned long end = (unsigned long)ks_symbol(KS_SYM_PER_CPU_END);

	/* Where per-CPU symbols are offsets the first is 0, as if missing. */
	if (end <= start || end - start > SZ_16M)
		return KS_UNSET_U64;
	return PFN_UP(end - start + PERCPU_MODULE_RESERVE +
		      PERCPU_DYNAMIC_RESERVE);
}

/*
 * The allocator counts each populated page once for every unit. Its first chunk
 * is older than the buddy allocator, and not managed. The other chunks have
 * pages for possible CPUs only, which may be fewer than units.
 */
static u64 percpu_managed(u64 percpu_pages)
{
	const int *nr_units = ks_symbol(KS_SYM_PCPU_NR_UNITS);
	u64 first_chunk = first_chunk_pages();
	u64 populated;
	int units;

	if (!nr_units || first_chunk == KS_UNSET_U64)
		return KS_UNSET_U64;
	/* Written once, at boot. */
	units = READ_ONCE(*nr_units);
	if (units <= 0)
		return KS_UNSET_U64;
	populated = percpu_pages / units;
	if (populated < first_chunk)
		return KS_UNSET_U64;
	return (populated - first_chunk) * num_possible_cpus();
}

/* Subtracts vmalloc pages, unless the nodes' counters have them. */
static bool host_vmalloc(struct ks_node_record *host)
{
	const atomic_long_t *vmalloc = ks_symbol(KS_SYM_NR_VMALLOC_PAGES);

	if (host->vmalloc_pages != KS_UNSET_U64)
		return true;
	if (!vmalloc)
		return false;
	host->vmalloc_pages = atomic_long_read(vmalloc);
	host->unaccounted_pages += stacks_counted_twice(host);
	host->unaccounted_pages -= host->vmalloc_pages;
	return true;
}

static bool host_percpu(struct ks_node_record *host)
{
	u64 managed;

	if (!ks_symbol(KS_SYM_PCPU_NR_PAGES))
		return false;
	host->percpu_pages = ks_pcpu_nr_pages();
	managed = percpu_managed(host->percpu_pages);
	if (managed == KS_UNSET_U64)
		return false;
	host->unaccounted_pages -= managed;
	return true;
}

#ifdef KS_HAVE_MEMMAP_PAGES
/* Whether a device may hold the struct pages of its memory itself. */
static bool has_device_memory(void)
{
#ifdef CONFIG_ZONE_DEVICE
	int nid;

	/* A driver may add its device at any time. */
	for_each_online_node(nid)
		if (READ_ONCE(NODE_DATA(nid)->node_zones[ZONE_DEVICE]
			      .spanned_pages))
			return true;
#endif
	return false;
}

/*
 * Struct pages of added memory. Some may be in that memory itself, which is not
 * managed then: so subtract nothing where that is possible.
 */
static bool host_memmap(struct ks_node_record *host)
{
	const atomic_long_t *memmap = ks_symbol(KS_SYM_NR_MEMMAP_PAGES);
	long pages;

	if (!memmap)
		return false;
	if (ks_memmap_may_be_its_own() || has_device_memory())
		return true;
	pages = atomic_long_read(memmap);
	if (pages < 0)
		return false;
	host->memmap_pages = pages;
	host->unaccounted_pages -= pages;
	return true;
}
#else
static bool host_memmap(struct ks_node_record *host)
{
	return true;
}
#endif

/* Subtracts what the kernel counts only for the host. */
static void host_finish(struct ks_node_record *host)
{
	bool known = host->unaccounted_pages != KS_UNSET_S64;

	cpus_list(cpu_online_mask, host->cpus, sizeof(host->cpus));
	known &= host_vmalloc(host);
	known &= host_percpu(host);
	known &= host_memmap(host);
	if (!known)
		host->unaccounted_pages = KS_UNSET_S64;
	/* Once for all nodes, as they share the CPUs' batches. */
	host->unaccounted_error_pages = known ? ks_max_batched_pages() :
						KS_UNSET_U64;
}

static int nodes_collect(struct ks_snapshot *snap,
			 struct netlink_ext_ack *extack)
{
	struct ks_node_record *host, *record;
	int nid, err;

	err = ks_snapshot_reserve(snap, num_online_nodes() + 1, 0);
	if (err)
		return err;
	/* A reader may hold a lock of generic netlink. */
	host = kmalloc(sizeof(*host), KS_GFP_NOW);
	if (!host)
		return -ENOMEM;
	ks_record_init(&ks_kind_node, host);
	ks_record_zero(&ks_kind_node, host);
	for_each_online_node(nid) {
		record = ks_snapshot_begin(snap);
		if (!record)
			goto out;
		node_fill(record, nid);
		ks_record_add(&ks_kind_node, host, record);
		ks_snapshot_commit(snap);
	}
	host_finish(host);
	record = ks_snapshot_begin(snap);
	if (record) {
		*record = *host;
		ks_snapshot_commit(snap);
	}
out:
	kfree(host);
	return 0;
}

static struct ks_cost node_cost;

static const struct ks_view node_views[] = {
	{
		.collector = &ks_collector_node,
		.kind = &ks_kind_node,
		.path = "nodes",
		.collect = nodes_collect,
	},
};

const struct ks_collector ks_collector_node = {
	.name = "node",
	.cost = &node_cost,
	.views = node_views,
	.nr_views = ARRAY_SIZE(node_views),
};
