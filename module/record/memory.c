// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory that readers make the module take. All that grows with what they
 * ask for, or with the machine, comes from here: together no more than a limit.
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include "record/memory.h"

static unsigned int max_memory_kib = 64 * 1024;
module_param(max_memory_kib, uint, 0400);
MODULE_PARM_DESC(max_memory_kib,
		 "maximum memory of all readers' snapshots in KiB (default 65536)");

static atomic64_t memory_now = ATOMIC64_INIT(0);
static atomic64_t memory_peak = ATOMIC64_INIT(0);

static u64 memory_limit(void)
{
	return (u64)max_memory_kib << 10;
}

static bool memory_charge(size_t bytes)
{
	s64 now, peak;

	/* Alone, as adding it up could overflow. */
	if (bytes > memory_limit())
		return false;
	now = atomic64_add_return(bytes, &memory_now);
	if (now > memory_limit()) {
		atomic64_sub(bytes, &memory_now);
		return false;
	}
	peak = atomic64_read(&memory_peak);
	while (now > peak &&
	       !atomic64_try_cmpxchg(&memory_peak, &peak, now))
		;
	return true;
}

/* A reader takes no more than 1/16 of what the host has left. */
#define SHARE_OF_AVAILABLE	16

static bool is_host_short(size_t bytes)
{
	return bytes > PAGE_SIZE &&
	       bytes >> PAGE_SHIFT > si_mem_available() / SHARE_OF_AVAILABLE;
}

/*
 * Without reclaim there are no page tables for vmalloc(), as the kernel takes
 * those by GFP_KERNEL whatever it is asked for.
 */
static void *kmalloc_now(size_t bytes, gfp_t gfp)
{
	if (bytes > KMALLOC_MAX_SIZE)
		return NULL;
	/*
	 * Several pages in a row are not worth waking kswapd. Less is from a slab
	 * cache, and since v6.18 SLUB only tries its locks for such a caller.
	 */
	if (bytes > KMALLOC_MAX_CACHE_SIZE)
		gfp &= ~__GFP_KSWAPD_RECLAIM;
	return kmalloc(bytes, gfp);
}

static void *memory_take(size_t bytes, gfp_t gfp)
{
	void *memory = NULL;

	if (!memory_charge(bytes))
		return ERR_PTR(-ENOBUFS);
	if (!is_host_short(bytes))
		memory = gfpflags_allow_blocking(gfp) ? kvmalloc(bytes, gfp) :
							kmalloc_now(bytes, gfp);
	if (memory)
		return memory;
	atomic64_sub(bytes, &memory_now);
	return ERR_PTR(-ENOMEM);
}

/**
 * ks_memory_alloc() - take memory for a reader
 * @bytes: how much, at least 1
 *
 * Context: Process context, sleeps.
 * Return: the memory, not zeroed; or an error pointer: -ENOMEM when the host is
 * short of memory, or -ENOBUFS when all readers together would take more than
 * the module parameter max_memory_kib allows.
 */
void *ks_memory_alloc(size_t bytes)
{
	return memory_take(bytes, KS_GFP);
}

/**
 * ks_memory_zalloc() - take zeroed memory for a reader
 * @bytes: how much, at least 1
 *
 * Context: Process context, sleeps.
 * Return: as that of ks_memory_alloc(), but zeroed.
 */
void *ks_memory_zalloc(size_t bytes)
{
	return memory_take(bytes, KS_GFP | __GFP_ZERO);
}

/**
 * ks_memory_alloc_now() - take memory that is free at once
 * @bytes: how much, at least 1
 *
 * Context: Process context, where others wait for us: reclaims nothing.
 * Return: as that of ks_memory_alloc(); -ENOMEM also when there may be memory
 * for a caller that can wait.
 */
void *ks_memory_alloc_now(size_t bytes)
{
	return memory_take(bytes, KS_GFP_NOW);
}

/**
 * ks_memory_zalloc_now() - take zeroed memory that is free at once
 * @bytes: how much, at least 1
 *
 * Context: as for ks_memory_alloc_now().
 * Return: as for ks_memory_alloc_now(), but zeroed.
 */
void *ks_memory_zalloc_now(size_t bytes)
{
	return memory_take(bytes, KS_GFP_NOW | __GFP_ZERO);
}

/**
 * ks_memory_free() - give memory back
 * @memory: what one of the above returned, or NULL
 * @bytes: how much it was asked for
 *
 * Context: Process context, sleeps.
 */
void ks_memory_free(void *memory, size_t bytes)
{
	if (IS_ERR_OR_NULL(memory))
		return;
	kvfree(memory);
	atomic64_sub(bytes, &memory_now);
}

/**
 * ks_memory_read() - tell what all readers together take
 * @memory: set
 */
void ks_memory_read(struct ks_memory *memory)
{
	memory->now = atomic64_read(&memory_now);
	memory->peak = atomic64_read(&memory_peak);
	memory->limit = memory_limit();
}
