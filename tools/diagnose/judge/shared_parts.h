/* SPDX-License-Identifier: GPL-2.0-only */
/* Which part of shared memory grew, or is large, and who holds it. */
#ifndef KMS_DIAGNOSE_JUDGE_SHARED_PARTS_H
#define KMS_DIAGNOSE_JUDGE_SHARED_PARTS_H

#include "diagnose/judge/case.h"

struct kms_shared_parts {
	const char *what;		/* the main part, in words */
	const struct kms_tmpfs *mount;	/* it is this file system, or NULL */
	uint64_t mount_bytes;
	const struct kms_segment *segment;	/* the largest, or NULL */
	uint64_t segment_bytes;
	uint64_t segments_bytes;	/* of all segments, which are the part */
	size_t nr_segments;
	uint64_t hidden_bytes;		/* in no file system and no segment */
};

/* Find the part that most of this growth is of. */
struct kms_shared_parts kms_shared_parts_grown(struct kms_case *c,
					       uint64_t growth_bytes);

/*
 * Add the part with its place and its holder to a finding of growth, and fill in
 * what it is in words.  False when none of the files and segments explains it.
 */
bool kms_shared_parts_tell(struct kms_case *c, struct kms_finding *finding,
			   struct kms_shared_parts *parts);

/* Append a file system as a directory, with its share of the whole. */
void kms_shared_place(struct kms_case *c, struct kms_finding *finding,
		      const struct kms_tmpfs *mount, uint64_t bytes,
		      uint64_t whole_bytes);

/* The files that a process has open, as far as they are counted here. */
struct kms_open_sum {
	uint32_t pid;
	uint64_t bytes;
	size_t nr;
	const struct kms_memory_file *largest;
};

/*
 * The process whose open files are the largest together: those that were
 * changed while observed, or those that are deleted.
 */
struct kms_open_sum kms_open_changed(const struct kms_case *c,
				     const struct kms_tmpfs *mount);
struct kms_open_sum kms_open_deleted(const struct kms_case *c);

/* Append that process; returns what it has open, in words. */
const char *kms_open_holder(struct kms_case *c, struct kms_finding *finding,
			    const struct kms_open_sum *sum,
			    uint64_t whole_bytes);

#endif /* KMS_DIAGNOSE_JUDGE_SHARED_PARTS_H */
