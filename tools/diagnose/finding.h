/* SPDX-License-Identifier: GPL-2.0-only */
/* The findings of a diagnosis: in fields, for programs, and in words. */
#ifndef KMS_DIAGNOSE_FINDING_H
#define KMS_DIAGNOSE_FINDING_H

#include "diagnose/argv.h"
#include "diagnose/observation.h"
#include "lib/strings.h"

enum kms_finding_kind {
	KMS_FINDING_NEGATIVE_DENTRIES,	/* failed lookups */
	KMS_FINDING_POSITIVE_DENTRIES,	/* files created or looked up */
	KMS_FINDING_INODES,
	KMS_FINDING_RECLAIMABLE_SLAB,
	KMS_FINDING_UNRECLAIMABLE_SLAB,
	KMS_FINDING_LARGE_KMALLOC,	/* counted as slab, in no cache */
	KMS_FINDING_PAGES,		/* by page, in a kernel counter */
	KMS_FINDING_UNACCOUNTED,	/* by page, in no counter */
	KMS_FINDING_STOCK,		/* large, and not growing now */
	KMS_FINDING_FRAGMENTATION,
	KMS_FINDING_PROCESS_MEMORY,	/* anonymous memory */
	KMS_FINDING_SHARED_MEMORY,	/* tmpfs, memfd, segments, ramfs */
	KMS_FINDING_HUGE_PAGES,		/* in a pool, and unused */
	KMS_FINDING_NODE_FULL,		/* while others are not */
	KMS_FINDING_ZOMBIES,
	KMS_FINDING_PRESSURE,		/* tasks wait, and nothing explains it */
	KMS_NR_FINDING_KINDS,
};

enum kms_sure {
	KMS_POSSIBLE,
	KMS_LIKELY,
	KMS_CERTAIN,
};

/*
 * How much harm it does, or will do; apart from how sure it is. A judge that
 * knows more than judge/severity.c sets it, with why_severe. Others leave it
 * KMS_OK_SEVERITY, and judge/severity.c fills it in.
 */
enum kms_severity {
	KMS_OK_SEVERITY,	/* of a finding: not judged yet */
	KMS_NOTICE,		/* normal, and worth knowing */
	KMS_WARNING,
	KMS_CRITICAL,
};

/* All numbers may be KMS_UNKNOWN, all texts NULL. */

/*
 * Who keeps the memory: a process that maps it, has it open or does not read,
 * close or reap it.  The allocator may be another.
 */
struct kms_found_holder {
	const char *name;	/* escaped */
	uint64_t pid;
	uint64_t uid;
	const char *resource;	/* "anonymous memory", "TCP sockets", ... */
	uint64_t total_bytes;	/* of the resource, now */
	int64_t growth_bytes;	/* while observed; KMS_UNKNOWN_SIGNED */
	uint64_t nr;		/* how many of them, now */
	int64_t growth_nr;
	uint64_t nr_alike;	/* processes of this name together, 1 for one */
	uint64_t share_permille;	/* of the growth, or of all of it */
	bool is_spared;		/* no remedy may end it */
	bool exit_frees;	/* its exit frees the memory */
	const char *cgroup;
	const char *service;	/* of this host, and proved */
};

/* What frees memory that a cause took. */
enum kms_freed_by {
	KMS_FREED_UNKNOWN,
	KMS_FREED_BY_CLOSE,	/* or by the exit of the process that has it */
	KMS_FREED_BY_READ,	/* or by closing it */
	KMS_FREED_BY_REAP,	/* when the parent waits for it, or ends */
	KMS_FREED_BY_EXIT,
	KMS_FREED_BY_REMOVAL,	/* of what was made: a cgroup, a namespace */
	KMS_FREED_BY_RECLAIM,
	KMS_FREED_BY_REBOOT,
};

/* A growth that has the same cause: "the cache filp, 2.1 MiB/s". */
struct kms_found_part {
	const char *name;	/* slab cache or counter */
	uint64_t total_bytes;
	uint64_t bytes_per_second;
};

struct kms_found_directory {
	const char *path;	/* from "/", or from its file system's root */
	bool mounted;		/* it is from "/", and can be followed */
	bool deleted;
	const char *fs_type;
	const char *device;
	uint64_t inode;
	uint64_t nr_negative;
	uint64_t nr_positive;
	uint64_t total_bytes;
	uint64_t share_permille;	/* of all dentries, or their growth */
	uint64_t growth_per_second;	/* dentries */
	const char *pattern;
	const char *example;
	uint64_t nr_names;
	uint64_t nr_covered;
	const char *overlay;	/* path in the overlay of which it is a layer */
	uint64_t nr_namespaces;	/* others that have another path for it */
	const char *container;	/* "docker 0123456789ab", or a cgroup */
	const char *container_path;
	uint64_t container_pid;
};

