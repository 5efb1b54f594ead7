// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports the module's own status, and its collectors with their cost.
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

/* Leaves both unset until the lock was held once. */
static void hold_describe(enum ks_lock lock, u64 *longest_ns, u32 *most_entries)
{
	struct ks_hold hold;

	ks_hold_read(lock, &hold);
	if (!hold.longest_ns)
		return;
	*longest_ns = hold.longest_ns;
	*most_entries = hold.most_entries;
}

static void canary_describe(struct ks_status_record *record)
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
 * ks_status_fill() - fill the status record
 * @record: set
 */
void ks_status_fill(struct ks_status_record *record)
{
	const char *exact_off = ks_internals_missing(BIT(KS_NEED_PERCPU));
	struct ks_memory memory;

	ks_record_init(&ks_kind_status, record);
	strscpy(record->version, THIS_MODULE->version, sizeof(record->version));
	strscpy(record->kernel, init_utsname()->release,
		sizeof(record->kernel));
	ks_collectors_describe(record);
	canary_describe(record);
	hold_describe(KS_LOCK_LIST, &record->list_lock_longest_ns,
		      &record->list_lock_most_entries);
	hold_describe(KS_LOCK_ZONE, &record->zone_lock_longest_ns,
		      &record->zone_lock_most_entries);
	hold_describe(KS_LOCK_SLAB_MUTEX, &record->slab_mutex_longest_ns,
		      &record->slab_mutex_most_entries);
	record->holds_preemptible = IS_ENABLED(CONFIG_PREEMPT_RT);
	record->contended_total = ks_hold_nr_contended();
	if (exact_off)
		strscpy(record->exact_off, exact_off,
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
		record = ks_snapshot_begin(snap);
		ks_collector_describe(ks_collectors[i], record);
		ks_snapshot_commit(snap);
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
