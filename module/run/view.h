/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a collector is, and the views that it offers.
 *
 * Where a function takes an extack, an error sets its text if there is more to
 * say than the error's name. The extack may be NULL. Who makes an error sets
 * its text, except for those that ks_collect_explain() knows. All texts outlive
 * the request, as a job keeps them.
 */
#ifndef KS_RUN_VIEW_H
#define KS_RUN_VIEW_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "record/records.h"
#include "record/snapshot.h"

struct ks_progress;
struct netlink_ext_ack;

/* Views that one job can collect together. */
#define KS_MAX_TOGETHER		4

/**
 * struct ks_request - the request of a job
 * @job: its fields, as a record in which all others are unset
 * @options: bits of the job kind's options
 */
struct ks_request {
	struct ks_job_record job;
	unsigned long options;
};

/**
 * struct ks_work - work that takes too long for a reader to wait
 * @run: does it for the snapshots of all views that share it, in the
 *	collector's order. May take long, but ends soon after @progress says
 *	so.
 */
struct ks_work {
	int (*run)(struct ks_snapshot *const *snaps,
		   const struct ks_request *asked, struct ks_progress *progress,
		   struct netlink_ext_ack *extack);
};

/**
 * struct ks_view - one record type that a collector makes
 * @collector: the collector that it belongs to
 * @kind: the kind
 * @path: its file below kmemscope/ in debugfs, or NULL for none
 * @option_needs: a bit for each &enum ks_need, without which its options are
 *	refused
 * @collect: reserves the snapshot and fills it. Where that would take longer
 *	than about 1 ms it only notes the items to count, for @step.
 * @step: optional: makes or completes some more records, for about 1 ms
 * @work: optional: what only a job does, between @collect and the steps. One
 *	job collects all views that share it.
 * @work_only: whether there are no records without @work
 * @names: whether its records have names of files or processes, so that a
 *	reader needs CAP_SYS_ADMIN
 * @private: whether the kernel's own file of these counts is 0400, so that a
 *	reader needs CAP_PERFMON or CAP_SYS_ADMIN
 *
 * All callbacks run in process context, without locks, and may sleep. They
 * return 0 or an error. Each reader has its own snapshot.
 */
struct ks_view {
	const struct ks_collector *collector;
	const struct ks_kind *kind;
	const char *path;
	unsigned long option_needs;
	int (*collect)(struct ks_snapshot *snap,
		       struct netlink_ext_ack *extack);
	int (*step)(struct ks_snapshot *snap, struct netlink_ext_ack *extack);
	const struct ks_work *work;
	bool work_only;
	bool names;
	bool private;
};

/**
 * struct ks_cost - the cost of a collector since the module was loaded
 * @nr: collections
 * @last_ns: time of the last
 * @longest_ns: time of the longest
 */
struct ks_cost {
	atomic64_t nr;
	atomic64_t last_ns;
	atomic64_t longest_ns;
};

/**
 * struct ks_collector - a collector
 * @name: its name, as in status and in the module parameter disable
 * @needs: a bit for each &enum ks_need, without which it is off
 * @needs_private: whether it reads the kernel's private structures, which
 *	lockdown=confidentiality forbids
 * @always: whether it works even while collecting is switched off
 * @cost: where its cost is kept
 * @views: its record types
 * @nr_views: how many
 */
struct ks_collector {
	const char *name;
	unsigned long needs;
	bool needs_private;
	bool always;
	struct ks_cost *cost;
	const struct ks_view *views;
	unsigned int nr_views;
};

/* All of them; main.c has the array. */
#define KS_MAX_COLLECTORS	16
extern const struct ks_collector *const ks_collectors[];
extern const unsigned int ks_nr_collectors;

const struct ks_view *ks_view_next(const struct ks_view *view);

/* All views of all collectors. */
#define ks_for_each_view(_view)						\
	for ((_view) = ks_view_next(NULL); (_view);			\
	     (_view) = ks_view_next(_view))

#endif /* KS_RUN_VIEW_H */
