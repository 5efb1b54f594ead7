// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs collectors: checks whether one may run now, and keeps its cost.
 */
#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/moduleparam.h>
#include <linux/netlink.h>
#include <linux/nodemask.h>
#include <linux/printk.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "internals/hotplug.h"
#include "internals/internals.h"
#include "internals/lock_hold.h"
#include "internals/progress.h"
#include "run/collection.h"

/*
 * Nodes times CPUs above which a view without steps takes too long for a caller
 * that others wait for. Estimate: 1.5 ms for the counters of 8 times 512.
 */
#define MANY_NODE_CPUS	4096

static bool enabled = true;
module_param(enabled, bool, 0600);
MODULE_PARM_DESC(enabled, "allow collecting (default Y)");

static char *disable[KS_MAX_COLLECTORS];
static unsigned int nr_disable;
module_param_array(disable, charp, &nr_disable, 0400);
MODULE_PARM_DESC(disable, "collectors to turn off, comma-separated");

static bool is_disabled(const struct ks_collector *collector)
{
	unsigned int i;

	for (i = 0; i < nr_disable; i++)
		if (!strcmp(disable[i], collector->name))
			return true;
	return false;
}

/* Returns why a collector may not run now, or NULL when it may. */
static const char *collector_refusal(const struct ks_collector *collector)
{
	if (collector->always)
		return NULL;
	if (is_disabled(collector))
		return "turned off by the module parameter disable";
	if (ks_internals_missing(collector->needs))
		return ks_internals_missing(collector->needs);
	if (!READ_ONCE(enabled))
		return "collecting is switched off";
	if (collector->needs_private && ks_internals_locked_down())
		return KS_LOCKED_DOWN;
	return NULL;
}

static bool is_collector(const char *name)
{
	unsigned int i;

	for (i = 0; i < ks_nr_collectors; i++)
		if (!ks_collectors[i]->always &&
		    !strcmp(ks_collectors[i]->name, name))
			return true;
	return false;
}

/**
 * ks_collect_init() - check the module parameters on collectors
 *
 * Return: 0, or -EINVAL when disable names no collector.
 */
int ks_collect_init(void)
{
	unsigned int i;

	for (i = 0; i < nr_disable; i++) {
		if (is_collector(disable[i]))
			continue;
		pr_err("parameter disable: no collector is named '%s'\n",
		       disable[i]);
		return -EINVAL;
	}
	return 0;
}

/**
 * ks_collect_switch() - allow or forbid all collecting
 * @on: whether to allow it
 *
 * Collections under way stop at their next step.
 */
void ks_collect_switch(bool on)
{
	WRITE_ONCE(enabled, on);
}

/**
 * ks_view_next() - step through the views of all collectors
 * @view: a view, or NULL to get the first
 *
 * Return: the view after it, or NULL after the last.
 */
const struct ks_view *ks_view_next(const struct ks_view *view)
{
	unsigned int i = 0;

	if (view) {
		while (ks_collectors[i] != view->collector)
			i++;
		if (++view < ks_collectors[i]->views +
		    ks_collectors[i]->nr_views)
			return view;
		i++;
	}
	for (; i < ks_nr_collectors; i++)
		if (ks_collectors[i]->nr_views)
			return ks_collectors[i]->views;
	return NULL;
}

/**
 * ks_collect_find() - find the view that a netlink command dumps
 * @cmd: the command
 *
 * Return: the view, or NULL when it dumps none.
 */
const struct ks_view *ks_collect_find(u8 cmd)
{
	const struct ks_view *view;

	ks_for_each_view(view)
		if (view->kind->cmd == cmd)
			return view;
	return NULL;
}

/**
 * ks_collect_find_work() - find the view that a job collects
 * @kind: the name of the record type
 *
 * Return: the view, or NULL when no job collects it.
 */
const struct ks_view *ks_collect_find_work(const char *kind)
{
	const struct ks_view *view;

	ks_for_each_view(view)
		if (view->work && !strcmp(view->kind->name, kind))
			return view;
	return NULL;
}

/**
 * ks_collect_allowed() - get the global switch, for long walks to poll
 *
 * Return: the flag that ks_collect_switch() sets.
 */
const bool *ks_collect_allowed(void)
{
	return &enabled;
}

/**
 * ks_extack_set() - set the text of an extack
 * @extack: the extack, or NULL
 * @text: a text that outlives the request, or NULL for none
 *
 * For texts that are no literals, as NL_SET_ERR_MSG() takes only these.
 */
void ks_extack_set(struct netlink_ext_ack *extack, const char *text)
{
	if (extack)
		extack->_msg = text;
}

/**
 * ks_collect_explain() - set the text of an error that has one cause only
 * @view: what was collected
 * @err: the error
 * @extack: set for these errors, left alone for others
 */
