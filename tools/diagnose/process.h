/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes that were there before something began. */
#ifndef KS_PROCESS_H
#define KS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ks_process {
	uint32_t pid;
	char name[16];
};

struct ks_processes {
	struct ks_process *process;
	size_t nr;
	bool whole;		/* not more than are looked at */
};

/*
 * Read those in the folder proc, usually "/proc", that began before a time of
 * CLOCK_BOOTTIME.  False when memory is out.
 */
bool ks_processes_read(struct ks_processes *processes, const char *proc,
		       uint64_t before_ns);

/* The pid of the only one of that name; 0 when there are none or several. */
uint32_t ks_processes_only(const struct ks_processes *processes,
			   const char *name);

void ks_processes_free(struct ks_processes *processes);

#endif /* KS_PROCESS_H */
