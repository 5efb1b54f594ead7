// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dentries by superblock, and the directories with the most of them.
 *
 * Two walks visit the same parts of the hash table. The first counts dentries
 * by superblock and finds the top-k directories. The second counts those
 * exactly, and samples names. Counts are scaled up where the budget ends a walk
 * early.
 */
#include <linux/err.h>
#include <linux/string.h>

#include "collect/collectors.h"
#include "collect/dentry_directories.h"
#include "collect/dentry_superblocks.h"
#include "collect/dentry_tally.h"
#include "collect/dentry_topk.h"
#include "internals/dcache.h"
#include "internals/internals.h"
#include "internals/progress.h"
#include "record/kinds.h"
#include "run/view.h"

#define BUDGET_NS	(3 * (u64)NSEC_PER_SEC)

/* The first walk's share of the budget: the second has more to do. */
#define FIRST_PERMILLE	450

/* The views, in the order in which the work gets their snapshots. */
enum {
	TOTAL,
	SUPERBLOCKS,
	DIRECTORIES,
	NAMES,
};

/**
 * struct survey - the first walk
 * @all: all dentries
 * @superblocks: by superblock
 * @topk: by directory
 */
struct survey {
	struct ks_dentry_tally all;
	struct ks_superblocks *superblocks;
	struct ks_topk *topk;
};

static void survey_add(void *arg, const struct dentry *dentry)
{
	struct survey *survey = arg;
	struct ks_directory_key key;

	ks_dentry_tally_add(&survey->all, dentry);
	ks_superblocks_add(survey->superblocks, dentry);
	if (ks_dentry_directory(dentry, &key))
		ks_topk_add(survey->topk, &key);
}

static void directories_add(void *arg, const struct dentry *dentry)
{
	ks_directories_add(arg, dentry);
}

static struct ks_dentry_scale scale_of(const struct ks_dentry_walk *walk)
{
	return (struct ks_dentry_scale){
		.nr_parts = ks_dcache_nr_parts(),
		.nr_visited = walk->nr_visited,
		.nr = walk->nr_met,
		.cut = walk->cut,
	};
}

static void total_fill(struct ks_snapshot *snap, const struct survey *survey,
		       const struct ks_dentry_walk *walk, u64 walk_ns,
		       const struct ks_dentry_counts *before)
{
	const struct ks_dentry_scale scale = scale_of(walk);
	struct ks_dentry_record *record = ks_snapshot_begin(snap);
	struct ks_dentry_counts counts;

	record->nr_hashed = ks_dentry_scaled(&scale, survey->all.nr);
	record->nr_negative = ks_dentry_scaled(&scale, survey->all.nr_negative);
	record->nr_positive = record->nr_hashed - record->nr_negative;
	record->nr_lru = ks_dentry_scaled(&scale, survey->all.nr_lru);
	record->nr_lru_negative =
		ks_dentry_scaled(&scale, survey->all.nr_lru_negative);
	record->dentry_size = sizeof(struct dentry);
	record->approximate = ks_dentry_approximate(&scale);
	record->coverage_permille = ks_dentry_coverage(&scale);
	record->nr_buckets = ks_dcache_nr_buckets();
	record->nr_walked = walk->nr_met;
	record->walk_ns = walk_ns;
	ks_dcache_count(&counts);
	if (counts.known) {
		record->nr_dentries = counts.nr_dentries;
		record->nr_unused = counts.nr_unused;
		record->nr_unused_negative = counts.nr_negative;
		record->total_bytes = counts.nr_dentries *
				      sizeof(struct dentry);
		if (before->known && !record->approximate)
			record->nr_unhashed =
				ks_dentry_unhashed(counts.nr_dentries,
						   before->nr_dentries,
						   record->nr_hashed);
	}
	ks_snapshot_commit(snap);
	ks_snapshot_complete_all(snap);
}

static int directories_walk(struct ks_snapshot *const *snaps,
			    const struct survey *survey,
			    const struct ks_dentry_walk *first, u64 until_ns,
			    struct ks_progress *progress)
{
	struct ks_dentry_walk walk = {
		.until_ns = until_ns,
		.nr_parts = first->nr_visited,
	};
	struct ks_directories *directories;
	const struct ks_topk_entry *top;
	struct ks_dentry_scale scale;
	unsigned int nr;
	int err;

	top = ks_topk_sort(survey->topk, &nr);
	directories = ks_directories_new(top, nr);
	if (IS_ERR(directories))
		return PTR_ERR(directories);
	err = ks_dcache_walk(&walk, directories_add, directories, progress);
	if (!err) {
		scale = scale_of(&walk);
		ks_directories_fill(directories, snaps[DIRECTORIES], &scale);
		ks_directories_fill_names(directories, snaps[NAMES]);
		ks_snapshot_complete_all(snaps[DIRECTORIES]);
		ks_snapshot_complete_all(snaps[NAMES]);
	}
	ks_directories_free(directories);
	return err;
}

