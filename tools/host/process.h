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
	bool whole;		/* there are not more than are read */
};

/* Read those in the folder proc, usually "/proc"; false when memory is out. */
bool kms_processes_read(struct kms_processes *processes, const char *proc);

/* The process of that number, or NULL. */
const struct kms_process *
kms_processes_find(const struct kms_processes *processes, uint64_t pid);

/* Is text, which is escaped, the name of the process? */
bool kms_process_is(const struct kms_process *process, const char *text);

/* Do its parent, the parent of that and so on have these names? */
bool kms_process_descends(const struct kms_processes *processes,
			  const struct kms_process *process,
			  const char * const *parents, size_t nr);

/* Is it a daemon that runs jobs of others: cron, a container's, ...? */
bool kms_process_is_shared(const struct kms_process *process);

/*
 * Must nobody be told to end it?  So it is with process 1, kernel threads, those
 * that run jobs of others, and the process self with all that it was started by.
 */
bool kms_process_is_spared(const struct kms_processes *processes,
			   const struct kms_process *process, uint32_t self);

void kms_processes_free(struct kms_processes *processes);

/*
 * Is proc the one of the initial PID namespace, in which the module counts?
 * False also when that cannot be told.
 */
bool kms_proc_is_initial(void);

#endif /* KMS_HOST_PROCESS_H */