void ks_collect_explain(const struct ks_view *view, int err,
			struct netlink_ext_ack *extack)
{
	switch (err) {
	case -EINTR:
		ks_extack_set(extack, ks_collect_refusal(view));
		break;
	case -ENOMEM:
		NL_SET_ERR_MSG(extack, "the host is short of memory, try again");
		break;
	case -ENOBUFS:
		NL_SET_ERR_MSG(extack,
			       "all readers together would exceed max_memory_kib");
		break;
	case -ETIME:
		NL_SET_ERR_MSG(extack, "this would take longer than max_walk_ms allows");
		break;
	}
}

/**
 * ks_collect_refusal() - get why a view with all its options may not run now
 * @view: the view
 *
 * Return: the reason, or NULL when it may.
 */
const char *ks_collect_refusal(const struct ks_view *view)
{
	return collector_refusal(view->collector) ?:
	       ks_internals_missing(view->option_needs);
}

/*
 * Decides whether to retry after an error. Pauses first, so that others get the
 * lock. Returns 0 to retry, or the error to end with.
 */
static int busy_retry(int err, const struct ks_progress *wait, u64 until_ns)
{
	if (err != -EBUSY || !wait || ks_hold_clock() > until_ns)
		return err;
	usleep_range(500, 1000);
	switch (ks_progress_check(wait)) {
	case 0:
		return 0;
	case -EINTR:
		return -EINTR;
	default:
		return err;
	}
}

/* Memory hotplug may have changed zones and nodes meanwhile. */
static void collection_note_changes(struct ks_collection *c)
{
	if (c->generation != ks_hotplug_generation())
		c->snap->changed = true;
}

/* Begins a collection once. Without @wait others wait for us. */
static int collection_try(struct ks_collection *c, const void *want,
			  unsigned long options, const struct ks_progress *wait,
			  struct netlink_ext_ack *extack)
{
	const struct ks_view *view = c->view;
	int err;

	c->generation = ks_hotplug_generation();
	c->snap = wait ? ks_snapshot_new(view->kind, want) :
			 ks_snapshot_new_now(view->kind, want);
	if (!c->snap)
		return -ENOMEM;
	c->snap->options = options;
	err = view->collect(c->snap, extack);
	if (err)
		ks_snapshot_free(c->snap);
	return err;
}

/* Refuses what may not run now, and clears the text of an earlier try. */
static int collector_check(const struct ks_view *view, unsigned long options,
			   struct netlink_ext_ack *extack)
{
	const char *reason = options ? ks_collect_refusal(view) :
				       collector_refusal(view->collector);

	ks_extack_set(extack, reason);
	return reason ? -EOPNOTSUPP : 0;
}

/**
 * ks_collect_begin_by() - begin a collection as a part of a long walk
 * @c: set; end it with ks_collect_end() when this succeeded
 * @view: what to collect
 * @want: only records that match this; NULL for all
 * @options: bits of the kind's options
 * @wait: the walk, which ends the wait for a busy lock; NULL for no wait
 * @extack: may be NULL
 *
 * Context: as for ks_collect_begin().
 * Return: as for ks_collect_begin(), or -EINTR when @wait was ended.
 */
int ks_collect_begin_by(struct ks_collection *c, const struct ks_view *view,
			const void *want, unsigned long options,
			const struct ks_progress *wait,
			struct netlink_ext_ack *extack)
{
	u64 since = ks_hold_clock();
	int err;

	c->view = view;
	c->shared = false;
	do {
		err = collector_check(view, options, extack);
		if (err)
			return err;
		err = collection_try(c, want, options, wait, extack);
		if (!err)
			break;
		err = busy_retry(err, wait, since + KS_PATIENCE_NS);
	} while (!err);
	if (err) {
		ks_collect_explain(view, err, extack);
		return err;
	}
	if (!view->step)
		ks_snapshot_complete_all(c->snap);
	collection_note_changes(c);
	c->ns = ks_hold_clock() - since;
	return 0;
}

static struct ks_progress progress_for(u64 ns)
{
	return (struct ks_progress) {
		.until_ns = ks_hold_clock() + ns,
		.allowed = &enabled,
	};
}

/**
 * ks_collect_begin() - begin a collection
 * @c: set; end it with ks_collect_end() when this succeeded
 * @view: what to collect
 * @want: only records that match this; NULL for all
 * @options: bits of the kind's options
 * @wait_ns: how long to wait for a busy lock, up to KS_PATIENCE_NS. Use 0 where
 *	others wait for the caller: then no memory is reclaimed, either.
 * @extack: may be NULL
 *
 * Context: Process context, sleeps. Takes about 1 ms beside its waits.
 * ks_collect_step() does the rest.
 * Return: 0, -EOPNOTSUPP when the collector is off, -EBUSY, -ENOMEM, -ENOBUFS,
 * or -EINTR by a signal. With @wait_ns 0, -EBUSY and -ENOMEM only mean that a
 * caller that can wait should try again.
 */
int ks_collect_begin(struct ks_collection *c, const struct ks_view *view,
		     const void *want, unsigned long options, u64 wait_ns,
		     struct netlink_ext_ack *extack)
{
	const struct ks_progress wait = progress_for(wait_ns);

