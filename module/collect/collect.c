// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs collectors: whether one may run now, for whom, and what it cost.
 */
#include <linux/atomic.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/security.h>
#include <linux/string.h>

#include "collect/collect.h"
#include "internals/hold.h"
#include "internals/internals.h"

static bool enabled = true;
module_param(enabled, bool, 0600);
MODULE_PARM_DESC(enabled, "whether anything may be collected (default Y)");

static char *disable[KS_MAX_COLLECTORS];
static unsigned int nr_disable;
module_param_array(disable, charp, &nr_disable, 0400);
MODULE_PARM_DESC(disable, "collectors to keep off, comma-separated");

/**
 * struct cost - what a collector has cost since the module was loaded
 * @nr: collections
 * @last_ns: time of the last; unset before the first
 * @longest_ns: time of the longest
 */
static struct cost {
	atomic64_t nr;
	atomic64_t last_ns;
	atomic64_t longest_ns;
} costs[KS_MAX_COLLECTORS];

static unsigned int index_of_view(const struct ks_view *view)
{
	unsigned int i;

	for (i = 0; i < ks_nr_collectors; i++)
		if (view >= ks_collectors[i]->views &&
		    view < ks_collectors[i]->views + ks_collectors[i]->nr_views)
			return i;
	return 0;
}

static bool is_disabled(const struct ks_collector *collector)
{
	unsigned int i;

	for (i = 0; i < nr_disable; i++)
		if (!strcmp(disable[i], collector->name))
			return true;
	return false;
}

/* Why a collector may not run now; NULL when it may. */
static const char *refusal(const struct ks_collector *collector)
{
	if (collector->always)
		return NULL;
	if (is_disabled(collector))
		return "kept off by the module parameter disable";
	if (ks_internals_missing(collector->needs))
		return ks_internals_missing(collector->needs);
	if (!READ_ONCE(enabled))
		return "all collecting is switched off";
	/* Asked each time: lockdown can be raised while we are loaded. */
	if (collector->needs_private && security_locked_down(LOCKDOWN_KCORE))
		return "lockdown forbids to read the kernel's private structures";
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
 * Return: 0, or -EINVAL when disable names a collector that there is not.
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
 * A collection that has begun goes on.
 */
void ks_collect_switch(bool on)
{
	WRITE_ONCE(enabled, on);
}

/**
 * ks_collect_find() - find who makes a kind of record
 * @kind: the kind
 *
 * Return: the view, or NULL when no collector makes it.
 */
const struct ks_view *ks_collect_find(const struct ks_kind *kind)
{
	unsigned int i, j;

	for (i = 0; i < ks_nr_collectors; i++)
		for (j = 0; j < ks_collectors[i]->nr_views; j++)
			if (ks_collectors[i]->views[j].kind == kind)
				return &ks_collectors[i]->views[j];
	return NULL;
}

static const char *error_reason(int err)
{
	switch (err) {
	case -EBUSY:
		return "the kernel's slab_mutex is busy, try again";
	case -ENOBUFS:
		return "all readers together would take more memory than max_memory_kib";
	default:
		return NULL;
	}
}

/**
 * ks_collect_begin() - begin a collection
 * @c: set; end it with ks_collect_end() when this succeeded
 * @view: what to collect
 * @want: only records that match this; NULL for all
 * @reason: on error set to a text that says why, or to NULL
 *
 * Context: Process context, sleeps. Takes about 1 ms at most: what takes
 * longer is left to ks_collect_step().
 * Return: 0, -EOPNOTSUPP when the collector is off, -EBUSY, -ENOMEM, -ENOBUFS.
 */
int ks_collect_begin(struct ks_collection *c, const struct ks_view *view,
		     const void *want, const char **reason)
{
	u64 since = ks_hold_clock();
	int err;

	*reason = refusal(ks_collectors[index_of_view(view)]);
	if (*reason)
		return -EOPNOTSUPP;
	c->view = view;
	c->snap = ks_snapshot_new(view->kind, want);
	if (!c->snap)
		return -ENOMEM;
	err = view->collect(c->snap);
	if (err) {
		ks_snapshot_free(c->snap);
		*reason = error_reason(err);
		return err;
	}
	if (!view->step) {
		c->snap->nr_seen = c->snap->nr;
		c->snap->nr_filled = c->snap->nr;
	}
	c->ns = ks_hold_clock() - since;
	return 0;
}

/**
 * ks_collect_complete() - whether all records are complete
 * @c: a collection
 *
 * Return: true when ks_collect_step() has nothing left to do.
 */
bool ks_collect_complete(const struct ks_collection *c)
{
	return c->snap->nr_seen == c->snap->nr;
}

/**
 * ks_collect_step() - complete some more records
 * @c: a collection that is not complete
 * @reason: on error set to a text that says why, or to NULL
 *
 * Context: Process context, sleeps. Takes about 1 ms.
 * Return: 0, or -EBUSY.
 */
int ks_collect_step(struct ks_collection *c, const char **reason)
{
	u64 since = ks_hold_clock();
	int err;

	err = c->view->step(c->snap);
	c->ns += ks_hold_clock() - since;
	*reason = error_reason(err);
	return err;
}

/**
 * ks_collect_end() - end a collection
 * @c: a collection, complete or not
 */
void ks_collect_end(struct ks_collection *c)
{
	struct cost *cost = &costs[index_of_view(c->view)];
	s64 longest = atomic64_read(&cost->longest_ns);

	ks_snapshot_free(c->snap);
	atomic64_inc(&cost->nr);
	atomic64_set(&cost->last_ns, c->ns);
	while ((s64)c->ns > longest &&
	       !atomic64_try_cmpxchg(&cost->longest_ns, &longest, c->ns))
		;
}

/**
 * ks_collector_describe() - fill a collector's record
 * @index: which of ks_collectors[]
 * @record: all fields unset before
 */
void ks_collector_describe(unsigned int index,
			   struct ks_collector_record *record)
{
	const struct ks_collector *collector = ks_collectors[index];
	struct cost *cost = &costs[index];
	const char *reason = refusal(collector);

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

static void list_collectors(char *list, size_t size, bool on)
{
	size_t len = 0;
	unsigned int i;

	for (i = 0; i < ks_nr_collectors; i++) {
		const struct ks_collector *collector = ks_collectors[i];

		if (!collector->always && on == !refusal(collector))
			len += scnprintf(list + len, size - len, "%s%s",
					 len ? "," : "", collector->name);
	}
}

/**
 * ks_status_describe() - fill the collectors' part of the status record
 * @record: all fields unset before
 */
void ks_status_describe(struct ks_status_record *record)
{
	record->enabled = READ_ONCE(enabled);
	list_collectors(record->collectors_on, sizeof(record->collectors_on),
			true);
	list_collectors(record->collectors_off, sizeof(record->collectors_off),
			false);
}
