/* SPDX-License-Identifier: GPL-2.0-only */
/* All that a diagnosis observed of a host; nothing in it is judged yet. */
#ifndef KMS_DIAGNOSE_OBSERVATION_H
#define KMS_DIAGNOSE_OBSERVATION_H

#include "host/directory.h"
#include "host/huge_pages.h"
#include "host/meminfo.h"
#include "host/memory_file.h"
#include "host/pressure.h"
#include "host/process_files.h"
#include "host/process_memory.h"
#include "host/service.h"
#include "host/sockets.h"
#include "host/sysv_shm.h"
#include "host/tmpfs.h"
#include "host/vmallocinfo.h"
#include "lib/strings.h"
#include "table/answer.h"
#include "table/records.h"

/* /proc/sys/fs/dentry-state: the kernel's own counts, of all dentries. */
struct kms_dentry_state {
	bool known;
	uint64_t nr;
	uint64_t nr_unused;
	uint64_t nr_negative;	/* of the unused; KMS_UNKNOWN before v5.0 */
};

/* One point in time. */
struct kms_moment {
	uint64_t boottime_ns;	/* 0: not observed */
	struct kms_slab_records slabs;
	struct kms_slab_node_records slab_nodes;
	struct kms_node_records nodes;
	struct kms_dentry_state dentries;
	struct kms_meminfo meminfo;
	bool partial;		/* records may be missing */
};

enum {
	KMS_MOMENT_FIRST,
	KMS_MOMENT_MIDDLE,
	KMS_MOMENT_LAST,
	KMS_NR_MOMENTS,
};

/* Of the unified hierarchy, all below its root. */
struct kms_cgroup_counts {
	bool known;
	uint64_t nr;
	uint64_t nr_dying;	/* removed, but something still refers to them */
};

/*
 * What the files of the host said at one time: before the first moment of the
 * module and after its last, as reading /proc makes dentries.
 */
struct kms_host_moment {
	uint64_t boottime_ns;	/* 0: not observed */
	struct kms_process_memories processes;
	struct kms_pressure pressure;	/* has a time of its own */
	struct kms_tmpfs_mounts tmpfs;
	struct kms_segments segments;
	struct kms_huge_pools huge_pools;
	struct kms_vmalloc_callers vmalloc;
	struct kms_open_files files;
	struct kms_sockstat sockstat;
	struct kms_cgroup_counts cgroups;
};

enum { KMS_HOST_BEFORE, KMS_HOST_AFTER, KMS_NR_HOST_MOMENTS };

/* Files in memory, where shared memory grows or is large. */
struct kms_shared_files {
	bool observed;
	struct kms_memory_files open;
	char *grown;		/* a file that no process has open; or NULL */
	uint64_t grown_bytes;
};

/* The course of a counter between the moments: growth that keeps falls little. */
struct kms_peak {
	uint64_t highest_pages;
	uint64_t fall_pages;	/* the most that it was below that, later */
};

/* A walk over all dentries. */
struct kms_walk {
	bool done;
	uint64_t boottime_ns;
	struct kms_dentry_record total;
	struct kms_dentry_directory_records directories;
	struct kms_dentry_name_records names;
	struct kms_directory *directory;	/* each of them, on this host */
};

/* What the host knows about one allocator of a trace. */
struct kms_allocator_facts {
	char *cgroup;		/* path, escaped; NULL: not known */
	char *container;	/* "docker 0123456789ab"; NULL: in none */
	bool can_reclaim;	/* the cgroup has a file memory.reclaim */
	bool alive;		/* its pid still is that process */
	bool spared;		/* no remedy may end it */
	uint64_t began_ns;	/* when that process began */
	size_t nr_alike;	/* processes that it stands for, now */
	size_t starter_parent;	/* a parent from before the trace, by index */
	uint32_t starter_pid;	/* its pid, 0 where that is not proved */
	uint64_t starter_began_ns;
	size_t starter_children;	/* processes that it has started */
	struct kms_service service;
};

/* What the host knows about a process that may hold memory. */
struct kms_holder_facts {
	uint32_t pid;
	uint64_t began_ns;	/* when it began; 0: it has gone */
	bool spared;		/* no remedy may end it */
	char *cgroup;		/* path, escaped; NULL: not known */
	char *container;	/* "docker 0123456789ab"; NULL: in none */
	struct kms_service service;
	bool kinds_known;
	struct kms_file_kinds kinds;	/* of its open files */
};

#define KMS_MAX_HOLDER_FACTS 32

/* The module returns this many parents of an allocator at most. */
#define KMS_MAX_PARENTS 4

/* The allocators of one cache. */
struct kms_trace {
	char *cache;
	uint64_t began_ns;
	bool done;
	struct kms_trace_record total;
	struct kms_trace_allocator_records allocators;
	struct kms_trace_stack_records stacks;
	struct kms_allocator_facts *facts;	/* of each allocator, or NULL */
};

/* A trace that explains this much of the growth has found its allocators. */
#define KMS_EXPLAINED_PERMILLE 700

/* One that explains more missed frees: what it saw need not have stayed. */
#define KMS_OVERSTATED_PERMILLE 1300

/* A long observation also traces what begins to grow later. */
#define KMS_MAX_TRACES 8

enum { KMS_WALK_BEFORE, KMS_WALK_AFTER, KMS_NR_WALKS };

struct kms_observation {
	struct kms_stamp stamp;
	struct kms_value version;
	uint32_t page_bytes;
	uint64_t available_bytes;	/* MemAvailable at last; KMS_UNKNOWN */
	struct kms_moment moment[KMS_NR_MOMENTS];
	struct kms_host_moment host[KMS_NR_HOST_MOMENTS];
	struct kms_peak anon_peak;
	struct kms_peak shmem_peak;
	struct kms_shared_files shared_files;
	struct kms_zone_records zones;
	struct kms_buddy_records buddies;
	struct kms_walk walk[KMS_NR_WALKS];
	struct kms_trace trace[KMS_MAX_TRACES];
	size_t nr_traces;
	size_t nr_refused;		/* traces that the module refused */
	struct kms_sockets sockets;	/* at last */
	struct kms_holder_facts holder[KMS_MAX_HOLDER_FACTS];
	size_t nr_holders;
	bool host_processes;	/* /proc has the pids that the module has */
	struct kms_strings missing;	/* what was not observed, and why */
	struct kms_strings notes;	/* texts that observing itself needs */
};

void kms_moment_init(struct kms_moment *moment);
void kms_moment_free(struct kms_moment *moment);

void kms_host_moment_free(struct kms_host_moment *moment);

/* The record of the whole host; NULL where there is none. */
const struct kms_node_record *kms_moment_host(const struct kms_moment *moment);

/* The facts of a process; NULL where there are none. */
const struct kms_holder_facts *
kms_holder_facts_of(const struct kms_observation *obs, uint64_t pid);

void kms_observation_init(struct kms_observation *obs);
void kms_observation_free(struct kms_observation *obs);

/* Free what is known of the directories of a walk, before it is replaced. */
void kms_walk_forget(struct kms_walk *walk);

#endif /* KMS_DIAGNOSE_OBSERVATION_H */
