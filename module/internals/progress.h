/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A walk that may take seconds: how far it is, and whether it may go on.
 */
#ifndef KS_INTERNALS_PROGRESS_H
#define KS_INTERNALS_PROGRESS_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/sched/signal.h>
#include <linux/types.h>

#include "internals/lock_hold.h"

/**
 * struct ks_progress - a long walk, as others see and stop it
 * @permille: how much is done
 * @stop: set by others to end it
 * @enough: set by others when what there is will do
 * @until_ns: the ks_hold_clock() at which it ends, done or not
 * @allowed: cleared by others to end it, and all others
 */
struct ks_progress {
	unsigned int permille;
	bool stop;
	bool enough;
	u64 until_ns;
	const bool *allowed;
};

/**
 * ks_progress_check() - whether a walk may go on
 * @progress: the walk's
 *
 * Context: Process context.
 * Return: 0, -EINTR when it was stopped, or who waits for it has a signal, or
 * -ETIME when its time is over.
 */
static inline int ks_progress_check(const struct ks_progress *progress)
{
	if (READ_ONCE(progress->stop) || !READ_ONCE(*progress->allowed) ||
	    signal_pending(current))
		return -EINTR;
	return ks_hold_clock() > progress->until_ns ? -ETIME : 0;
}

/**
 * ks_progress_left() - how long a walk may still go on
 * @progress: the walk's
 *
 * Return: nanoseconds; 0 when its time is over.
 */
static inline u64 ks_progress_left(const struct ks_progress *progress)
{
	const u64 now = ks_hold_clock();

	return progress->until_ns > now ? progress->until_ns - now : 0;
}

#endif /* KS_INTERNALS_PROGRESS_H */
