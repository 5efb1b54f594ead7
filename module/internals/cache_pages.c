// SPDX-License-Identifier: GPL-2.0-only
/*
 * Walks the struct pages of online memory to find slabs.
 *
 * Pages change during the walk. A page that is no longer a slab has other data
 * in place of the cache. So that pointer is only compared, and the counts are
 * checked against each other.
 */
#include <linux/delay.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/sched.h>

#include "internals/cache_pages.h"
#include "internals/compat/kfence.h"
#include "internals/compat/slab.h"
#include "internals/hotplug.h"
#include "internals/layout.h"
#include "internals/progress.h"

/*
 * Pages of a block, after which others may run. Within an aligned block either
 * all pages have a struct page, or none has: the kernel keeps that by
 * subsection of 2 MiB. Without sections there is no hotplug, and all pages up
 * to the last valid one have a struct page, up to a multiple of the largest
 * free block.
 */
#ifdef CONFIG_SPARSEMEM
#define BLOCK		min(512UL, PAGES_PER_SUBSECTION)
#else
#define BLOCK		512UL
#endif

#define OFFLINE_TRIES	200	/* of 5 ms, while memory goes offline */

/**
 * struct run - consecutive slabs of one cache
 * @fn: called when the run ends
 * @arg: its argument
 * @cache: the cache
 * @inuse: objects in use in them
 * @objects: object slots in them
 */
struct run {
	ks_slab_fn fn;
	void *arg;
	const struct kmem_cache *cache;
	u64 inuse;
	u64 objects;
};

static void run_end(struct run *run)
{
	if (run->objects)
		run->fn(run->arg, run->cache, run->inuse, run->objects);
	run->inuse = 0;
	run->objects = 0;
}

/**
 * struct places - offsets of a slab's members, in bytes from its page
 * @cache: its cache
 * @inuse: the word with its objects in use
 * @objects: the word with its object slots
 */
struct places {
	u32 cache;
	u32 inuse;
	u32 objects;
};

static __always_inline u64 read_word(struct page *page, u32 at)
{
	/* The page's owner changes it without us; run_add() looks twice. */
	return READ_ONCE(*(u64 *)((void *)page + at));
}

static __always_inline const struct kmem_cache *read_cache(struct page *page,
							   u32 at)
{
	/* As above. */
	return READ_ONCE(*(const struct kmem_cache **)((void *)page + at));
}

/*
 * The page is online, so its struct can be read without a check. The counts
 * belong to the cache if it is the same before and after.
 */
static __always_inline void run_add(struct run *run, struct page *page,
				    struct places at)
{
	const struct kmem_cache *cache = read_cache(page, at.cache);
	u64 inuse, objects;

	/* KFENCE's objects are in none of the cache's slabs. */
	if (is_kfence_address(page_address(page)))
		return;
	smp_rmb();	/* the counts after the cache */
	inuse = ks_layout_extract(read_word(page, at.inuse), KS_SLAB_INUSE);
	objects = ks_layout_extract(read_word(page, at.objects),
				    KS_SLAB_OBJECTS);
	smp_rmb();	/* and before the cache is read again */
	if (inuse > objects || !ks_is_slab(page) ||
	    read_cache(page, at.cache) != cache)
		return;
	if (cache != run->cache) {
		run_end(run);
		run->cache = cache;
	}
	run->inuse += inuse;
	run->objects += objects;
}

/*
 * Returns the pages of a free block of the buddy allocator, which may go beyond
 * the walk's block. The order is valid only if the page is free before and
 * after the read. In between it may be allocated and freed again as a smaller
 * block.
 */
static unsigned long buddy_pages(struct page *page, unsigned long pfn)
{
	unsigned long order = READ_ONCE(page->private);

	smp_rmb();	/* the order before the page is checked again */
	if (order >= ARRAY_SIZE(((struct zone *)NULL)->free_area) ||
	    pfn & (BIT(order) - 1) || !PageBuddy(page))
		return 1;
	smp_rmb();	/* and that before the order is read again */
	return READ_ONCE(page->private) == order ? BIT(order) : 1;
}

/*
 * Returns the pages up to the next one that may be online. Skips whole sections
 * without memory, and whole pages of the section table where that has none.
 */
static unsigned long hole_pages(unsigned long pfn)
{
#ifdef CONFIG_SPARSEMEM
	unsigned long nr = pfn_to_section_nr(pfn);
	unsigned long sections = 1;

	if (nr >= NR_MEM_SECTIONS)
		return BLOCK;
	if (!__nr_to_section(nr))
		sections = SECTIONS_PER_ROOT;
	if (!online_section_nr(nr))
		return round_up(pfn + 1, sections * PAGES_PER_SECTION) - pfn;
#endif
	return BLOCK;
}

/* Returns the number of pages that were visited. */
static unsigned long block_walk(unsigned long pfn, struct run *run)
{
	const struct places at = {
		.cache = ks_layout_offset(KS_SLAB_CACHE),
		.inuse = ks_places[KS_SLAB_INUSE].word,
		.objects = ks_places[KS_SLAB_OBJECTS].word,
	};
	struct page *first = pfn_to_online_page(pfn), *page = first;

	if (!first)
		return hole_pages(pfn);
	while (page < first + BLOCK) {
		if (ks_is_slab(page)) {
			run_add(run, page, at);
			page++;
		} else if (PageBuddy(page) && !PageTail(page)) {
			smp_rmb();	/* the order after PageBuddy() */
			page += buddy_pages(page, pfn + (page - first));
		} else {
			page++;
		}
	}
	return page - first;
}

/*
 * Memory that goes offline may take its struct pages along. Offline memory is
 * not found, and online memory stays until ks_hotplug_leave().
 */
static int hotplug_wait(void)
{
	unsigned int tries;

	for (tries = 0; tries < OFFLINE_TRIES; tries++) {
		if (ks_hotplug_enter())
			return 0;
		usleep_range(5000, 6000);
	}
	return -EBUSY;
}

static void span_find(unsigned long *start, unsigned long *end)
{
	int nid;

	*start = ULONG_MAX;
	*end = 0;
	for_each_online_node(nid) {
		const struct pglist_data *node = NODE_DATA(nid);

		if (!node->node_spanned_pages)
			continue;
		*start = min(*start, node->node_start_pfn);
		*end = max(*end, node->node_start_pfn +
				 node->node_spanned_pages);
	}
	*start = round_down(*start, BLOCK);
}

/**
 * ks_cache_pages_walk() - visit every slab
 * @fn: called for all, once for consecutive slabs of one cache
 * @arg: its argument
 * @progress: kept up to date; may end the walk
 *
 * Context: Process context, sleeps. After ks_layout_resolve_cached().
 * Return: 0, -EINTR when it was stopped, -ETIME when its time is over, or
 * -EBUSY when memory is going offline for too long.
 */
int ks_cache_pages_walk(ks_slab_fn fn, void *arg, struct ks_progress *progress)
{
	struct run run = { .fn = fn, .arg = arg };
	unsigned long start, end, pfn, done;
	int err;

	span_find(&start, &end);
	for (pfn = start; pfn < end; pfn += done) {
		err = ks_progress_check(progress) ?: hotplug_wait();
		if (err)
			return err;
		done = block_walk(pfn, &run);
		ks_hotplug_leave();
		/* A reader of the job's state reads it. */
		WRITE_ONCE(progress->permille,
			   (pfn - start) * 1000 / (end - start));
		cond_resched();
	}
	run_end(&run);
	return 0;
}
