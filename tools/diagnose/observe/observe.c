// SPDX-License-Identifier: GPL-2.0-only
/*
 * All that a diagnosis observes, and when:
 *
 *	the processes of the host, and how much tasks wait for memory
 *	the first moment, and a walk over all dentries
 *	a moment every second, to see what begins to grow; one is the middle
 *	a trace of what grows, each time that something does
 *	another walk if that is dentries or inodes
 *	the last moment, when the jobs have freed their memory
 *	the same of the host again
 *	the witnesses of the host: allocators, cgroups and mounts
 *
 * What cannot be had is noted, and the rest goes on.
 */
#include "client/nl.h"
#include "client/version.h"
#include "diagnose/observe/host_moment.h"
#include "diagnose/observe/jobs.h"
#include "diagnose/observe/moment.h"
#include "diagnose/observe/observe.h"
#include "diagnose/observe/watch.h"
#include "diagnose/observe/witness.h"
#include "host/process.h"
#include "lib/array.h"
#include "lib/clock.h"

/* Parts of the time, out of 1000. */
#define WATCH_FROM 250		/* the first walk has ended by then */
#define JOBS_UNTIL 900

/* The first walk takes no longer, however long the observation. */
#define MAX_WATCH_FROM_NS (4 * NS_PER_SEC)

static bool (*const witnesses[])(struct kms_observation *obs) = {
	kms_available_read,
	kms_shared_files_read,
	kms_allocators_read,
	kms_holders_read,
	kms_directories_read,
};

/* Ask all witnesses of the host; false when memory is out. */
static bool host_observe(struct kms_observation *obs)
{
	size_t i;

	if (!kms_proc_is_initial())
		kms_strings_add(&obs->missing,
				"processes and mounts: /proc is not that of the host's own PID namespace");
	for (i = 0; i < ARRAY_SIZE(witnesses); i++)
		if (!witnesses[i](obs))
			return false;
	return !obs->missing.failed;
}

static enum kms_status all_observe(struct kms_observation *obs,
				   struct kms_nl *nl, uint64_t ns,
				   struct kms_error *err)
{
	struct kms_jobs jobs = { .obs = obs, .nl = nl };
	struct kms_moment *last = &obs->moment[KMS_MOMENT_LAST];
	uint64_t began = kms_now_ns(), start, from, end;

	if (!kms_host_moment_observe(obs, KMS_HOST_BEFORE, ns))
		return kms_fail_memory(err);
	/* The first dump allocates memory for itself, which is not growth. */
	kms_moment_observe(obs, nl, &obs->moment[KMS_MOMENT_MIDDLE]);
	start = kms_now_ns();
	end = began + ns / 1000 * JOBS_UNTIL;
	kms_moment_observe(obs, nl, &obs->moment[KMS_MOMENT_FIRST]);
	from = ns / 1000 * WATCH_FROM;
	if (from > MAX_WATCH_FROM_NS)
		from = MAX_WATCH_FROM_NS;
	kms_jobs_walk(&jobs, KMS_WALK_BEFORE, kms_walk_budget(from));
	kms_jobs_finish(&jobs, start + from);
	kms_watch(obs, nl, start, start + from, end);
	kms_sleep_until(end);
	kms_moment_observe(obs, nl, last);
	kms_records_observe(obs, nl, &obs->zones.any, &last->partial, true);
	kms_records_observe(obs, nl, &obs->buddies.any, &last->partial, true);
	/* Reading /proc makes dentries and inodes of its own, so it is last. */
	if (!kms_host_moment_observe(obs, KMS_HOST_AFTER, ns) ||
	    !host_observe(obs))
		return kms_fail_memory(err);
	return KMS_OK;
}

enum kms_status kms_observe(struct kms_observation *obs, uint64_t ns,
			    struct kms_error *err)
{
	struct kms_answer answer = { 0 };
	enum kms_status status;
	struct kms_nl *nl;

	status = kms_nl_open(&nl, err);
	if (status)
		return status;
	obs->stamp = kms_stamp_now();
	status = kms_version_get(&answer, nl, err);
	obs->version = answer.version;
	if (!status)
		status = all_observe(obs, nl, ns, err);
	kms_nl_close(nl);
	return status;
}
