/* SPDX-License-Identifier: GPL-2.0-only */
/* Files in memory that processes have open, also those without a name. */
#ifndef KMS_HOST_MEMORY_FILE_H
#define KMS_HOST_MEMORY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kms_memory_file {
	uint64_t device;	/* as stat() has it */
	uint64_t inode;
	uint64_t bytes;		/* in memory or swapped */
	uint32_t pid;		/* one process that has it open, if one can, for
				 * writing
				 */
	bool writable;		/* by that process */
	bool deleted;		/* no path leads to it; so for a memfd */
	bool changed;		/* written to after the requested time */
	char *name;		/* escaped; NULL: it is small */
};

struct kms_memory_files {
	struct kms_memory_file *file;	/* each once, the largest first */
	size_t nr;
	bool whole;		/* the files of all processes were read */
};

/* What to read. */
struct kms_memory_search {
	const char *proc;		/* usually "/proc" */
	const uint32_t *pids;		/* these processes */
	size_t nr_pids;
	const uint64_t *devices;	/* file systems in memory */
	size_t nr_devices;
	uint64_t since_ns;		/* CLOCK_REALTIME */
	uint64_t until_ns;		/* CLOCK_BOOTTIME: end then */
};

/*
 * Find the files that the processes have open in these file systems, or without
 * a file system.  False when memory is out.
 */
bool kms_memory_files_read(struct kms_memory_files *files,
			   const struct kms_memory_search *search);

void kms_memory_files_free(struct kms_memory_files *files);

#endif /* KMS_HOST_MEMORY_FILE_H */
