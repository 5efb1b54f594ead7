// SPDX-License-Identifier: GPL-2.0-only
/*
 * Walks the dentry hash table.
 *
 * Dentries come, go and are renamed during the walk. A dentry in the table was
 * hashed within the RCU section. So it, its parent and its superblock are not
 * freed before the section ends. Neither is the name of the file system's type:
 * it may be in a module, but unloading waits for a grace period. A rename may
 * take the walk to another chain, so a chain is followed for a bounded number
 * of dentries.
 */
#include <linux/cpumask.h>
#include <linux/dcache.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "internals/dcache.h"
#include "internals/progress.h"
#include "internals/symbols.h"

/* Buckets of a part: a cache line of the table. */
#define PART_BUCKETS	8U

/*
 * Parts or dentries between two reads of the clock, whichever comes first. A
 * host whose memory grew after boot may have thousands of dentries in a bucket.
 */
#define PARTS_AT_ONCE	32
#define DENTRIES_AT_ONCE 4096

/*
 * Minimum of a walk, in parts or in dentries, so that the sample is large
 * enough.
 */
#define MIN_PARTS	512
#define MIN_DENTRIES	65536

/* Out of 32 bits, so that there is at least one part. */
#define MAX_SHIFT	29

/*
 * A chain has about 10 dentries, or 1000 where memory was added later. This
 * bounds the RCU section of a chain to about 5 ms.
 */
#define MAX_CHAIN	16384

/* Dentries that must be in the right bucket at load. */
#define NR_PROOFS	64

/*
 * Visits each part once, as the stride is odd and the number of parts a power
 * of 2. The first few hundred parts are spread over the whole table.
 */
#define STRIDE		0x9e3779b97f4a7c15ULL

static const struct hlist_bl_head *table;
static unsigned int shift;

static u64 nr_buckets(void)
{
	return 1ULL << (32 - shift);
}

/* A rename takes a dentry out of its bucket before it changes its hash. */
static bool bucket_changed(u64 bucket, unsigned long first)
{
	unsigned long now;

	smp_rmb();	/* the bucket after the dentry that was in it */
	return !get_kernel_nofault(now,
				   (const unsigned long *)&table[bucket]) &&
	       (now & ~1UL) != first;
}

/*
 * Checks that the first dentry of a bucket belongs there. Reads it in a way
 * that survives a fault, as the table is not proved yet.
 */
static int bucket_prove(u64 bucket, unsigned int *nr_proved)
{
	const struct dentry *dentry;
	unsigned long first;
	u32 hash;

	if (get_kernel_nofault(first, (const unsigned long *)&table[bucket]))
		return -EFAULT;
	first &= ~1UL;
	if (!first)
		return 0;
	dentry = (void *)(first - offsetof(struct dentry, d_hash));
	if (get_kernel_nofault(hash, &dentry->d_name.hash))
		return -EFAULT;
	if (hash >> shift != bucket)
		return bucket_changed(bucket, first) ? 0 : -EBADMSG;
	(*nr_proved)++;
	return 0;
}

static int table_prove(void)
{
	unsigned int nr_proved = 0;
	u64 bucket;
	int err = 0;

	for (bucket = 0; !err && bucket < nr_buckets() &&
	     nr_proved < NR_PROOFS; bucket++) {
		rcu_read_lock();
		err = bucket_prove(bucket, &nr_proved);
		rcu_read_unlock();
		if (!(bucket % 1024))
			cond_resched();
	}
	/* Any host has hundreds of dentries. */
	return !err && nr_proved < NR_PROOFS ? -ENODATA : err;
}

static int symbol_check(enum ks_symbol id, char *reason, size_t size)
{
	if (ks_symbol(id))
		return 0;
	scnprintf(reason, size, "symbol %s not found in this kernel",
		  ks_symbol_name(id));
	return -ENOENT;
}

/**
 * ks_dcache_init() - find and prove the hash table
 * @reason: on error set to its text
 * @size: bytes of @reason
 *
 * Context: Process context, sleeps.
 * Return: 0, or an error, after which there must be no walk.
 */
int ks_dcache_init(char *reason, size_t size)
{
	const struct hlist_bl_head **place;
	const unsigned int *shift_place;
	int err;

	err = symbol_check(KS_SYM_DENTRY_HASHTABLE, reason, size) ?:
	      symbol_check(KS_SYM_D_HASH_SHIFT, reason, size);
	if (err)
		return err;
	place = ks_symbol(KS_SYM_DENTRY_HASHTABLE);
	shift_place = ks_symbol(KS_SYM_D_HASH_SHIFT);
	if (get_kernel_nofault(table, place) ||
	    get_kernel_nofault(shift, shift_place) || !table ||
	    !IS_ALIGNED((unsigned long)table, PART_BUCKETS * sizeof(*table)) ||
	    shift < 1 || shift > MAX_SHIFT)
		err = -EBADMSG;
	else
		err = table_prove();
	if (err)
		scnprintf(reason, size,
			  "the dentry hash table is not in the expected order (error %d)",
			  err);
	return err;
}

