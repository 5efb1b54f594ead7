/* SPDX-License-Identifier: GPL-2.0-only */
/* The processes of this host, and who started whom. */
#ifndef KMS_HOST_PROCESS_H
#define KMS_HOST_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kms_process {
	uint32_t pid;
	uint32_t parent;
	uint64_t began_ns;	/* CLOCK_BOOTTIME */
	bool kernel;		/* a kernel thread */
	char name[16];		/* bytes */
};

struct kms_processes {
	struct kms_process *process;	/* by pid */
	size_t nr;
	bool whole;		/* no process was left out */
};

/* Read one in the folder proc, usually "/proc"; false when it has gone. */
bool kms_process_read(struct kms_process *process, const char *proc,
		      uint32_t pid);

/* Read all in that folder; false when memory is out. */
bool kms_processes_read(struct kms_processes *processes, const char *proc);

/* Find a process by its pid, or NULL. */
const struct kms_process *
kms_processes_find(const struct kms_processes *processes, uint64_t pid);

/* Is this text, which is escaped, its name? */
bool kms_process_is(const struct kms_process *process, const char *text);

/* Do its parent, grandparent and so on have these names? */
bool kms_process_descends(const struct kms_processes *processes,
			  const struct kms_process *process,
			  const char * const *parents, size_t nr);

/* Is it a daemon that runs jobs of others: cron, containerd, ...? */
bool kms_process_is_shared(const struct kms_process *process);

/*
 * Must no remedy end it?  That holds for process 1, kernel threads, daemons
 * that run jobs of others, and for the process self and all its parents.
 */
bool kms_process_is_spared(const struct kms_processes *processes,
			   const struct kms_process *process, uint32_t self);

void kms_processes_free(struct kms_processes *processes);

/*
 * Is /proc that of the initial PID namespace, which the module uses?  False
 * also where that is unknown.
 */
bool kms_proc_is_initial(void);

#endif /* KMS_HOST_PROCESS_H */
