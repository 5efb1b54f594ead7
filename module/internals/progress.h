/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The progress of a walk that may take seconds, and the ways to end it.
 */
#ifndef KS_INTERNALS_PROGRESS_H
#define KS_INTERNALS_PROGRESS_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/sched/signal.h>
#include <linux/types.h>

#include "internals/lock_hold.h"

/**
 * struct ks_progress - the state of a long walk that others read and set
 * @permille: the share that is done
 * @stop: set by others to end it
 * @enough: set by others to end it early and keep its result
 * @until_ns: the ks_hold_clock() at which it ends, done or not
 * @allowed: cleared by others to end all walks
 */
struct ks_progress {
	unsigned int permille;
	bool stop;
	bool enough;
	u64 until_ns;
	const bool *allowed;
};

/**
 * ks_progress_check() - check whether a walk may go on
 * @progress: its progress
 *
 * Context: Process context.
 * Return: 0, -EINTR when it was stopped or the current process has a signal, or
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
 * ks_progress_left() - get the time left to a walk
 * @progress: its progress
 *
 * Return: nanoseconds; 0 when its time is over.
 */
static inline u64 ks_progress_left(const struct ks_progress *progress)
{
	const u64 now = ks_hold_clock();

	return progress->until_ns > now ? progress->until_ns - now : 0;
}

#endif /* KS_INTERNALS_PROGRESS_H */
