// SPDX-License-Identifier: GPL-2.0-only
/*
 * Walks the struct pages of online memory, looking for slabs.
 *
 * Pages change under the walk. A page that stopped being a slab between two
 * looks has other things where a slab has its cache: so that pointer is only
 * handed on to be compared, and the counts are checked against each other.
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
 * Pages looked at before others may run. Within so many, from a multiple of it,
 * all have a struct page, or none has: a part of a section, for which the kernel
 * keeps that, is 2 MiB, on some kernels few pages. No section is smaller. Where
 * there are no sections no memory comes or goes, and all up to the last that is
 * valid have one, to the next multiple of the largest free block.
 */
#ifdef CONFIG_SPARSEMEM
#define BLOCK		min(512UL, PAGES_PER_SUBSECTION)
#else
#define BLOCK		512UL
#endif

#define OFFLINE_TRIES	200	/* of 5 ms, while memory goes offline */

/**
 * struct run - slabs of one cache in a row
 * @fn: told of them when the row ends
 * @arg: handed to it
 * @cache: whose
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
 * struct places - where a slab has what is read of it, bytes from its page
 * @cache: whose it is
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
 * The page is online, so its struct can be read as it is. The counts are the
 * cache's if it is the same before and after.
 */
static __always_inline void run_add(struct run *run, struct page *page,
				    struct places at)
{
	const struct kmem_cache *cache = read_cache(page, at.cache);
	u64 inuse, objects;

	/* Its objects are in none of the cache's slabs. */
	if (is_kfence_address(page_address(page)))
		return;
	smp_rmb();	/* the counts after the cache */
	inuse = ks_layout_extract(read_word(page, at.inuse), KS_SLAB_INUSE);
	objects = ks_layout_extract(read_word(page, at.objects),
				    KS_SLAB_OBJECTS);
	smp_rmb();	/* and before it is looked at again */
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
 * Pages of a free block, which may go beyond the block of ours. Only one that is
 * free before and after has its order where we look for it, and in between it
 * may have been taken and have become free again, as a smaller one.
 */
static unsigned long buddy_pages(struct page *page, unsigned long pfn)
{
	unsigned long order = READ_ONCE(page->private);

	smp_rmb();	/* the order before it is looked at again */
	if (order >= ARRAY_SIZE(((struct zone *)NULL)->free_area) ||
	    pfn & (BIT(order) - 1) || !PageBuddy(page))
		return 1;
	smp_rmb();	/* and that before its order is once more */
	return READ_ONCE(page->private) == order ? BIT(order) : 1;
}

/*
 * Pages up to the next that may be online, when this one is not: address space
 * without memory goes by whole sections, and where none is known by all that
 * one page of their table could have.
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

/* Returns how many pages it is through with. */
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
			smp_rmb();	/* the order after what says it is one */
			page += buddy_pages(page, pfn + (page - first));
		} else {
			page++;
		}
	}
	return page - first;
}

/*
 * Memory that is going offline may take its struct pages along. Once it is
 * offline it is not found any more, and what is found stays until we leave.
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
 * ks_cache_pages_walk() - look at every slab there is
 * @fn: called for all, those of one cache in a row at once
 * @arg: handed to it
 * @progress: kept up to date; its @stop ends the walk
 *
 * Context: Process context, sleeps. After ks_layout_resolve_cached().
 * Return: 0, -EINTR when it was stopped, -ETIME when its time was over, -EBUSY
 * when memory was going offline for long.
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
