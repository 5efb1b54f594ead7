// SPDX-License-Identifier: GPL-2.0-only
/*
 * Maxima of lock holds, kept without a lock of their own.
 */
#include <linux/atomic.h>
#include <linux/ktime.h>

#include "internals/lock_hold.h"

static struct {
	atomic64_t longest_ns;
	atomic_t most_entries;
} holds[KS_NR_LOCKS];

static atomic64_t nr_contended = ATOMIC64_INIT(0);

/**
 * ks_hold_clock() - read the module's clock
 *
 * Context: Any, NMI included.
 * Return: nanoseconds.
 */
u64 ks_hold_clock(void)
{
	return ktime_get_mono_fast_ns();
}

/**
 * ks_hold_note() - note a lock hold that just ended
 * @lock: the lock
 * @ns: its duration; read the clock before the lock is released
 * @entries: entries that were read meanwhile
 *
 * Context: Any. Call it after the lock is released.
 */
void ks_hold_note(enum ks_lock lock, u64 ns, u32 entries)
{
	s64 longest = atomic64_read(&holds[lock].longest_ns);
	int most = atomic_read(&holds[lock].most_entries);

	while ((s64)ns > longest &&
	       !atomic64_try_cmpxchg(&holds[lock].longest_ns, &longest, ns))
		;
	while ((int)entries > most &&
	       !atomic_try_cmpxchg(&holds[lock].most_entries, &most, entries))
		;
}

/**
 * ks_hold_contended() - count a lock that stayed busy
 */
void ks_hold_contended(void)
{
	atomic64_inc(&nr_contended);
}

/**
 * ks_hold_read() - get the maxima of a lock
 * @lock: the lock
 * @hold: set
 */
void ks_hold_read(enum ks_lock lock, struct ks_hold *hold)
{
	hold->longest_ns = atomic64_read(&holds[lock].longest_ns);
	hold->most_entries = atomic_read(&holds[lock].most_entries);
}

/**
 * ks_hold_nr_contended() - get the number of locks that stayed busy
 *
 * Return: the number since the module was loaded.
 */
u64 ks_hold_nr_contended(void)
{
	return atomic64_read(&nr_contended);
}
