/* SPDX-License-Identifier: GPL-2.0-only */
/* Who has vmalloc memory, by /proc/vmallocinfo. */
#ifndef KMS_HOST_VMALLOCINFO_H
#define KMS_HOST_VMALLOCINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All areas of one caller. */
struct kms_vmalloc_caller {
	char *name;		/* "function [module]", escaped */
	uint64_t nr;		/* areas */
	uint64_t bytes;		/* of pages that vmalloc() allocated */
	uint64_t mapped_bytes;	/* of pages that the caller allocated itself */
};

struct kms_vmalloc_callers {
	struct kms_vmalloc_caller *caller;	/* by name */
	size_t nr;
	bool known;		/* the file was read, and all of it */
};

/*
 * Sum the text of /proc/vmallocinfo by caller.  Lines that are no areas are
 * skipped.  False when memory is out.
 */
bool kms_vmalloc_callers_parse(struct kms_vmalloc_callers *callers, char *text,
			       uint64_t page_bytes);

/* Read the file, unless it is longer than 64 MiB; false: memory is out. */
bool kms_vmalloc_callers_read(struct kms_vmalloc_callers *callers,
			      const char *path, uint64_t page_bytes);

/* Find a caller by its name, or NULL. */
const struct kms_vmalloc_caller *
kms_vmalloc_callers_find(const struct kms_vmalloc_callers *callers,
			 const char *name);

void kms_vmalloc_callers_free(struct kms_vmalloc_callers *callers);

#endif /* KMS_HOST_VMALLOCINFO_H */
