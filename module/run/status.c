// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's view of itself: its status, its collectors and their cost.
 */
#include <linux/module.h>
#include <linux/string.h>
#include <linux/utsname.h>

#include "internals/internals.h"
#include "internals/lock_hold.h"
#include "record/kinds.h"
#include "record/memory.h"
#include "run/collection.h"
#include "run/job.h"
#include "run/status.h"

/* A lock's fields; unset until it was held once. */
#define describe_hold(_record, _prefix, _lock)				\
do {									\
	struct ks_hold _hold;						\
									\
	ks_hold_read(_lock, &_hold);					\
	if (_hold.longest_ns) {						\
		(_record)->_prefix##_longest_ns = _hold.longest_ns;	\
		(_record)->_prefix##_most_entries = _hold.most_entries;	\
	}								\
} while (0)

static void describe_canary(struct ks_status_record *record)
{
	struct ks_canary canary;

	ks_internals_canary(&canary);
	if (!canary.ran)
		return;
	record->canary_nr_nodes = canary.nr_nodes;
	record->canary_nr_cpus = canary.nr_cpus;
	if (!canary.counted)
		return;
	record->canary_nr_objects = canary.nr_objects;
	record->canary_nr_found = canary.nr_found;
}

/**
 * ks_self_status() - fill the status record
 * @record: set
 */
void ks_self_status(struct ks_status_record *record)
{
	struct ks_memory memory;

	ks_record_init(&ks_kind_status, record);
	strscpy(record->version, THIS_MODULE->version, sizeof(record->version));
	strscpy(record->kernel, init_utsname()->release,
		sizeof(record->kernel));
	ks_status_describe(record);
	describe_canary(record);
	describe_hold(record, list_lock, KS_LOCK_LIST);
	describe_hold(record, zone_lock, KS_LOCK_ZONE);
	describe_hold(record, slab_mutex, KS_LOCK_SLAB_MUTEX);
	record->holds_preemptible = IS_ENABLED(CONFIG_PREEMPT_RT);
	record->contended_total = ks_hold_nr_contended();
	if (ks_internals_missing(BIT(KS_NEED_CACHED)))
		strscpy(record->exact_off, ks_internals_missing(BIT(KS_NEED_CACHED)),
			sizeof(record->exact_off));
	ks_memory_read(&memory);
	record->memory_bytes = memory.now;
	record->memory_peak_bytes = memory.peak;
	record->memory_limit_bytes = memory.limit;
}

static int collectors_collect(struct ks_snapshot *snap,
			      struct netlink_ext_ack *extack)
{
	unsigned int i;
	int err;

	err = ks_snapshot_reserve(snap, ks_nr_collectors, 0);
	if (err)
		return err;
	for (i = 0; i < ks_nr_collectors; i++) {
		struct ks_collector_record *record;

		if (ks_collectors[i]->always)
			continue;
		record = ks_snapshot_next(snap);
		ks_collector_describe(ks_collectors[i], record);
		ks_snapshot_keep(snap);
	}
	return 0;
}

static struct ks_cost self_cost;

static const struct ks_view self_views[] = {
	{
		.collector = &ks_collector_self,
		.kind = &ks_kind_collector,
		.path = "collectors",
		.collect = collectors_collect,
	}, {
		.collector = &ks_collector_self,
		.kind = &ks_kind_job,
		.path = "jobs",
		.collect = ks_job_list,
	},
};

const struct ks_collector ks_collector_self = {
	.name = "self",
	.always = true,
	.cost = &self_cost,
	.views = self_views,
	.nr_views = ARRAY_SIZE(self_views),
};
