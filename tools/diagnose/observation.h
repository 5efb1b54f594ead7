/* SPDX-License-Identifier: GPL-2.0-only */
/* All that a diagnosis looked at; nothing in it is judged yet. */
#ifndef KMS_DIAGNOSE_OBSERVATION_H
#define KMS_DIAGNOSE_OBSERVATION_H

#include "host/mounts.h"
#include "host/service.h"
#include "lib/strings.h"
#include "table/answer.h"
#include "table/field.h"

/* /proc/sys/fs/dentry-state: the kernel's own counts, of all dentries. */
struct kms_dentry_state {
	bool known;
	uint64_t nr;
	uint64_t nr_unused;
	uint64_t nr_negative;	/* of the unused; KMS_UNKNOWN before v5.0 */
};

/* One point in time. */
struct kms_look_at {
	uint64_t boottime_ns;	/* 0: it did not come to this one */
	struct kms_rows slabs;
	struct kms_rows slab_nodes;
	struct kms_rows nodes;
	struct kms_dentry_state dentries;
	bool partial;		/* rows may be missing */
};

enum { KMS_LOOK_FIRST, KMS_LOOK_MIDDLE, KMS_LOOK_LAST, KMS_NR_LOOKS };

/* A walk over all dentries. */
struct kms_walk {
	bool done;
	uint64_t boottime_ns;
	struct kms_rows dentries;	/* one row: in all */
	struct kms_rows directories;
	struct kms_rows names;
};

/* What the host knows about one allocator, beside the trace. */
struct kms_who {
	char *cgroup;		/* path, escaped; NULL: not known */
	bool can_reclaim;	/* the cgroup has a file memory.reclaim */
	bool alive;		/* its pid still is that process */
	bool spared;		/* nobody must be told to end that */
	uint64_t began_ns;	/* when it did */
	size_t nr_alike;	/* processes that it stands for, now */
	size_t starter_parent;	/* a parent that was there before the trace */
	uint32_t starter_pid;	/* and its pid, 0 where that is not proved */
	uint64_t starter_began_ns;
	size_t starter_children;	/* processes that it has started */
	struct kms_service service;
};

/* Who allocated from a cache. */
struct kms_traced {
	char *cache;
	uint64_t began_ns;
	bool done;
	struct kms_rows trace;		/* one row: in all */
	struct kms_rows allocators;
	struct kms_rows stacks;
	struct kms_who *who;		/* for each allocator */
};

/* A trace that explains so much of the growth has seen who it was. */
#define KMS_EXPLAINED_PERMILLE 700

/* One that explains more missed frees: what it saw need not have stayed. */
#define KMS_OVERSTATED_PERMILLE 1300

/* In a long look what grows later is traced as well. */
#define KMS_TRACES_MAX 8

enum { KMS_WALK_BEFORE, KMS_WALK_AFTER, KMS_NR_WALKS };

struct kms_look {
	struct kms_stamp stamp;
	struct kms_value version;
	uint32_t page_bytes;
	uint64_t available_bytes;	/* MemAvailable at last; KMS_UNKNOWN */
	struct kms_look_at at[KMS_NR_LOOKS];
	struct kms_rows zones;
	struct kms_rows buddies;
	struct kms_walk walk[KMS_NR_WALKS];
	struct kms_traced traced[KMS_TRACES_MAX];
	size_t nr_traced;
	size_t nr_refused;		/* traces that the module did not begin */
	struct kms_mounts mounts;
	bool host_processes;	/* /proc has the pids that the module has */
	struct kms_strings missing;	/* what could not be looked at, and why */
	struct kms_strings notes;	/* texts that the look needs itself */
};

/* An empty point in time, and the end of one. */
void kms_look_at_init(struct kms_look_at *at);
void kms_look_at_free(struct kms_look_at *at);

/* The row of the whole host among its nodes; false without one. */
bool kms_look_at_host(const struct kms_look_at *at, size_t *row);

/* An empty look, whose rows know their kinds. */
void kms_look_init(struct kms_look *look);

void kms_look_free(struct kms_look *look);

#endif /* KMS_DIAGNOSE_OBSERVATION_H */
