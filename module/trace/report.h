/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the tables of a trace to its records.
 */
#ifndef KS_TRACE_REPORT_H
#define KS_TRACE_REPORT_H

#include <linux/types.h>

struct ks_probe;
struct ks_snapshot;
struct ks_target;

/**
 * struct ks_traced - a trace that is over
 * @probe: what the probes found; disarmed
 * @target: the cache
 * @ns: time that was traced
 * @ended: why it ended, as the spec says
 * @grown_known: whether @nr_grown is
 * @nr_grown: objects in use that the cache has more than before
 * @grown_error: by how much that may be off for lists that changed meanwhile
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
