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

#include "internals/hotplug.h"
#include "internals/layout.h"
#include "internals/pages.h"
#include "internals/progress.h"

/*
 * Pages looked at before others may run. Within so many, from a multiple of it,
 * all have a struct page, or none has.
 */
#define BLOCK		512UL

#define OFFLINE_TRIES	200	/* of 5 ms, while memory goes offline */

/*
 * The page is online, so its struct can be read as it is. The counts are the
 * cache's if it is the same before and after.
 */
static void tell_slab(struct page *page, ks_slab_fn fn, void *arg)
{
	u64 cache = ks_layout_decode(page, KS_SLAB_CACHE);
	u64 inuse = ks_layout_decode(page, KS_SLAB_INUSE);
	u64 objects = ks_layout_decode(page, KS_SLAB_OBJECTS);

	if (inuse <= objects && PageSlab(page) &&
	    ks_layout_decode(page, KS_SLAB_CACHE) == cache)
		fn(arg, (const void *)(unsigned long)cache, inuse, objects);
}

/*
 * Pages of a free block, as far as they are within the block of ours. Only one
 * that is free before and after has its order where we look for it.
 */
static unsigned long buddy_pages(struct page *page, unsigned long index)
{
	unsigned long order = READ_ONCE(page->private);

	if (order >= ARRAY_SIZE(((struct zone *)NULL)->free_area) ||
	    index & (BIT(order) - 1) & (BLOCK - 1) || !PageBuddy(page))
		return 1;
	return min(BIT(order), BLOCK - index);
}

static void walk_block(unsigned long pfn, ks_slab_fn fn, void *arg)
{
	struct page *page = pfn_to_online_page(pfn);
	unsigned long i, step;

	if (!page)
		return;
	for (i = 0; i < BLOCK; i += step, page += step) {
		step = 1;
		if (PageTail(page))
			continue;
		if (PageSlab(page))
			tell_slab(page, fn, arg);
		else if (PageBuddy(page))
			step = buddy_pages(page, i);
	}
}

/* Memory that is going offline may take its struct pages along. */
static int enter(void)
{
	unsigned int tries;

	for (tries = 0; tries < OFFLINE_TRIES; tries++) {
		if (ks_hotplug_enter())
			return 0;
		usleep_range(5000, 6000);
	}
	return -EBUSY;
}

static void find_span(unsigned long *start, unsigned long *end)
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
 * ks_pages_walk() - look at every slab there is
 * @fn: called for each; must not sleep
 * @arg: handed to it
 * @progress: kept up to date; its @stop ends the walk
 *
 * Context: Process context, sleeps. After ks_layout_resolve_cached().
 * Return: 0, -EINTR when it was stopped, -ETIME when its time was over, -EBUSY
 * when memory was going offline for long.
 */
int ks_pages_walk(ks_slab_fn fn, void *arg, struct ks_progress *progress)
{
	unsigned long start, end, pfn;
	int err;

	find_span(&start, &end);
	for (pfn = start; pfn < end; pfn += BLOCK) {
		err = ks_progress_check(progress) ?: enter();
		if (err)
			return err;
		walk_block(pfn, fn, arg);
		ks_hotplug_leave();
		WRITE_ONCE(progress->permille,
			   (pfn - start) * 1000 / (end - start));
		cond_resched();
	}
	return 0;
}
