// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the work of views in a job. One walk may find records of several kinds,
 * for all views that share the work.
 */
#include <linux/delay.h>

#include "internals/progress.h"
#include "record/record.h"
#include "run/work.h"

/* Lets others take the lock that this job just held. */
static int locks_yield(struct ks_progress *progress)
{
	usleep_range(500, 1000);
	return ks_progress_check(progress);
}

static int collection_go_on(struct ks_collection *c,
			    struct ks_progress *progress,
			    struct netlink_ext_ack *extack)
{
	int err = locks_yield(progress);

	if (err) {
		ks_collect_explain(c->view, err, extack);
		return err;
	}
	return ks_collect_step_by(c, progress, extack);
}

/* The work needs all items. */
static int collection_find_all(struct ks_collection *c,
			       struct ks_progress *progress,
			       struct netlink_ext_ack *extack)
{
	int err = 0;

	while (!err && c->snap->more_items)
		err = collection_go_on(c, progress, extack);
	return err;
}

/* Begins a collection for each view that shares the work. */
static int views_begin(struct ks_collected *all, const struct ks_view *view,
		       struct ks_progress *progress,
		       struct netlink_ext_ack *extack)
{
	const struct ks_collector *collector = view->collector;
	unsigned long options;
	unsigned int i;
	int err;

	for (i = 0; i < collector->nr_views; i++) {
		if (collector->views[i].work != view->work)
			continue;
		/* A job may use all options. */
		options = BIT(collector->views[i].kind->nr_options) - 1;
		if (WARN_ON_ONCE(all->nr == ARRAY_SIZE(all->c)))
			return -EINVAL;
		err = ks_collect_begin_by(&all->c[all->nr],
					  &collector->views[i], NULL, options,
					  progress, extack);
		if (err)
			return err;
		/* The work is done once, so its cost counts once. */
		all->c[all->nr].shared = all->nr;
		all->nr++;
	}
	return 0;
}

static int collection_complete(struct ks_collection *c,
			       struct ks_progress *progress,
			       struct netlink_ext_ack *extack)
{
	int err = 0;

	while (!err && !ks_collect_complete(c))
		err = collection_go_on(c, progress, extack);
	return err;
}

/**
 * ks_collected_run() - run a view's work
 * @all: set to the collections; end it with ks_collected_end() when this
 *	succeeded
 * @view: a view with work; those that share it are collected as well
 * @asked: the request
 * @progress: kept up to date, and polled
 * @extack: may be NULL
 *
 * Context: Process context, sleeps. May take seconds.
 * Return: 0, -EINTR when it was stopped, or another error.
 */
int ks_collected_run(struct ks_collected *all, const struct ks_view *view,
		     const struct ks_request *asked,
		     struct ks_progress *progress,
		     struct netlink_ext_ack *extack)
{
	struct ks_snapshot *snaps[KS_MAX_TOGETHER];
	const char *reason = ks_collect_refusal(view);
	u64 since = ks_hold_clock();
	unsigned int i;
	int err;

	all->nr = 0;
	progress->allowed = ks_collect_allowed();
	if (reason) {
		ks_extack_set(extack, reason);
		return -EOPNOTSUPP;
	}
	err = views_begin(all, view, progress, extack);
	for (i = 0; i < all->nr && !err; i++)
		err = collection_find_all(&all->c[i], progress, extack);
	if (!err) {
		for (i = 0; i < all->nr; i++)
			snaps[i] = all->c[i].snap;
		err = view->work->run(snaps, asked, progress, extack);
		ks_collect_explain(view, err, extack);
		/* All began since then. */
		all->c[0].ns = ks_hold_clock() - since;
	}
	for (i = 0; i < all->nr && !err; i++)
		err = collection_complete(&all->c[i], progress, extack);
	if (err)
		ks_collected_end(all);
	return err;
}

/**
 * ks_collected_take() - take a view's collection out
 * @all: the collections of a job
 * @view: the view
 * @c: set to its collection; end it with ks_collect_end()
 *
 * Return: true if it was there, and not taken before.
 */
bool ks_collected_take(struct ks_collected *all, const struct ks_view *view,
		       struct ks_collection *c)
{
	unsigned int i;

	for (i = 0; i < all->nr; i++) {
		if (all->c[i].view != view || !all->c[i].snap)
			continue;
		*c = all->c[i];
		all->c[i].snap = NULL;
		return true;
	}
	return false;
}

/**
 * ks_collected_has() - check whether a collection is left to take
 * @all: the collections of a job
 *
 * Return: true until all of it was taken.
 */
bool ks_collected_has(const struct ks_collected *all)
{
	unsigned int i;

	for (i = 0; i < all->nr; i++)
		if (all->c[i].snap)
			return true;
	return false;
}

/**
 * ks_collected_end() - end the collections that were not taken
 * @all: the collections of a job
 */
void ks_collected_end(struct ks_collected *all)
{
	unsigned int i;

	for (i = 0; i < all->nr; i++)
		if (all->c[i].snap)
			ks_collect_end(&all->c[i]);
	all->nr = 0;
}
