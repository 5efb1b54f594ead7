/* SPDX-License-Identifier: GPL-2.0-only */
/* How much tasks wait for memory, by /proc/pressure/memory and /proc/vmstat. */
#ifndef KMS_HOST_PRESSURE_H
#define KMS_HOST_PRESSURE_H

#include <stdint.h>

/* Counts since boot; what the kernel does not have is UINT64_MAX. */
struct kms_pressure {
	uint64_t boottime_ns;	/* 0: not observed */
	uint64_t some_us;	/* at least one task waited for memory */
	uint64_t full_us;	/* all tasks did that could have run */
	uint64_t some_avg10_permille;	/* of the last ten seconds */
	uint64_t full_avg10_permille;
	uint64_t refaults;	/* pages read again soon after reclaim */
	uint64_t refaults_file;	/* since v5.9 */
	uint64_t refaults_anon;
	uint64_t stalls;	/* tasks that had to reclaim for the host */
	uint64_t scanned;	/* pages of the host, to reclaim them */
	uint64_t swapped_in;	/* pages */
	uint64_t swapped_out;
	uint64_t oom_kills;
};

/* Set all counts to unknown. */
void kms_pressure_init(struct kms_pressure *pressure);

/* Take what the text of a file has; what it lacks stays as it is. */
void kms_pressure_parse_stall(struct kms_pressure *pressure, const char *text);
void kms_pressure_parse_vmstat(struct kms_pressure *pressure,
			       const char *text);

/* Read the files in the folder proc, usually "/proc". */
void kms_pressure_read(struct kms_pressure *pressure, const char *proc);

#endif /* KMS_HOST_PRESSURE_H */
