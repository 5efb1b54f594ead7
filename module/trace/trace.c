// SPDX-License-Identifier: GPL-2.0-only
/*
 * Traces the allocators of one slab cache: a job that arms probes, waits,
 * disarms them and makes records of what they found. However the wait ends, the
 * probes are removed before the job ends.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/math64.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "internals/internals.h"
#include "internals/lock_hold.h"
#include "internals/progress.h"
#include "record/kinds.h"
#include "run/view.h"
#include "trace/probe.h"
#include "trace/report.h"
#include "trace/target.h"
#include "trace/trace.h"

#define DEFAULT_NS	(10 * NSEC_PER_SEC)
#define PAUSE_MS	20	/* between checks for a stop */
#define CHECK_NS	NSEC_PER_SEC	/* between checks of the cache */
#define LOAD_NS		(500 * NSEC_PER_MSEC)	/* between checks of the load */

/*
 * An event costs 150 to 350 instructions: a million a second is some 5 to 10 %
 * of a CPU.
 */
static unsigned int max_trace_rate = 1000000;
module_param(max_trace_rate, uint, 0600);
MODULE_PARM_DESC(max_trace_rate,
		 "end a trace when one CPU has more slab allocations and frees a second; 0 for no limit (default 1000000)");

/* One trace at a time, as its probes slow all allocations on the host. */
static DEFINE_MUTEX(tracing);

/**
 * struct wait - the last checks of a trace that waits
 * @checked: time of the last check of the cache
 * @loaded: time of the last check of the load
 */
struct wait {
	u64 checked;
	u64 loaded;
};

static bool trace_is_overload(struct ks_probe *probe, u64 now,
			      struct wait *wait)
{
	/* A parameter that root may write at any time. */
	const u64 limit = READ_ONCE(max_trace_rate), ns = now - wait->loaded;
	u64 nr;

	if (ns < LOAD_NS)
		return false;
	nr = ks_probe_busiest(probe);
	wait->loaded = now;
	return limit && nr > mul_u64_u64_div_u64(limit, ns, NSEC_PER_SEC);
}

/* Another cache may be at the address of one that is gone. */
static int trace_check_target(const struct ks_target *target, u64 now,
			      struct wait *wait, struct netlink_ext_ack *extack)
{
	if (now - wait->checked <= CHECK_NS)
		return 0;
	wait->checked = now;
	return ks_target_check(target, extack);
}

/* Sets why the trace ended, unless it returns an error. */
static int trace_wait(struct ks_probe *probe, u64 since, u64 until,
		      struct ks_traced *traced, struct ks_progress *progress,
		      struct netlink_ext_ack *extack)
{
	struct wait wait = { .checked = since, .loaded = since };
	u64 now;
	int err;

	traced->ended = "time";
	for (now = since; now < until; now = ks_hold_clock()) {
		/* The reader sets "enough". */
		err = ks_progress_check(progress);
		if (err == -ETIME)
			traced->ended = "max-walk";
		else if (READ_ONCE(progress->enough))
			traced->ended = "finish";
		else if (trace_is_overload(probe, now, &wait))
			traced->ended = "overload";
		else if (!err)
			err = trace_check_target(traced->target, now, &wait,
						 extack);
		if (err)
			return err == -ETIME ? 0 : err;
		if (strcmp(traced->ended, "time"))
			return 0;
		/* Readers of the job read it without a lock. */
		WRITE_ONCE(progress->permille,
			   div64_u64((now - since) * 1000, until - since));
		schedule_timeout_idle(min(msecs_to_jiffies(PAUSE_MS),
					  nsecs_to_jiffies(until - now) + 1));
	}
	return 0;
}

/*
 * Runs between arming and disarming. The cache is counted at both ends. It must
 * still be there at the end, or the events may be of another cache.
 */
static int trace_count(struct ks_probe *probe, u64 ns, struct ks_traced *traced,
		       struct ks_progress *progress,
		       struct netlink_ext_ack *extack)
{
	const struct ks_target *target = traced->target;
	struct ks_target_count before, after;
	u64 since;
	int err;

