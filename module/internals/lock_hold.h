/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Holds of the kernel's locks: durations, and entries read in one hold.
 */
#ifndef KS_INTERNALS_LOCK_HOLD_H
#define KS_INTERNALS_LOCK_HOLD_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

/*
 * Entries read in one hold of a list_lock or a zone's lock: about 70 us, at
 * 0.27 us measured for a partial slab.
 */
#define KS_MAX_HOLD_ENTRIES	256

/* Tries to take a spinlock before it counts as contended. */
#define KS_MAX_HOLD_TRIES	64

enum ks_lock {
	KS_LOCK_LIST,		/* struct kmem_cache_node::list_lock */
	KS_LOCK_ZONE,		/* struct zone::lock */
	KS_LOCK_SLAB_MUTEX,
	KS_NR_LOCKS,
};

/**
 * struct ks_hold - maxima of one lock's holds since the module was loaded
 * @longest_ns: the longest; 0 when there was none
 * @most_entries: most entries read in one
 */
struct ks_hold {
	u64 longest_ns;
	u32 most_entries;
};

u64 ks_hold_clock(void);
void ks_hold_note(enum ks_lock lock, u64 ns, u32 entries);
void ks_hold_contended(void);
void ks_hold_read(enum ks_lock lock, struct ks_hold *hold);
u64 ks_hold_nr_contended(void);

/**
 * ks_hold_trylock() - try to take a kernel lock, interrupts off
 * @lock: the lock
 * @flags: set, for spin_unlock_irqrestore()
 *
 * Never spins for long: after KS_MAX_HOLD_TRIES it counts as contended.
 *
 * Return: true if it was taken.
 */
static inline bool ks_hold_trylock(spinlock_t *lock, unsigned long *flags)
{
	unsigned int tries;

	for (tries = 0; tries < KS_MAX_HOLD_TRIES; tries++) {
		if (spin_trylock_irqsave(lock, *flags))
			return true;
		cpu_relax();
	}
	ks_hold_contended();
	return false;
}

/**
 * ks_hold_count() - count a list's entries, up to the limit of one hold
 * @list: the list
 * @more: set to whether there are more
 *
 * Return: entries, up to KS_MAX_HOLD_ENTRIES.
 */
static inline u32 ks_hold_count(const struct list_head *list, bool *more)
{
	const struct list_head *entry = list->next;
	u32 count = 0;

	for (; entry != list && count < KS_MAX_HOLD_ENTRIES; entry =
	     entry->next)
		count++;
	*more = entry != list;
	return count;
}

#endif /* KS_INTERNALS_LOCK_HOLD_H */
