/* SPDX-License-Identifier: GPL-2.0-only */
/* How much memory each process has, by /proc/PID/status. */
#ifndef KMS_HOST_PROCESS_MEMORY_H
#define KMS_HOST_PROCESS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A process at one time.  Kernel threads and zombies have no memory: their
 * bytes are 0, as the kernel prints none.
 */
struct kms_process_memory {
	uint32_t pid;
	uint32_t parent;
	uint32_t uid;
	uint32_t nr_threads;
	bool zombie;
	bool spared;		/* no remedy may end it */
	bool self;		/* it is this program */
	char name[16];		/* bytes, at most 15 */
	char mems[24];		/* nodes that it may use, as "0-3"; "": the
				 * list is unknown, or longer
				 */
	uint64_t anon_bytes;
	uint64_t file_bytes;
	uint64_t shmem_bytes;
	uint64_t swap_bytes;
	uint64_t page_table_bytes;
	uint64_t locked_bytes;
};

struct kms_process_memories {
	struct kms_process_memory *process;	/* by pid */
	size_t nr;
	bool whole;		/* no process was left out */
};

/*
 * Read all in the folder proc, usually "/proc", until a time of CLOCK_BOOTTIME;
 * false when memory is out.
 */
bool kms_process_memories_read(struct kms_process_memories *processes,
			       const char *proc, uint64_t until_ns);

/*
 * Mark as spared process 1, kernel threads, daemons that run jobs of others, and
 * the process self with all its parents.
 */
void kms_process_memories_spare(struct kms_process_memories *processes,
				uint32_t self);

/* Find a process by its pid, or NULL. */
const struct kms_process_memory *
kms_process_memories_find(const struct kms_process_memories *processes,
			  uint32_t pid);

/* How many children of a process are zombies, or are not. */
uint64_t kms_process_children(const struct kms_process_memories *processes,
			      uint32_t parent, bool zombies);

void kms_process_memories_free(struct kms_process_memories *processes);

#endif /* KMS_HOST_PROCESS_MEMORY_H */
