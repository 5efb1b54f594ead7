// SPDX-License-Identifier: GPL-2.0-only
/* Shared memory segments of System V, by /proc/sysvipc/shm. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/file.h"
#include "host/sysv_shm.h"

/* The kernel's limit is 32768 segments by default, of some 150 bytes. */
#define MAX_TEXT_BYTES (16 * 1024 * 1024)

/* Longer lines are none of the kernel. */
#define MAX_LINE 512

static bool line_parse(struct kms_segment *segment, const char *text,
		       size_t len)
{
	/* key shmid perms size cpid lpid nattch uid ... rss swap */
	static const char format[] =
		"%*d %u %*o %*u %u %*u %llu %u %*u %*u %*u %*u %*u %*u %llu %llu";
	unsigned long long nr_attached, bytes, swap_bytes;
	char line[MAX_LINE];

	/* A number that lacks is not to be taken from the next line. */
	if (len >= sizeof(line))
		return false;
	memcpy(line, text, len);
	line[len] = '\0';
	if (sscanf(line, format, &segment->id, &segment->maker, &nr_attached,
		   &segment->uid, &bytes, &swap_bytes) != 6)
		return false;
	segment->nr_attached = nr_attached;
	segment->bytes = bytes;
	segment->swap_bytes = swap_bytes;
	return true;
}

static int segment_compare(const void *a, const void *b)
{
	const struct kms_segment *left = a, *right = b;

	return left->id < right->id ? -1 : left->id > right->id;
}

bool kms_segments_parse(struct kms_segments *segments, const char *text)
{
	struct kms_segment segment, *more;
	size_t len;

	*segments = (struct kms_segments){ .known = true };
	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		if (!line_parse(&segment, text, len))
			continue;
		more = realloc(segments->segment,
			       (segments->nr + 1) * sizeof(*more));
		if (!more)
			return false;
		segments->segment = more;
		more[segments->nr++] = segment;
	}
	if (segments->nr)
		qsort(segments->segment, segments->nr,
		      sizeof(*segments->segment), segment_compare);
	return true;
}

bool kms_segments_read(struct kms_segments *segments, const char *path)
{
	char *text = kms_file_read(path, MAX_TEXT_BYTES);
	bool complete = true;

	*segments = (struct kms_segments){ 0 };
	if (text)
		complete = kms_segments_parse(segments, text);
	free(text);
	return complete;
}

const struct kms_segment *kms_segments_find(const struct kms_segments *segments,
					    uint32_t id)
{
	const struct kms_segment key = { .id = id };

	if (!segments->nr)
		return NULL;
	return bsearch(&key, segments->segment, segments->nr,
		       sizeof(*segments->segment), segment_compare);
}

void kms_segments_free(struct kms_segments *segments)
{
	free(segments->segment);
	*segments = (struct kms_segments){ 0 };
}
