// SPDX-License-Identifier: GPL-2.0-only
/*
 * Walks the dentry hash table.
 *
 * Dentries come, go and are renamed under the walk. One that was found in the
 * table was hashed within our RCU section, so neither it, nor its parent and
 * superblock, which it holds, are freed before the section ends; nor is the name
 * of the superblock's type, though it may be in a module: one that is unloaded
 * waits for a grace period before its memory is freed. A rename may
 * take the walk from one chain to another, so a chain is followed for a bounded
 * number of dentries.
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
 * Between two looks at the clock, whichever is reached first: a host that grew
 * after its table was made has thousands of dentries in a bucket.
 */
#define PARTS_AT_ONCE	32
#define DENTRIES_AT_ONCE 4096

/*
 * What is visited in any case, so that there is a sample to speak of: so many
 * parts, or so many dentries.
 */
#define MIN_PARTS	512
#define MIN_DENTRIES	65536

/* Of 32 bits, so that there is one part at least. */
#define MAX_SHIFT	29

/*
 * A chain has some ten dentries, or where memory was added later a thousand. As
 * it is followed in one RCU section, some 5 ms at most.
 */
#define MAX_CHAIN	16384

/* Dentries that must be where the table's order has them, at load. */
#define NR_PROOFS	64

/*
 * Steps through all parts, each once, as the number is odd and their number a
 * power of 2. Any first few hundred are from everywhere.
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
 * Whether the first dentry of a bucket says that it belongs there. It is read
 * so that a fault is no oops, as it may be anything until this was seen.
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
	/* There are hundreds on any host. */
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
 * ks_dcache_init() - find the hash table, and prove that it is one
 * @reason: on error set to what is missing
 * @size: bytes of @reason
 *
 * Context: Process context, sleeps.
 * Return: 0, or an error; then there must be no walk.
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
 * ks_dcache_nr_buckets() - how large the table is
 *
 * Return: buckets.
 */
u64 ks_dcache_nr_buckets(void)
{
	return nr_buckets();
}

/**
 * ks_dcache_nr_parts() - how many parts there are to visit
 *
 * Return: parts of the table.
 */
u64 ks_dcache_nr_parts(void)
{
	return nr_buckets() / PART_BUCKETS;
}

/* Symbols of per-CPU data are offsets or addresses; either will do here. */
static u64 counter_sum(enum ks_symbol id)
{
	unsigned long symbol = (unsigned long)ks_symbol(id);
	unsigned int cpu;
	long sum = 0;

	/* Each CPU changes its own counter at any time. */
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr((long __percpu *)symbol, cpu));
	/* A CPU may have freed what another one made, and be read first. */
	return max(sum, 0L);
}

/**
 * ks_dcache_count() - what the kernel counts, as in /proc/sys/fs/dentry-state
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

/* Behind the bucket's lock, which is a bit of the pointer. */
static const struct hlist_bl_node *bucket_first(u64 bucket)
{
	unsigned long first = (unsigned long)READ_ONCE(table[bucket].first);

	return (const struct hlist_bl_node *)(first & ~1UL);
}

/*
 * Not by the kernel's own loop, whose types sparse refuses. What a pointer
 * points to was written before the pointer, and depends on it here.
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
 * ks_dcache_walk() - look at the dentries of some parts of the table
 * @walk: how far to go; the rest is set. Walks visit the same parts in the
 *	same order.
 * @fn: called for each dentry
 * @arg: handed to it
 * @progress: whether it may go on at all
 *
 * Takes no lock, and lets others run after each part. Visits MIN_PARTS or
 * MIN_DENTRIES even when there is no time for them.
 *
 * Context: Process context, sleeps. After ks_dcache_init().
 * Return: 0, also when the time was over, or -EINTR when it was stopped.
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
