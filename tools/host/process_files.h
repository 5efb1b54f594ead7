/* SPDX-License-Identifier: GPL-2.0-only */
/* How many files each process has open, and of which kinds. */
#ifndef KMS_HOST_PROCESS_FILES_H
#define KMS_HOST_PROCESS_FILES_H

#include "host/process_memory.h"

struct kms_process_files {
	uint32_t pid;
	uint32_t nr;		/* descriptors */
};

struct kms_open_files {
	struct kms_process_files *process;	/* by pid */
	size_t nr;
	bool whole;		/* no process was left out */
};

enum kms_file_kind {
	KMS_FILE_ON_DISK,	/* or in any other place that has a path */
	KMS_FILE_SOCKET,
	KMS_FILE_PIPE,
	KMS_FILE_EVENTFD,
	KMS_FILE_EPOLL,
	KMS_FILE_TIMERFD,
	KMS_FILE_SIGNALFD,
	KMS_FILE_INOTIFY,
	KMS_FILE_FANOTIFY,
	KMS_FILE_BPF,
	KMS_FILE_BPF_MAP,
	KMS_FILE_IO_URING,
	KMS_FILE_PERF,
	KMS_FILE_MEMFD,
	KMS_FILE_OTHER,		/* another without a path */
	KMS_NR_FILE_KINDS,
};

/* The open files of one process by kind. */
struct kms_file_kinds {
	uint32_t nr[KMS_NR_FILE_KINDS];
	uint64_t bpf_bytes;	/* what its BPF maps say that they lock */
	bool whole;		/* no file was left out */
};

/* A socket by its inode, and a process that has it open. */
struct kms_socket_owner {
	uint64_t inode;
	uint32_t pid;
};

struct kms_socket_owners {
	struct kms_socket_owner *owner;
	size_t nr;
};

/* What reading the links of open files may cost, in all. */
struct kms_file_budget {
	uint64_t nr_links;	/* these are left */
	uint64_t until_ns;	/* of CLOCK_BOOTTIME */
};

/*
 * Count the files of these processes, in the folder proc, until a time of
 * CLOCK_BOOTTIME; false when memory is out.
 */
bool kms_open_files_count(struct kms_open_files *files, const char *proc,
			  const struct kms_process_memories *processes,
			  uint64_t until_ns);

/* A process by its pid; NULL where its files were not counted. */
const struct kms_process_files *
kms_open_files_find(const struct kms_open_files *files, uint32_t pid);

void kms_open_files_free(struct kms_open_files *files);

/* The kind of a file by its link in /proc/PID/fd. */
enum kms_file_kind kms_file_kind_of(const char *link);

/* The inode of "socket:[123]"; false for any other link. */
bool kms_socket_inode(const char *link, uint64_t *inode);

/*
 * Read the links of a process: count kinds, which may be NULL, and append its
 * sockets to owners.  False when memory is out.
 */
bool kms_file_kinds_read(struct kms_file_kinds *kinds,
			 struct kms_socket_owners *owners, const char *proc,
			 uint32_t pid, struct kms_file_budget *budget);

#endif /* KMS_HOST_PROCESS_FILES_H */