#define KMS_MAX_FRAMES 16

struct kms_found_allocator {
	const char *label;	/* "curl", "[kworker/N:N: work]", "[softirq]" */
	const char *chain;	/* "curl, started by probe.sh <- cron" */
	const char *share;	/* "97 %", or what of the trace and the growth */
	const char *context;	/* task, kthread, softirq or irq */
	const char *name;
	const char *parent[KMS_MAX_PARENTS];
	size_t nr_parents;
	const struct kms_allocator_facts *facts;	/* or NULL */
	const char *cgroup;
	const char *container;
	const char *service;	/* of this host, and proved */
	bool can_reclaim;
	uint64_t uid;
	uint64_t pid;
	uint64_t nr_alike;	/* allocators whose names differ by a number */
	const char *work;	/* of a kworker: "function [module]" */
	bool alive;		/* the pid still is that process */
	const char *starter;	/* a parent that lives on */
	uint64_t starter_pid;
	uint64_t nr_allocs;
	uint64_t per_second;
	uint64_t share_permille;	/* of the growth */
	uint64_t traced_permille;	/* of what was traced */
	uint64_t nr_outstanding;
	const char *frame[KMS_MAX_FRAMES];
	size_t nr_frames;
};

struct kms_found_node {
	uint64_t node;
	uint64_t total_bytes;
	int64_t growth_bytes;
};

enum kms_when { KMS_NOW, KMS_LATER };

struct kms_remedy {
	enum kms_when when;
	const char *text;
	const char *cost;	/* what it stalls or loses, or NULL */
	struct kms_argv argv;	/* empty: no command */
	const char *command;	/* the same as a line, or NULL */
	const char *effect;	/* what it will do */
	uint64_t frees_bytes;	/* at most */
};

#define KMS_MAX_LINES 12
#define KMS_MAX_HOLDERS 5
#define KMS_MAX_PARTS 24
#define KMS_MAX_DIRECTORIES 8
#define KMS_MAX_ALLOCATORS 8
#define KMS_MAX_NODES 64
#define KMS_MAX_REMEDIES 16

struct kms_lines {
	const char *line[KMS_MAX_LINES];
	size_t nr;
};

struct kms_finding {
	enum kms_finding_kind kind;
	enum kms_sure sure;
	const char *why_sure;
	enum kms_severity severity;
	const char *why_severe;
	const char *cause;	/* "sockets", "threads", ...: see causes.h */
	enum kms_freed_by freed_by;
	const char *summary;
	const char *cache;	/* or the counter of pages */
	bool reclaimable;
	bool negative;		/* mostly negative dentries */
	bool guessed;		/* whether they are negative is not known */
	uint64_t total_bytes;
	uint64_t memory_permille;	/* total_bytes of all memory */
	uint64_t nr_objects;
	uint64_t growth_bytes;		/* while it was observed */
	uint64_t bytes_per_second;
	uint64_t objects_per_second;
	uint64_t share_permille;	/* of all that grew */
	uint64_t attributed_permille;	/* of the growth, to known allocators */
	bool attributed;		/* the trace accounts for the growth */
	uint64_t reclaimable_bytes;	/* of it, at most */
	uint64_t full_seconds;		/* until 10 % of memory is available, of
					 * steady growth only
					 */
	struct kms_found_node node[KMS_MAX_NODES];
	size_t nr_nodes;
	size_t nr_more_nodes;		/* for which there was no room */
	struct kms_found_directory directory[KMS_MAX_DIRECTORIES];
	size_t nr_directories;
	struct kms_found_allocator allocator[KMS_MAX_ALLOCATORS];
	size_t nr_allocators;
	struct kms_found_holder holder[KMS_MAX_HOLDERS];	/* most first */
	size_t nr_holders;
	struct kms_found_part part[KMS_MAX_PARTS];	/* largest first */
	size_t nr_parts;
	struct kms_lines evidence;
	struct kms_lines unknown;
	struct kms_remedy remedy[KMS_MAX_REMEDIES];
	size_t nr_remedies;
};

#define KMS_MAX_FINDINGS 32