	err = ks_target_begin(target, &probe->counting, &before, progress,
			      extack);
	since = ks_hold_clock();
	if (!err)
		err = trace_wait(probe, since, since + ns, traced, progress,
				 extack);
	if (!err)
		err = ks_target_end(target, &probe->counting, &after, progress,
				    extack);
	/* Probes read it on all CPUs. */
	WRITE_ONCE(probe->counting, false);
	traced->ns = ks_hold_clock() - since;
	if (err)
		return err;
	traced->grown_known = before.known && after.known;
	if (!traced->grown_known)
		return 0;
	traced->nr_grown = (s64)(after.nr_inuse - before.nr_inuse);
	traced->grown_error = before.error + after.error;
	return 0;
}

static u64 trace_ns(const struct ks_request *asked)
{
	const u64 ns = asked->job.duration_ns;

	return ns == KS_UNSET_U64 ? DEFAULT_NS : ns;
}

static int trace_target(const struct ks_target *target,
			const struct ks_request *asked,
			struct ks_snapshot *const *snaps,
			struct ks_progress *progress,
			struct netlink_ext_ack *extack)
{
	struct ks_traced traced = { .target = target };
	struct ks_probe *probe = ks_probe_new(target->cache,
					      asked->options & KS_JOB_STACKS);
	int err;

	if (IS_ERR(probe))
		return PTR_ERR(probe);
	err = ks_probe_arm(probe, extack);
	if (!err) {
		err = trace_count(probe, trace_ns(asked), &traced, progress,
				  extack);
		ks_probe_disarm(probe);
	}
	traced.probe = probe;
	if (!err)
		err = ks_report_fill(&traced, snaps[0], snaps[1], snaps[2]);
	ks_probe_free(probe);
	return err;
}

/* Refuses a trace that is too long at its begin, and not at its end. */
static bool trace_is_too_long(u64 ns, const struct ks_progress *progress)
{
	const u64 left = ks_progress_left(progress);

	/* A part of the allowed time has passed already. */
	return ns > left && ns - left > NSEC_PER_SEC;
}

static int trace_run(struct ks_snapshot *const *snaps,
		     const struct ks_request *asked,
		     struct ks_progress *progress,
		     struct netlink_ext_ack *extack)
{
	struct ks_target target;
	int err;

	if (!asked->job.cache[0]) {
		NL_SET_ERR_MSG(extack, "attribute cache is missing");
		return -EINVAL;
	}
	if (trace_is_too_long(trace_ns(asked), progress))
		return -ETIME;
	if (!mutex_trylock(&tracing)) {
		NL_SET_ERR_MSG(extack, "another trace is running");
		return -EBUSY;
	}
	err = ks_target_find(&target, asked->job.cache, progress, extack);
	if (!err)
		err = trace_target(&target, asked, snaps, progress, extack);
	mutex_unlock(&tracing);
	return err;
}

static const struct ks_work trace_job = {
	.run = trace_run,
};

/* The job makes all records. */
static int trace_collect(struct ks_snapshot *snap,
			 struct netlink_ext_ack *extack)
{
	return ks_snapshot_reserve(snap, 0, 0);
}

static struct ks_cost trace_cost;

#define TRACE_VIEW(_kind)				\
	{						\
		.collector = &ks_collector_trace,	\
		.kind = (_kind),			\
		.collect = trace_collect,		\
		.work = &trace_job,			\
		.work_only = true,			\
		.names = true,				\
	}

static const struct ks_view trace_views[] = {
	TRACE_VIEW(&ks_kind_trace),
	TRACE_VIEW(&ks_kind_trace_allocator),
	TRACE_VIEW(&ks_kind_trace_stack),
};

const struct ks_collector ks_collector_trace = {
	.name = "trace",
	.needs = BIT(KS_NEED_SLAB) | BIT(KS_NEED_PERCPU),
	.needs_private = true,
	.cost = &trace_cost,
	.views = trace_views,
	.nr_views = ARRAY_SIZE(trace_views),
};