	return ks_collect_begin_by(c, view, want, options,
				   wait_ns ? &wait : NULL, extack);
}

/**
 * ks_collect_is_long() - check whether beginning takes a caller that can wait
 * @view: the view
 *
 * Return: true if this host has so many CPUs and nodes that the first step
 * takes too long for a caller that others wait for.
 */
bool ks_collect_is_long(const struct ks_view *view)
{
	return !view->step && !view->collector->always &&
	       num_online_nodes() * num_online_cpus() > MANY_NODE_CPUS;
}

/**
 * ks_collect_complete() - check whether all records are complete
 * @c: a collection
 *
 * Return: true when ks_collect_step() has nothing left to do.
 */
bool ks_collect_complete(const struct ks_collection *c)
{
	return !c->snap->more_items && c->snap->nr_done == c->snap->nr;
}

/**
 * ks_collect_step_by() - complete some more records as a part of a long walk
 * @c: a collection that is not complete
 * @wait: the walk, which ends the wait for a busy lock; NULL for no wait
 * @extack: may be NULL
 *
 * Context: Process context, sleeps. Takes about 1 ms beside its waits.
 * Return: 0, -EOPNOTSUPP when the collector was turned off meanwhile, -EBUSY,
 * or -EINTR when @wait was ended or the reader is being killed.
 */
int ks_collect_step_by(struct ks_collection *c, const struct ks_progress *wait,
		       struct netlink_ext_ack *extack)
{
	u64 since = ks_hold_clock();
	int err;

	do {
		err = collector_check(c->view, 0, extack);
		if (err)
			return err;
		if (fatal_signal_pending(current))
			return -EINTR;
		err = c->view->step(c->snap, extack);
		if (!err)
			break;
		err = busy_retry(err, wait, since + KS_PATIENCE_NS);
	} while (!err);
	collection_note_changes(c);
	c->ns += ks_hold_clock() - since;
	ks_collect_explain(c->view, err, extack);
	return err;
}

/**
 * ks_collect_step() - complete some more records
 * @c: a collection that is not complete
 * @wait_ns: as for ks_collect_begin()
 * @extack: may be NULL
 *
 * Context: Process context, sleeps. Takes about 1 ms beside its waits.
 * Return: as for ks_collect_step_by().
 */
int ks_collect_step(struct ks_collection *c, u64 wait_ns,
		    struct netlink_ext_ack *extack)
{
	const struct ks_progress wait = progress_for(wait_ns);

	return ks_collect_step_by(c, wait_ns ? &wait : NULL, extack);
}

/**
 * ks_collect_end() - end a collection
 * @c: a collection, complete or not
 */
void ks_collect_end(struct ks_collection *c)
{
	struct ks_cost *cost = c->view->collector->cost;
	s64 longest = atomic64_read(&cost->longest_ns);

	ks_snapshot_free(c->snap);
	if (c->shared)
		return;
	atomic64_inc(&cost->nr);
	atomic64_set(&cost->last_ns, c->ns);
	while ((s64)c->ns > longest &&
	       !atomic64_try_cmpxchg(&cost->longest_ns, &longest, c->ns))
		;
}

/**
 * ks_collector_describe() - fill a collector's record
 * @collector: which
 * @record: all fields unset before
 */
void ks_collector_describe(const struct ks_collector *collector,
			   struct ks_collector_record *record)
{
	struct ks_cost *cost = collector->cost;
	const char *reason = collector_refusal(collector);

	strscpy(record->name, collector->name, sizeof(record->name));
	strscpy(record->state, reason ? "off" : "on", sizeof(record->state));
	record->collects_total = atomic64_read(&cost->nr);
	if (record->collects_total) {
		record->last_ns = atomic64_read(&cost->last_ns);
		record->longest_ns = atomic64_read(&cost->longest_ns);
	}
	if (reason)
		strscpy(record->reason, reason, sizeof(record->reason));
}

static void name_append(char *list, size_t size, const char *name)
{
	const size_t len = strlen(list);

	scnprintf(list + len, size - len, "%s%s", len ? "," : "", name);
}

/**
 * ks_collectors_describe() - fill the collectors' part of the status record
 * @record: all fields unset before
 */
void ks_collectors_describe(struct ks_status_record *record)
{
	const struct ks_collector *collector;
	unsigned int i;

	/* It may be switched meanwhile. */
	record->enabled = READ_ONCE(enabled);
	record->collectors_on[0] = '\0';
	record->collectors_off[0] = '\0';
	for (i = 0; i < ks_nr_collectors; i++) {
		collector = ks_collectors[i];
		if (collector->always)
			continue;
		if (collector_refusal(collector))
			name_append(record->collectors_off,
				    sizeof(record->collectors_off),
				    collector->name);
		else
			name_append(record->collectors_on,
				    sizeof(record->collectors_on),
				    collector->name);
	}
}
