/* SPDX-License-Identifier: GPL-2.0-only */
/* What a diagnosis found: in fields, for programs, and in words, for people. */
#ifndef KMS_DIAGNOSE_FINDING_H
#define KMS_DIAGNOSE_FINDING_H

#include "diagnose/argv.h"
#include "lib/strings.h"
#include "table/field.h"

enum kms_finding_kind {
	KMS_FINDING_NEGATIVE_DENTRIES,	/* lookups of names that do not exist */
	KMS_FINDING_POSITIVE_DENTRIES,	/* files that are made or looked up */
	KMS_FINDING_INODES,
	KMS_FINDING_RECLAIMABLE_SLAB,
	KMS_FINDING_UNRECLAIMABLE_SLAB,
	KMS_FINDING_LARGE_KMALLOC,	/* counted as slab, in no cache */
	KMS_FINDING_PAGES,		/* by page, in a counter of the kernel */
	KMS_FINDING_UNACCOUNTED,		/* by page, in no counter */
	KMS_FINDING_STOCK,		/* large, and does not grow now */
	KMS_FINDING_FRAGMENTATION,
	KMS_NR_FINDING_KINDS,
};

enum kms_sure {
	KMS_POSSIBLE,
	KMS_LIKELY,
	KMS_CERTAIN,
};

/* All numbers may be KMS_UNKNOWN, all texts NULL. */

struct kms_found_place {
	const char *path;	/* as people know it, or in its file system */
	bool mounted;		/* path is one that can be followed */
	bool deleted;
	const char *fs_type;
	const char *device;
	uint64_t inode;
	uint64_t nr_negative;
	uint64_t nr_positive;
	uint64_t total_bytes;
	uint64_t share_permille;	/* of all dentries, or of their growth */
	uint64_t growth_per_second;	/* dentries */
	const char *pattern;
	const char *example;
	uint64_t nr_names;
	uint64_t nr_covered;
	const char *overlay;	/* path in the overlay of which it is a layer */
	uint64_t nr_namespaces;	/* other ones, with another path for it */
	const char *container;	/* "docker 0123456789ab" or a cgroup */
	const char *container_path;
	uint64_t container_pid;
};

#define KMS_FRAMES_MAX 16

struct kms_who;

struct kms_found_creator {
	const char *context;	/* task, kthread, softirq or irq */
	const char *name;
	const char *parent[KMS_PARENTS_MAX];
	size_t nr_parents;
	const struct kms_who *who;	/* what the host knows of it */
	const char *cgroup;
	const char *container;
	const char *service;	/* of this host, and proved */
	bool can_reclaim;
	uint64_t uid;
	uint64_t pid;
	uint64_t nr_alike;	/* allocators in one: names differ by a number */
	const char *work;	/* of a kworker: "function [module]" */
	bool alive;		/* the pid still is it */
	const char *starter;	/* else the next parent that lives on */
	uint64_t starter_pid;
	uint64_t nr_allocs;
	uint64_t per_second;
	uint64_t share_permille;	/* of the growth */
	uint64_t traced_permille;	/* of what was traced */
	uint64_t nr_outstanding;
	const char *frame[KMS_FRAMES_MAX];
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
	struct kms_argv argv;	/* empty: there is none */
	const char *command;	/* the same as a line; NULL: it has none */
	const char *effect;	/* what it is predicted to do */
	uint64_t frees_bytes;	/* at most */
};

#define KMS_LINES_MAX 12
#define KMS_PLACES_MAX 8
#define KMS_CREATORS_MAX 8
#define KMS_NODES_MAX 64
#define KMS_REMEDIES_MAX 16

struct kms_lines {
	const char *line[KMS_LINES_MAX];
	size_t nr;
};

struct kms_finding {
	enum kms_finding_kind kind;
	enum kms_sure sure;
	const char *why_sure;
	const char *summary;
	const char *cache;	/* or the counter of pages */
	bool reclaimable;
	bool benign;		/* a cache that the kernel gives back: no harm */
	bool negative;		/* most of it is of names that do not exist */
	bool guessed;		/* whether these are negative is not known */
	uint64_t total_bytes;
	uint64_t memory_permille;	/* total_bytes of all memory */
	uint64_t nr_objects;
	uint64_t growth_bytes;		/* while it was looked at */
	uint64_t bytes_per_second;
	uint64_t objects_per_second;
	uint64_t share_permille;	/* of all that grew */
	uint64_t attributed_permille;	/* of the growth, to known allocators */
	bool attributed;		/* the trace accounts for the growth */
	uint64_t reclaimable_bytes;	/* of it, at most */
	uint64_t full_seconds;		/* until 10 % of memory is available */
	struct kms_found_node node[KMS_NODES_MAX];
	size_t nr_nodes;
	size_t nr_more_nodes;		/* that there was no room for */
	struct kms_found_place place[KMS_PLACES_MAX];
	size_t nr_places;
	struct kms_found_creator creator[KMS_CREATORS_MAX];
	size_t nr_creators;
	struct kms_lines evidence;
	struct kms_lines unknown;
	struct kms_remedy remedy[KMS_REMEDIES_MAX];
	size_t nr_remedies;
};

#define KMS_FINDINGS_MAX 32

/* The host in sum, in bytes. */
struct kms_totals {
	uint64_t managed;
	uint64_t free;
	uint64_t available;		/* without swapping: MemAvailable */
	uint64_t page_cache;		/* of files that are on a disk */
	uint64_t anon;
	uint64_t shmem;
	uint64_t hugetlb;
	uint64_t slab_reclaimable;
	uint64_t slab_unreclaimable;
	uint64_t kernel_stacks;
	uint64_t page_tables;
	uint64_t vmalloc;		/* without the stacks in it */
	uint64_t percpu;
	int64_t unaccounted;
	bool unaccounted_known;
	uint64_t unaccounted_error;
	int64_t other;			/* managed less all of these */
	bool other_known;
};

/* Growth by less a second goes unseen in a look; KMS_UNKNOWN: not looked at. */
struct kms_floors {
	uint64_t unreclaimable;
	uint64_t reclaimable;
	uint64_t pages;
	uint64_t unaccounted;
};

enum kms_health {
	KMS_HEALTH_UNKNOWN,	/* nothing wrong in what could be examined */
	KMS_HEALTHY,
	KMS_UNHEALTHY,
};

struct kms_verdict {
	const char *summary;
	uint64_t ns;			/* looked for so long */
	enum kms_health health;
	struct kms_totals totals;
	struct kms_floors floors;
	struct kms_finding finding[KMS_FINDINGS_MAX];
	size_t nr_findings;
	const struct kms_strings *missing;
	bool partial;
	struct kms_strings strings;	/* all texts that are not the look's */
};

/* What no judge looks at. */
extern const char kms_not_examined[];

/* The kind's name in fields: "negative_dentries", ... */
const char *kms_finding_name(enum kms_finding_kind kind);
const char *kms_sure_name(enum kms_sure sure);

/* Is its cache a slab cache, not a counter of pages? */
bool kms_finding_has_slab(const struct kms_finding *finding);

/* Append a line; one too many is dropped. */
void kms_lines_add(struct kms_lines *lines, const char *line);

/* Append a finding, all unknown; NULL when there are too many. */
struct kms_finding *kms_finding_add(struct kms_verdict *verdict,
				    enum kms_finding_kind kind);

/* Append a remedy; one too many is dropped. */
void kms_remedy_add(struct kms_finding *finding, struct kms_remedy remedy);

#endif /* KMS_DIAGNOSE_FINDING_H */
