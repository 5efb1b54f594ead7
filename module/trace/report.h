/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes the records of a trace of its tables.
 */
#ifndef KS_TRACE_REPORT_H
#define KS_TRACE_REPORT_H

#include <linux/types.h>

struct ks_probe;
struct ks_snapshot;
struct ks_target;

/**
 * struct ks_traced - a trace that is over
 * @probe: the probes with their tables; disarmed
 * @target: the cache
 * @ns: its duration
 * @ended: why it ended, as the spec says
 * @grown_known: whether @nr_grown is known
 * @nr_grown: growth of the cache in objects in use
 * @grown_error: its possible error, by lists that changed during the counts
 */
struct ks_traced {
	const struct ks_probe *probe;
	const struct ks_target *target;
	u64 ns;
	const char *ended;
	bool grown_known;
	s64 nr_grown;
	u64 grown_error;
};

int ks_report_fill(const struct ks_traced *traced, struct ks_snapshot *whole,
		   struct ks_snapshot *allocators, struct ks_snapshot *stacks);

#endif /* KS_TRACE_REPORT_H */
