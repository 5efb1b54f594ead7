/* SPDX-License-Identifier: GPL-2.0-only */
/* The causes of growth as data: what grows together, and who shows it. */
#ifndef KMS_DIAGNOSE_JUDGE_CAUSE_TABLE_H
#define KMS_DIAGNOSE_JUDGE_CAUSE_TABLE_H

#include "diagnose/finding.h"

/* What shows who holds it, or how many there are. */
enum kms_witness {
	KMS_WITNESS_NONE,
	KMS_WITNESS_ALLOCATOR,	/* it ends with the process that made it */
	KMS_WITNESS_FILES,	/* the number of open files of a kind */
	KMS_WITNESS_BPF,	/* what BPF maps lock, by their open files */
	KMS_WITNESS_QUEUES,	/* the data that waits in sockets */
	KMS_WITNESS_THREADS,
	KMS_WITNESS_ZOMBIES,
	KMS_WITNESS_CGROUPS,	/* cgroup.stat */
	KMS_WITNESS_OBJECTS,	/* the objects of the first lead */
};

#define KMS_MAX_LEADS 24
#define KMS_MAX_WITH 40
#define KMS_MAX_CAUSE_FRAMES 8

/* Names are those of slab caches or counters; one may end in "*". */
struct kms_cause {
	const char *name;
	const char *noun;	/* "TCP sockets", as counted */
	enum kms_witness witness;
	enum kms_freed_by freed_by;
	unsigned int kinds;	/* of open files, as bits */
	bool needs_holder;	/* its leads alone do not show it */
	bool has_directory;
	bool is_strong;		/* its leads show it however small they are */
	bool reclaimable;	/* all of it is */
	uint32_t bytes_each;	/* that others grow by at most, per object */
	const char *lead[KMS_MAX_LEADS];	/* one of them has to grow */
	const char *with[KMS_MAX_WITH];	/* these go with it */
	const char *frame[KMS_MAX_CAUSE_FRAMES];	/* in stacks of it */
};

/* The first that fits is taken; the last has no name. */
extern const struct kms_cause kms_causes[];

/* Does a name fit one of these patterns? */
bool kms_cause_fits(const char * const *patterns, size_t max,
		    const char *name);

/* A noun for what a lead has, which may be more exact than the cause's. */
const char *kms_cause_noun(const struct kms_cause *cause, const char *lead);

#endif /* KMS_DIAGNOSE_JUDGE_CAUSE_TABLE_H */