static int dentries_walk_twice(struct ks_snapshot *const *snaps,
			       struct survey *survey, u64 budget_ns,
			       struct ks_progress *progress)
{
	const u64 since = ks_hold_clock();
	struct ks_dentry_walk walk = {
		.until_ns = since + div64_u64(budget_ns * FIRST_PERMILLE, 1000),
		.nr_parts = ks_dcache_nr_parts(),
	};
	struct ks_dentry_counts before;
	struct ks_dentry_scale scale;
	int err;

	ks_dcache_count(&before);
	err = ks_dcache_walk(&walk, survey_add, survey, progress);
	if (err)
		return err;
	scale = scale_of(&walk);
	total_fill(snaps[TOTAL], survey, &walk, ks_hold_clock() - since,
		   &before);
	ks_superblocks_fill(survey->superblocks, snaps[SUPERBLOCKS], &scale);
	ks_snapshot_complete_all(snaps[SUPERBLOCKS]);
	/* Readers of the job look at it without a lock. */
	WRITE_ONCE(progress->permille, FIRST_PERMILLE);
	return directories_walk(snaps, survey, &walk, since + budget_ns,
				progress);
}

/* The requested budget, but never more than any job may take. */
static u64 request_budget(const struct ks_request *asked,
			  const struct ks_progress *progress)
{
	u64 budget_ns = asked->job.budget_ns;

	if (budget_ns == KS_UNSET_U64)
		budget_ns = BUDGET_NS;
	return min(budget_ns, ks_progress_left(progress));
}

static int dentries_work(struct ks_snapshot *const *snaps,
			 const struct ks_request *asked,
			 struct ks_progress *progress,
			 struct netlink_ext_ack *extack)
{
	struct survey survey = {};
	int err;

	survey.superblocks = ks_superblocks_new();
	if (IS_ERR(survey.superblocks))
		return PTR_ERR(survey.superblocks);
	survey.topk = ks_topk_new();
	if (IS_ERR(survey.topk)) {
		err = PTR_ERR(survey.topk);
		goto err_superblocks;
	}
	err = dentries_walk_twice(snaps, &survey, request_budget(asked,
								 progress),
				  progress);
	ks_topk_free(survey.topk);
err_superblocks:
	ks_superblocks_free(survey.superblocks);
	return err;
}

static const struct ks_work dentries_job = {
	.run = dentries_work,
};

static int total_collect(struct ks_snapshot *snap,
			 struct netlink_ext_ack *extack)
{
	return ks_snapshot_reserve(snap, 1, 0);
}

static int superblocks_collect(struct ks_snapshot *snap,
			       struct netlink_ext_ack *extack)
{
	return ks_snapshot_reserve(snap, KS_MAX_SUPERBLOCKS + 1, 0);
}

static int directories_collect(struct ks_snapshot *snap,
			       struct netlink_ext_ack *extack)
{
	return ks_snapshot_reserve(snap, KMEMSCOPE_MAX_DIRECTORIES, 0);
}

static int names_collect(struct ks_snapshot *snap,
			 struct netlink_ext_ack *extack)
{
	return ks_snapshot_reserve(snap, KMEMSCOPE_MAX_DIRECTORIES *
				   KS_MAX_DIRECTORY_NAMES, 0);
}

static struct ks_cost dentry_cost;

#define VIEW(_kind, _path, _collect)					\
	{								\
		.collector = &ks_collector_dentry,			\
		.kind = &(_kind),					\
		.path = (_path),					\
		.collect = (_collect),					\
		.work = &dentries_job,					\
		.work_only = true,					\
		.names = true,						\
	}

static const struct ks_view dentry_views[] = {
	[TOTAL] = VIEW(ks_kind_dentry, "dentry/total", total_collect),
	[SUPERBLOCKS] = VIEW(ks_kind_dentry_superblock, "dentry/superblocks",
			     superblocks_collect),
	[DIRECTORIES] = VIEW(ks_kind_dentry_directory, "dentry/directories",
			     directories_collect),
	[NAMES] = VIEW(ks_kind_dentry_name, "dentry/names", names_collect),
};

const struct ks_collector ks_collector_dentry = {
	.name = "dentry",
	.needs = BIT(KS_NEED_DCACHE),
	.needs_private = true,
	.cost = &dentry_cost,
	.views = dentry_views,
	.nr_views = ARRAY_SIZE(dentry_views),
};
