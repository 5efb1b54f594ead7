// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory for readers. All memory that grows with their requests or with the
 * machine comes from here, up to a limit for all readers.
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

	/* Before the addition, which could overflow. */
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

/* A reader may take up to 1/16 of the host's available memory. */
#define SHARE_OF_AVAILABLE	16

static bool is_host_short(size_t bytes)
{
	return bytes > PAGE_SIZE &&
	       bytes >> PAGE_SHIFT > si_mem_available() / SHARE_OF_AVAILABLE;
}

/*
 * No vmalloc(): it takes its page tables by GFP_KERNEL with any flags, and so
 * may reclaim.
 */
static void *kmalloc_now(size_t bytes, gfp_t gfp)
{
	if (bytes > KMALLOC_MAX_SIZE)
		return NULL;
	/*
	 * Do not wake kswapd for contiguous pages. Smaller sizes come from a
	 * slab cache, and since v6.18 SLUB only tries its locks for a caller
	 * that does not wake it.
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
 * Return: the memory, not zeroed, or an error pointer: -ENOMEM when the host is
 * short of memory, or -ENOBUFS when all readers together would exceed the
 * module parameter max_memory_kib.
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
 * Return: as for ks_memory_alloc(), but zeroed.
 */
void *ks_memory_zalloc(size_t bytes)
{
	return memory_take(bytes, KS_GFP | __GFP_ZERO);
}

/**
 * ks_memory_alloc_now() - take memory that is free at once
 * @bytes: how much, at least 1
 *
 * Context: Process context, where others wait for the caller: reclaims nothing.
 * Return: as for ks_memory_alloc(). -ENOMEM may also mean that a caller that
 * can wait would get memory.
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
 * ks_memory_free() - free memory of a reader
 * @memory: the result of a function above, or NULL
 * @bytes: the size that was passed to it
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
 * ks_memory_read() - get the memory of all readers
 * @memory: set
 */
void ks_memory_read(struct ks_memory *memory)
{
	memory->now = atomic64_read(&memory_now);
	memory->peak = atomic64_read(&memory_peak);
	memory->limit = memory_limit();
}
