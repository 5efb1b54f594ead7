/* SPDX-License-Identifier: GPL-2.0-only */
/* All that a diagnosis looked at; nothing in it is judged yet. */
#ifndef KS_LOOK_H
#define KS_LOOK_H

#include "diagnose/field.h"
#include "diagnose/mounts.h"
#include "diagnose/strings.h"
#include "diagnose/service.h"
#include "lib/answer.h"

/* /proc/sys/fs/dentry-state: the kernel's own counts, of all dentries. */
struct ks_dentry_state {
	bool known;
	uint64_t nr;
	uint64_t nr_unused;
	uint64_t nr_negative;	/* of the unused; KS_UNKNOWN before v5.0 */
};

/* One point in time. */
struct ks_look_at {
	uint64_t boottime_ns;	/* 0: it did not come to this one */
	struct ks_rows slabs;
	struct ks_rows slab_nodes;
	struct ks_rows nodes;
	struct ks_dentry_state dentries;
	bool partial;		/* rows may be missing */
};

enum { KS_LOOK_FIRST, KS_LOOK_MIDDLE, KS_LOOK_LAST, KS_NR_LOOKS };

/* A walk over all dentries. */
struct ks_walk {
	bool done;
	uint64_t boottime_ns;
	struct ks_rows dentries;	/* one row: in all */
	struct ks_rows directories;
	struct ks_rows names;
};

/* What the host knows about one allocator, beside the trace. */
struct ks_who {
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
	struct ks_service service;
};

/* Who allocated from a cache. */
struct ks_traced {
	char *cache;
	uint64_t began_ns;
	bool done;
	struct ks_rows trace;		/* one row: in all */
	struct ks_rows allocators;
	struct ks_rows stacks;
	struct ks_who *who;		/* for each allocator */
};

/* A trace that explains so much of the growth has seen who it was. */
#define KS_EXPLAINED_PERMILLE 700

/* One that explains more missed frees: what it saw need not have stayed. */
#define KS_OVERSTATED_PERMILLE 1300

/* In a long look what grows later is traced as well. */
#define KS_TRACES_MAX 8

enum { KS_WALK_BEFORE, KS_WALK_AFTER, KS_NR_WALKS };

struct ks_look {
	struct ks_stamp stamp;
	struct ks_value version;
	uint32_t page_bytes;
	uint64_t available_bytes;	/* MemAvailable at last; KS_UNKNOWN */
	struct ks_look_at at[KS_NR_LOOKS];
	struct ks_rows zones;
	struct ks_rows buddies;
	struct ks_walk walk[KS_NR_WALKS];
	struct ks_traced traced[KS_TRACES_MAX];
	size_t nr_traced;
	size_t nr_refused;		/* traces that the module did not begin */
	struct ks_mounts mounts;
	bool host_processes;	/* /proc has the pids that the module has */
	struct ks_strings missing;	/* what could not be looked at, and why */
	struct ks_strings notes;	/* texts that the look needs itself */
};

/* An empty point in time, and the end of one. */
void ks_look_at_init(struct ks_look_at *at);
void ks_look_at_free(struct ks_look_at *at);

/* The row of the whole host among its nodes; false without one. */
bool ks_look_at_host(const struct ks_look_at *at, size_t *row);

/* An empty look, whose rows know their kinds. */
void ks_look_init(struct ks_look *look);

/* Look at this host for about so long. */
enum ks_status ks_look_take(struct ks_look *look, uint64_t ns,
			    struct ks_error *err);

void ks_look_free(struct ks_look *look);

/* MemAvailable out of the text of /proc/meminfo; KS_UNKNOWN without it. */
uint64_t ks_available_parse(const char *text);

/* Parse the text of /proc/sys/fs/dentry-state. */
struct ks_dentry_state ks_dentry_state_parse(const char *text);

#endif /* KS_LOOK_H */
