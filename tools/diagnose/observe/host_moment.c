// SPDX-License-Identifier: GPL-2.0-only
/* Read the files of the host at one time, before or after the module's. */
#include "diagnose/observe/host_moment.h"
#include "host/process.h"
#include "lib/clock.h"

/* Reading takes this part of the observation at most, out of 1000. */
#define MAX_PERMILLE 100

/* Compare moments only where both are whole: note it once. */
static void cut_note(struct kms_observation *obs,
		     const struct kms_host_moment *moment, size_t number)
{
	if (number == KMS_HOST_AFTER && !moment->processes.whole)
		kms_strings_add(&obs->missing,
				"some processes: there was no time to read them all");
}

bool kms_host_moment_observe(struct kms_observation *obs, size_t number,
			     uint64_t ns)
{
	struct kms_host_moment *moment = &obs->host[number];
	uint64_t until = kms_now_ns() + ns / 1000 * MAX_PERMILLE;

	/* These are of the whole host in any namespace. */
	kms_pressure_read(&moment->pressure, "/proc");
	/* Another namespace's processes are not those of the host. */
	if (!kms_proc_is_initial())
		return true;
	moment->boottime_ns = kms_now_ns();
	if (!kms_process_memories_read(&moment->processes, "/proc", until))
		return false;
	cut_note(obs, moment, number);
	return true;
}
