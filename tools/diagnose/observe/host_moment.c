// SPDX-License-Identifier: GPL-2.0-only
/* Read the files of the host at one time, before or after the module's. */
#include <stdlib.h>
#include <unistd.h>

#include "diagnose/observe/files.h"
#include "diagnose/observe/host_moment.h"
#include "host/process.h"
#include "lib/clock.h"

/* Reading takes these parts of the observation at most, out of 1000. */
#define PROCESSES_PERMILLE 100
#define MOUNTS_PERMILLE 50
#define FILES_PERMILLE 50

/*
 * The kernel makes the text of /proc/vmallocinfo under the locks of vmalloc, and
 * each thread has a line in it: where there are more, it is left alone.
 */
#define MAX_THREADS 20000

static uint64_t time_after(uint64_t ns, uint64_t permille)
{
	return kms_now_ns() + ns / 1000 * permille;
}

/* Compare moments only where both are whole: note it once. */
static void cut_note(struct kms_observation *obs,
		     const struct kms_host_moment *moment, size_t number)
{
	if (number != KMS_HOST_AFTER)
		return;
	if (!moment->processes.whole)
		kms_strings_add(&obs->missing,
				"some processes: there was no time to read them all");
	if (!moment->tmpfs.whole)
		kms_strings_add(&obs->missing,
				"some mount namespaces: there was no time to read their tmpfs mounts");
}

static bool mounts_observe(struct kms_host_moment *moment, uint64_t until)
{
	const struct kms_process_memories *processes = &moment->processes;
	uint32_t *pids = calloc(processes->nr + 1, sizeof(*pids));
	bool complete;
	size_t i;

	if (!pids)
		return false;
	for (i = 0; i < processes->nr; i++)
		pids[i] = processes->process[i].pid;
	complete = kms_tmpfs_read(&moment->tmpfs, "/proc", pids, processes->nr,
				  until);
	free(pids);
	return complete;
}

static bool vmalloc_observe(struct kms_observation *obs,
			    struct kms_host_moment *moment)
{
	const struct kms_process_memories *processes = &moment->processes;
	uint64_t nr_threads = 0;
	size_t i;

	for (i = 0; i < processes->nr; i++)
		nr_threads += processes->process[i].nr_threads;
	if (!processes->whole || nr_threads > MAX_THREADS)
		return true;
	return kms_vmalloc_callers_read(&moment->vmalloc, "/proc/vmallocinfo",
					obs->page_bytes);
}

bool kms_host_moment_observe(struct kms_observation *obs, size_t number,
			     uint64_t ns)
{
	struct kms_host_moment *moment = &obs->host[number];

	/* These are of the whole host in any namespace. */
	kms_pressure_read(&moment->pressure, "/proc");
	/* Another namespace's processes are not those of the host. */
	if (!kms_proc_is_initial())
		return true;
	moment->boottime_ns = kms_now_ns();
	if (!kms_process_memories_read(&moment->processes, "/proc",
				       time_after(ns, PROCESSES_PERMILLE)))
		return false;
	kms_process_memories_spare(&moment->processes, (uint32_t)getpid());
	kms_huge_pools_read(&moment->huge_pools, "/sys/kernel/mm/hugepages");
	if (!kms_segments_read(&moment->segments, "/proc/sysvipc/shm") ||
	    !mounts_observe(moment, time_after(ns, MOUNTS_PERMILLE)) ||
	    !vmalloc_observe(obs, moment))
		return false;
	if (!kms_files_observe(obs, number,
			       time_after(ns, FILES_PERMILLE)))
		return false;
	cut_note(obs, moment, number);
	return true;
}