/* The memory of the host, in bytes. */
struct kms_totals {
	uint64_t managed;
	uint64_t free;
	uint64_t available;		/* without swapping: MemAvailable */
	uint64_t page_cache;		/* but for shmem and pinned_cache */
	uint64_t pinned_cache;		/* it cannot be reclaimed: ramfs, mlock */
	uint64_t anon;
	uint64_t shmem;
	uint64_t hugetlb;
	uint64_t slab_reclaimable;
	uint64_t slab_unreclaimable;	/* with large_kmalloc */
	uint64_t large_kmalloc;		/* in no slab cache */
	uint64_t kernel_stacks;
	uint64_t page_tables;
	uint64_t vmalloc;		/* without the stacks in it */
	uint64_t percpu;
	uint64_t zsmalloc;		/* of zram and zswap */
	uint64_t gpu;
	uint64_t balloon;		/* surely in managed: else unknown */
	int64_t unaccounted;		/* without such a balloon */
	bool unaccounted_known;
	uint64_t unaccounted_error;
	int64_t other;			/* managed less all of these */
	bool other_known;
};

/* Slower growth, in bytes a second, goes unseen; KMS_UNKNOWN: not observed. */
struct kms_floors {
	uint64_t unreclaimable;
	uint64_t reclaimable;
	uint64_t pages;
	uint64_t unaccounted;
	uint64_t processes;		/* anonymous memory */
	uint64_t shared;
};

/* How much tasks waited for memory while it was observed; KMS_UNKNOWN. */
struct kms_found_pressure {
	uint64_t some_permille;		/* of the time, at least one task */
	uint64_t full_permille;		/* of the time, all tasks */
	uint64_t some_avg10_permille;	/* of the last ten seconds */
	uint64_t full_avg10_permille;
	/* A second: */
	uint64_t refaults;		/* pages read again after reclaim */
	uint64_t refaults_file;
	uint64_t refaults_anon;
	uint64_t stalls;		/* tasks that had to reclaim */
	uint64_t scanned;		/* pages, because the host is short */
	uint64_t swapped_in;
	uint64_t swapped_out;
	/* In all: */
	uint64_t oom_kills;
	bool hurts;			/* the host's reclaim holds tasks up */
	const char *words;		/* it hurts, in a sentence; or NULL */
};

enum kms_health {
	KMS_HEALTH_UNKNOWN,	/* no warning, in what could be examined */
	KMS_HEALTHY,		/* no warning */
	KMS_UNHEALTHY,		/* a finding is a warning, or critical */
};

struct kms_verdict {
	const char *summary;
	uint64_t ns;			/* the time observed */
	enum kms_health health;
	enum kms_severity severity;	/* the highest of its findings */
	struct kms_totals totals;
	struct kms_floors floors;
	struct kms_floors longer;	/* those of a longer observation, */
	uint64_t longer_seconds;	/* which is this long; 0: none */
	struct kms_found_pressure pressure;
	struct kms_finding finding[KMS_MAX_FINDINGS];
	size_t nr_findings;
	const struct kms_strings *missing;
	bool partial;
	struct kms_strings strings;	/* texts that the observation lacks */
};

/* The parts of memory that no judge examines. */
extern const char kms_not_examined[];

/* The name of a kind in JSON: "negative_dentries", ... */
const char *kms_finding_name(enum kms_finding_kind kind);
const char *kms_sure_name(enum kms_sure sure);
const char *kms_severity_name(enum kms_severity severity);

/* The name in JSON of what frees memory; NULL where that is unknown. */
const char *kms_freed_by_name(enum kms_freed_by freed_by);

/* Is its cache a slab cache, and not a counter of pages? */
bool kms_finding_has_slab(const struct kms_finding *finding);

/* Append a line; one too many is dropped. */
static inline void kms_lines_add(struct kms_lines *lines, const char *line)
{
	if (lines->nr < KMS_MAX_LINES)
		lines->line[lines->nr++] = line;
}

/* Append a finding, all unknown; NULL when there are too many. */
struct kms_finding *kms_finding_add(struct kms_verdict *verdict,
				    enum kms_finding_kind kind);

/*
 * The kernel module that its stack goes through, as in
 * "function+0x10/0x20 [module]"; NULL without one.  In interrupts drivers
 * allocate for whoever gets the data: that would blame the network card for
 * each packet that no process reads, so there it is NULL as well.
 */
const char *kms_allocator_module(const struct kms_found_allocator *allocator,
				 struct kms_strings *strings);

/* A holder of a resource, all else unknown. */
struct kms_found_holder kms_holder_new(const char *resource);

/* Append a growth as a part of this finding; one too many is dropped. */
void kms_part_add(struct kms_finding *finding, const struct kms_finding *from);

/* Remove a finding: those after it move. */
void kms_finding_remove(struct kms_verdict *verdict,
			struct kms_finding *finding);

/* Append a holder, all unknown; NULL when there are too many. */
struct kms_found_holder *kms_holder_add(struct kms_finding *finding);

/* Append a remedy; one too many is dropped. */
void kms_remedy_add(struct kms_finding *finding, struct kms_remedy remedy);

#endif /* KMS_DIAGNOSE_FINDING_H */
