// SPDX-License-Identifier: GPL-2.0-only
/* A directory that a walk met, as people know it. */
#include <linux/kmemscope.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/judge/directories.h"
#include "host/container.h"
#include "host/samples.h"
#include "lib/pattern.h"

static const char deleted[] = "//deleted";

/* The names of a directory that are of the kind that is meant. */
static void pattern_fill(struct kms_case *c, struct kms_found_place *place,
			 const struct kms_walk *walk, size_t row,
			 enum kms_dentries which)
{
	const char *name[KMS_MAX_PATTERN_NAMES];
	struct kms_pattern pattern;
	size_t nr;

	nr = kms_samples_find(&walk->directories, row, &walk->names, which,
			      name, KMS_MAX_PATTERN_NAMES);
	place->nr_names = nr;
	if (!kms_pattern_find(&pattern, name, nr)) {
		c->strings->failed = true;
		return;
	}
	place->nr_covered = pattern.nr_covered;
	if (pattern.text) {
		place->pattern =
			kms_strings_add(c->strings, "%s", pattern.text);
		place->example = kms_strings_add(c->strings, "%s",
						 pattern.example);
	} else if (nr) {
		place->example = name[0];
	}
	kms_pattern_free(&pattern);
}

/* Cgroups are the same, or parts of one container. */
static bool is_near(const char *one, const char *other)
{
	struct kms_container a, b;

	return !strcmp(one, other) ||
	       (kms_container_find(&a, one) && kms_container_find(&b, other) &&
		!strcmp(a.engine, b.engine) && !strcmp(a.name, b.name));
}

/* Is it the cgroup of one that allocates?  Then the place is seen from there. */
static bool is_allocators(const char *cgroup, const void *arg)
{
	const struct kms_look *look = arg;
	size_t i, row;

	for (i = 0; i < look->nr_traced; i++) {
		const struct kms_traced *traced = &look->traced[i];

		for (row = 0; traced->who && row < traced->allocators.nr; row++)
			if (traced->who[row].cgroup &&
			    is_near(cgroup, traced->who[row].cgroup))
				return true;
	}
	return false;
}

static void container_fill(struct kms_case *c, struct kms_found_place *place,
			   const struct kms_place *at)
{
	struct kms_container container;

	place->nr_namespaces = at->nr_others;
	if (!at->pid)
		return;
	place->container_pid = at->pid;
	place->container_path = kms_strings_add(c->strings, "%s", at->inside);
	if (at->cgroup && kms_container_find(&container, at->cgroup))
		place->container = kms_strings_add(c->strings, "%s %s",
						   container.engine,
						   container.name);
	else if (at->cgroup)
		place->container = at->cgroup;
}

/* One lookup in an overlay makes dentries in its layers as well. */
static void overlay_fill(struct kms_case *c, struct kms_found_place *place,
			 const char *path)
{
	const struct kms_mounts *mounts = &c->look->mounts;
	bool failed = false;
	char *overlay;

	if (!mounts->nr || !path)
		return;
	overlay = kms_mountinfo_overlay(&mounts->space[0].mounts, path,
					&failed);
	if (overlay && strcmp(overlay, path))
		place->overlay = kms_strings_add(c->strings, "%s", overlay);
	c->strings->failed |= failed;
	free(overlay);
}

/* From the path in its file system to the one that people know. */
static void path_fill(struct kms_case *c, struct kms_found_place *place,
		      const char *path)
{
	size_t len = strlen(path), end = sizeof(deleted) - 1;
	struct kms_place at;
	char *plain;

	plain = strdup(path);
	if (!plain) {
		c->strings->failed = true;
		return;
	}
	if (len >= end && !strcmp(path + len - end, deleted)) {
		place->deleted = true;
		plain[len - end] = '\0';
	}
	if (!kms_mounts_find(&c->look->mounts, place->device, plain,
			     is_allocators, c->look, &at))
		c->strings->failed = true;
	place->mounted = at.path && !place->deleted;
	place->path = kms_strings_add(c->strings, "%s", at.path ?: plain);
	container_fill(c, place, &at);
	overlay_fill(c, place, at.path);
	free(at.path);
	free(at.inside);
	free(plain);
}

void kms_place_fill(struct kms_case *c, struct kms_found_place *place,
		    const struct kms_walk *walk, size_t row,
		    enum kms_dentries which)
{
	const struct kms_rows *rows = &walk->directories;
	const char *path = kms_field_text(rows, row,
					  KMEMSCOPE_A_DENTRY_DIRECTORY_PATH);

	*place = (struct kms_found_place){
		.fs_type = kms_field_text(rows, row,
				KMEMSCOPE_A_DENTRY_DIRECTORY_FS_TYPE),
		.device = kms_field_text(rows, row,
				KMEMSCOPE_A_DENTRY_DIRECTORY_DEVICE) ?: "",
		.inode = kms_field(rows, row,
				KMEMSCOPE_A_DENTRY_DIRECTORY_INODE),
		.nr_negative = kms_field(rows, row,
				KMEMSCOPE_A_DENTRY_DIRECTORY_NR_NEGATIVE),
		.nr_positive = kms_field(rows, row,
				KMEMSCOPE_A_DENTRY_DIRECTORY_NR_POSITIVE),
		.total_bytes = kms_field(rows, row,
				KMEMSCOPE_A_DENTRY_DIRECTORY_TOTAL_BYTES),
		.growth_per_second = KMS_UNKNOWN,
		.container_pid = KMS_UNKNOWN,
	};
	if (path)
		path_fill(c, place, path);
	pattern_fill(c, place, walk, row, which);
}