/**
 * ks_dcache_nr_buckets() - get the size of the table
 *
 * Return: buckets.
 */
u64 ks_dcache_nr_buckets(void)
{
	return nr_buckets();
}

/**
 * ks_dcache_nr_parts() - get the number of parts to visit
 *
 * Return: parts of the table.
 */
u64 ks_dcache_nr_parts(void)
{
	return nr_buckets() / PART_BUCKETS;
}

/* Symbols of per-CPU data are offsets or addresses; both work here. */
static u64 counter_sum(enum ks_symbol id)
{
	unsigned long symbol = (unsigned long)ks_symbol(id);
	unsigned int cpu;
	long sum = 0;

	/* Each CPU changes its own counter at any time. */
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr((long __percpu *)symbol, cpu));
	/* A CPU that freed a dentry may be read before the one that made it. */
	return max(sum, 0L);
}

/**
 * ks_dcache_count() - read the counts of /proc/sys/fs/dentry-state
 * @counts: set
 */
void ks_dcache_count(struct ks_dentry_counts *counts)
{
	counts->known = ks_symbol(KS_SYM_NR_DENTRY) &&
			ks_symbol(KS_SYM_NR_DENTRY_UNUSED) &&
			ks_symbol(KS_SYM_NR_DENTRY_NEGATIVE);
	if (!counts->known)
		return;
	counts->nr_dentries = counter_sum(KS_SYM_NR_DENTRY);
	counts->nr_unused = counter_sum(KS_SYM_NR_DENTRY_UNUSED);
	counts->nr_negative = counter_sum(KS_SYM_NR_DENTRY_NEGATIVE);
}

/* Masks the bucket's lock, which is a bit of the pointer. */
static const struct hlist_bl_node *bucket_first(u64 bucket)
{
	unsigned long first = (unsigned long)READ_ONCE(table[bucket].first);

	return (const struct hlist_bl_node *)(first & ~1UL);
}

/*
 * The kernel's own loop has types that sparse refuses. An address dependency
 * orders the reads, as rcu_dereference() does.
 */
static void bucket_walk(struct ks_dentry_walk *walk, u64 bucket,
			ks_dentry_fn fn, void *arg)
{
	const struct hlist_bl_node *node;
	unsigned int nr = 0;

	/* Others add and remove dentries: only RCU is held. */
	for (node = bucket_first(bucket); node; node = READ_ONCE(node->next)) {
		if (nr == MAX_CHAIN) {
			walk->cut = true;
			break;
		}
		nr++;
		fn(arg, container_of(node, const struct dentry, d_hash));
	}
	walk->nr_met += nr;
}

static void part_walk(struct ks_dentry_walk *walk, u64 part, ks_dentry_fn fn,
		      void *arg)
{
	u64 bucket = part * PART_BUCKETS;
	unsigned int i;

	for (i = 0; i < PART_BUCKETS; i++) {
		rcu_read_lock();
		bucket_walk(walk, bucket + i, fn, arg);
		rcu_read_unlock();
	}
	walk->nr_visited++;
	cond_resched();
}

/**
 * ks_dcache_walk() - visit the dentries of some parts of the table
 * @walk: its limits; the results are set. All walks visit the same parts in the
 *	same order.
 * @fn: called for each dentry
 * @arg: its argument
 * @progress: may end the walk
 *
 * Takes no lock, and lets others run after each part. Visits MIN_PARTS or
 * MIN_DENTRIES even when its time is over.
 *
 * Context: Process context, sleeps. After ks_dcache_init().
 * Return: 0, also when its time is over, or -EINTR when it was stopped.
 */
int ks_dcache_walk(struct ks_dentry_walk *walk, ks_dentry_fn fn, void *arg,
		   const struct ks_progress *progress)
{
	const u64 mask = ks_dcache_nr_parts() - 1;
	u64 i, looked_at = 0, looked_met = 0;

	walk->nr_visited = 0;
	walk->nr_met = 0;
	walk->cut = false;
	for (i = 0; i < walk->nr_parts; i++) {
		part_walk(walk, (i * STRIDE) & mask, fn, arg);
		if (i - looked_at < PARTS_AT_ONCE &&
		    walk->nr_met - looked_met < DENTRIES_AT_ONCE)
			continue;
		looked_at = i;
		looked_met = walk->nr_met;
		if (ks_progress_check(progress) == -EINTR)
			return -EINTR;
		if ((i >= MIN_PARTS || walk->nr_met >= MIN_DENTRIES) &&
		    ks_hold_clock() > walk->until_ns)
			break;
	}
	return 0;
}
