// SPDX-License-Identifier: GPL-2.0-only
/* What this host knows about the directories that a walk met. */
#include <stdlib.h>
#include <string.h>

#include "diagnose/observe/directories.h"
#include "diagnose/observe/witness.h"
#include "host/container.h"
#include "host/process.h"

/* Cgroups are the same, or parts of one container. */
static bool is_near(const char *one, const char *other)
{
	struct kms_container a, b;

	return !strcmp(one, other) ||
	       (kms_container_find(&a, one) && kms_container_find(&b, other) &&
		!strcmp(a.engine, b.engine) && !strcmp(a.name, b.name));
}

/* Does an allocator run there?  Then its path is the one to name. */
static bool has_allocator(const char *cgroup, const void *arg)
{
	const struct kms_observation *obs = arg;
	size_t i, j;

	for (i = 0; i < obs->nr_traces; i++) {
		const struct kms_trace *trace = &obs->trace[i];

		for (j = 0; trace->facts && j < trace->allocators.nr; j++)
			if (trace->facts[j].cgroup &&
			    is_near(cgroup, trace->facts[j].cgroup))
				return true;
	}
	return false;
}

static bool walk_find(struct kms_walk *walk, const struct kms_mounts *mounts,
		      const struct kms_observation *obs)
{
	bool complete = true;
	size_t i;

	kms_walk_forget(walk);
	walk->directory = calloc(walk->directories.nr + 1,
				 sizeof(*walk->directory));
	if (!walk->directory)
		return false;
	for (i = 0; complete && i < walk->directories.nr; i++)
		complete = kms_directory_find(&walk->directory[i],
					      &walk->directories.record[i],
					      &walk->names, mounts,
					      has_allocator, obs);
	return complete;
}

bool kms_directories_find(struct kms_observation *obs,
			  const struct kms_mounts *mounts)
{
	size_t i;

	for (i = 0; i < KMS_NR_WALKS; i++)
		if (!walk_find(&obs->walk[i], mounts, obs))
			return false;
	return true;
}

bool kms_directories_read(struct kms_observation *obs)
{
	struct kms_devices devices = { 0 };
	struct kms_mounts mounts = { 0 };
	bool complete = true;
	size_t i;

	for (i = 0; complete && i < KMS_NR_WALKS; i++)
		complete = kms_devices_add(&devices,
					   &obs->walk[i].directories);
	if (complete && kms_proc_is_initial())
		complete = kms_mounts_read(&mounts, "/proc", &devices);
	complete = complete && kms_directories_find(obs, &mounts);
	kms_mounts_free(&mounts);
	free(devices.device);
	return complete;
}
