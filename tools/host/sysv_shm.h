/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared memory segments of System V, by /proc/sysvipc/shm. */
#ifndef KMS_HOST_SYSV_SHM_H
#define KMS_HOST_SYSV_SHM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kms_segment {
	uint32_t id;
	uint32_t maker;	/* its pid, which may have ended */
	uint32_t uid;
	uint64_t nr_attached;
	uint64_t bytes;		/* in memory */
	uint64_t swap_bytes;
};

struct kms_segments {
	struct kms_segment *segment;	/* by id */
	size_t nr;
	bool known;		/* the file was read */
};

/*
 * Parse the text of /proc/sysvipc/shm.  Lines that are no segments are skipped.
 * False when memory is out.
 */
bool kms_segments_parse(struct kms_segments *segments, const char *text);

/* Read the file; false when memory is out. */
bool kms_segments_read(struct kms_segments *segments, const char *path);

/* Find a segment by its id, or NULL. */
const struct kms_segment *kms_segments_find(const struct kms_segments *segments,
					    uint32_t id);

void kms_segments_free(struct kms_segments *segments);

#endif /* KMS_HOST_SYSV_SHM_H */
