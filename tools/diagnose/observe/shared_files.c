// SPDX-License-Identifier: GPL-2.0-only
/* Where shared memory grows or is large: the files that have it. */
#include <stdlib.h>
#include <time.h>

#include "diagnose/observe/witness.h"
#include "host/process.h"
#include "host/tmpfs_walk.h"
#include "lib/clock.h"

/* Less is not worth reading the open files of all processes. */
#define MIN_GROWTH_BYTES (8 * 1024 * 1024)
#define MIN_PERMILLE 100

/* systemd mounts a small one for each service that has secrets. */
#define MAX_RAMFS 64

/* Reading takes this part of the observation at most. */
#define MAX_PART 10

static uint64_t shmem_at(const struct kms_observation *obs, size_t number)
{
	const struct kms_node_record *host =
		kms_moment_host(&obs->moment[number]);

	if (!host || host->shmem_pages == KMS_UNKNOWN)
		return 0;
	return host->shmem_pages * obs->page_bytes;
}

static uint64_t pinned_at(const struct kms_observation *obs, size_t number)
{
	uint64_t pinned =
		kms_meminfo_pinned_cache(&obs->moment[number].meminfo);

	return pinned == KMS_UNKNOWN ? 0 : pinned;
}

static bool is_worth(const struct kms_observation *obs, uint64_t before,
		     uint64_t now)
{
	const struct kms_node_record *host =
		kms_moment_host(&obs->moment[KMS_MOMENT_LAST]);

	if (now >= before + MIN_GROWTH_BYTES)
		return true;
	return host && host->managed_pages != KMS_UNKNOWN &&
	       now > host->managed_pages * obs->page_bytes / 1000 *
		     MIN_PERMILLE;
}

/* When the observation began, as files have it. */
static uint64_t began_ns(const struct kms_observation *obs)
{
	uint64_t passed = kms_now_ns() -
			  obs->moment[KMS_MOMENT_FIRST].boottime_ns;
	struct timespec now;
	uint64_t ns;

	clock_gettime(CLOCK_REALTIME, &now);
	ns = now.tv_sec * NS_PER_SEC + now.tv_nsec;
	return ns > passed ? ns - passed : 0;
}

/* The file system that grew the most; NULL: none did by enough. */
static const struct kms_tmpfs *grown_mount(const struct kms_observation *obs)
{
	const struct kms_tmpfs_mounts *now = &obs->host[KMS_HOST_AFTER].tmpfs;
	const struct kms_tmpfs *before, *found = NULL;
	uint64_t growth, largest = MIN_GROWTH_BYTES;
	size_t i;

	for (i = 0; i < now->nr; i++) {
		if (now->mount[i].used_bytes == KMS_UNKNOWN)
			continue;
		before = kms_tmpfs_find(&obs->host[KMS_HOST_BEFORE].tmpfs,
					now->mount[i].device);
		growth = before ? before->used_bytes : 0;
		growth = now->mount[i].used_bytes > growth ?
			 now->mount[i].used_bytes - growth : 0;
		if (growth >= largest) {
			largest = growth;
			found = &now->mount[i];
		}
	}
	return found;
}

/* Does a process have a file open there that was written to? */
static bool has_changed(const struct kms_observation *obs, uint64_t device)
{
	const struct kms_memory_files *open = &obs->shared_files.open;
	size_t i;

	for (i = 0; i < open->nr; i++)
		if (open->file[i].device == device && open->file[i].changed &&
		    open->file[i].bytes >= MIN_GROWTH_BYTES)
			return true;
	return false;
}

/* Who writes may close the file each time: find it by its name. */
static bool grown_find(struct kms_observation *obs, uint64_t since_ns)
{
	const struct kms_tmpfs *mount = grown_mount(obs);
	struct kms_tmpfs_file file;

	if (!mount || has_changed(obs, mount->number))
		return true;
	if (!kms_tmpfs_walk(&file, mount, "/proc", since_ns))
		return false;
	obs->shared_files.grown = file.path;
	obs->shared_files.grown_bytes = file.bytes;
	return true;
}

static bool open_read(struct kms_observation *obs, uint64_t since_ns)
{
	const struct kms_host_moment *host = &obs->host[KMS_HOST_AFTER];
	uint64_t part = (obs->moment[KMS_MOMENT_LAST].boottime_ns -
			 obs->moment[KMS_MOMENT_FIRST].boottime_ns) / MAX_PART;
	uint32_t *pids = calloc(host->processes.nr + 1, sizeof(*pids));
	uint64_t *devices = calloc(host->tmpfs.nr + 1, sizeof(*devices));
	struct kms_memory_search search = {
		.proc = "/proc", .pids = pids, .devices = devices,
		.since_ns = since_ns, .until_ns = kms_now_ns() + part,
	};
	bool complete = pids && devices;
	size_t i;

	for (i = 0; complete && i < host->processes.nr; i++)
		pids[search.nr_pids++] = host->processes.process[i].pid;
	for (i = 0; complete && i < host->tmpfs.nr; i++)
		devices[search.nr_devices++] = host->tmpfs.mount[i].number;
	complete = complete &&
		   kms_memory_files_read(&obs->shared_files.open, &search);
	free(pids);
	free(devices);
	return complete;
}

/* The kernel does not count a ramfs, so count its files. */
static bool ramfs_measure(struct kms_observation *obs)
{
	struct kms_tmpfs_mounts *mounts = &obs->host[KMS_HOST_AFTER].tmpfs;
	struct kms_tmpfs_file file;
	size_t i, nr = 0;

	for (i = 0; i < mounts->nr && nr < MAX_RAMFS; i++) {
		if (!mounts->mount[i].is_ramfs)
			continue;
		nr++;
		if (!kms_tmpfs_walk(&file, &mounts->mount[i], "/proc", 0))
			return false;
		mounts->mount[i].used_bytes = file.total_bytes;
		free(file.path);
	}
	return true;
}

bool kms_shared_files_read(struct kms_observation *obs)
{
	bool pinned = is_worth(obs, pinned_at(obs, KMS_MOMENT_FIRST),
			       pinned_at(obs, KMS_MOMENT_LAST));
	bool shared = is_worth(obs, shmem_at(obs, KMS_MOMENT_FIRST),
			       shmem_at(obs, KMS_MOMENT_LAST));
	uint64_t since_ns = began_ns(obs);

	if (!obs->host[KMS_HOST_AFTER].boottime_ns || (!pinned && !shared))
		return true;
	if (pinned && !ramfs_measure(obs))
		return false;
	obs->shared_files.observed = true;
	if (!open_read(obs, since_ns) || !grown_find(obs, since_ns))
		return false;
	if (!obs->shared_files.open.whole)
		kms_strings_add(&obs->missing,
				"some open files: there was no time to read those of all processes");
	return true;
}
