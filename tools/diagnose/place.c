// SPDX-License-Identifier: GPL-2.0-only
/* A directory that a walk met, as people know it. */
#include <linux/kmemscope.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose/container.h"
#include "diagnose/pattern.h"
#include "diagnose/samples.h"
#include "diagnose/verdict.h"

static const char deleted[] = "//deleted";

/* The names of a directory that are of the kind that is meant. */
static void pattern_fill(struct ks_case *c, struct ks_found_place *place,
			 const struct ks_walk *walk, size_t row,
			 enum ks_dentries which)
{
	const char *name[KS_PATTERN_NAMES_MAX];
	struct ks_pattern pattern;
	size_t nr;

	nr = ks_samples_find(&walk->directories, row, &walk->names, which, name,
			     KS_PATTERN_NAMES_MAX);
	place->nr_names = nr;
	if (!ks_pattern_find(&pattern, name, nr)) {
		c->strings->failed = true;
		return;
	}
	place->nr_covered = pattern.nr_covered;
	if (pattern.text) {
		place->pattern = ks_strings_add(c->strings, "%s", pattern.text);
		place->example = ks_strings_add(c->strings, "%s",
						pattern.example);
	} else if (nr) {
		place->example = name[0];
	}
	ks_pattern_free(&pattern);
}

/* Cgroups are the same, or parts of one container. */
static bool is_near(const char *one, const char *other)
{
	struct ks_container a, b;

	return !strcmp(one, other) ||
	       (ks_container_find(&a, one) && ks_container_find(&b, other) &&
		!strcmp(a.engine, b.engine) && !strcmp(a.name, b.name));
}

/* Is it the cgroup of one that allocates?  Then the place is seen from there. */
static bool is_allocators(const char *cgroup, const void *arg)
{
	const struct ks_look *look = arg;
	size_t i, row;

	for (i = 0; i < look->nr_traced; i++) {
		const struct ks_traced *traced = &look->traced[i];

		for (row = 0; traced->who && row < traced->allocators.nr; row++)
			if (traced->who[row].cgroup &&
			    is_near(cgroup, traced->who[row].cgroup))
				return true;
	}
	return false;
}

static void container_fill(struct ks_case *c, struct ks_found_place *place,
			   const struct ks_place *at)
{
	struct ks_container container;

	place->nr_namespaces = at->nr_others;
	if (!at->pid)
		return;
	place->container_pid = at->pid;
	place->container_path = ks_strings_add(c->strings, "%s", at->inside);
	if (at->cgroup && ks_container_find(&container, at->cgroup))
		place->container = ks_strings_add(c->strings, "%s %s",
						  container.engine,
						  container.name);
	else if (at->cgroup)
		place->container = at->cgroup;
}

/* One lookup in an overlay makes dentries in its layers as well. */
static void overlay_fill(struct ks_case *c, struct ks_found_place *place,
			 const char *path)
{
	const struct ks_mounts *mounts = &c->look->mounts;
	bool failed = false;
	char *overlay;

	if (!mounts->nr || !path)
		return;
	overlay = ks_mountinfo_overlay(&mounts->space[0].mounts, path,
				       &failed);
	if (overlay && strcmp(overlay, path))
		place->overlay = ks_strings_add(c->strings, "%s", overlay);
	c->strings->failed |= failed;
	free(overlay);
}

/* From the path in its file system to the one that people know. */
static void path_fill(struct ks_case *c, struct ks_found_place *place,
		      const char *path)
{
	size_t len = strlen(path), end = sizeof(deleted) - 1;
	struct ks_place at;
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
	if (!ks_mounts_find(&c->look->mounts, place->device, plain,
			    is_allocators, c->look, &at))
		c->strings->failed = true;
	place->mounted = at.path && !place->deleted;
	place->path = ks_strings_add(c->strings, "%s", at.path ?: plain);
	container_fill(c, place, &at);
	overlay_fill(c, place, at.path);
	free(at.path);
	free(at.inside);
	free(plain);
}

void ks_place_fill(struct ks_case *c, struct ks_found_place *place,
		   const struct ks_walk *walk, size_t row,
		   enum ks_dentries which)
{
	const struct ks_rows *rows = &walk->directories;
	const char *path = ks_field_text(rows, row,
					 KMEMSCOPE_A_DENTRY_DIRECTORY_PATH);

	*place = (struct ks_found_place){
		.fs_type = ks_field_text(rows, row,
				KMEMSCOPE_A_DENTRY_DIRECTORY_FS_TYPE),
		.device = ks_field_text(rows, row,
				KMEMSCOPE_A_DENTRY_DIRECTORY_DEVICE) ?: "",
		.inode = ks_field(rows, row,
				KMEMSCOPE_A_DENTRY_DIRECTORY_INODE),
		.nr_negative = ks_field(rows, row,
				KMEMSCOPE_A_DENTRY_DIRECTORY_NR_NEGATIVE),
		.nr_positive = ks_field(rows, row,
				KMEMSCOPE_A_DENTRY_DIRECTORY_NR_POSITIVE),
		.total_bytes = ks_field(rows, row,
				KMEMSCOPE_A_DENTRY_DIRECTORY_TOTAL_BYTES),
		.growth_per_second = KS_UNKNOWN,
		.container_pid = KS_UNKNOWN,
	};
	if (path)
		path_fill(c, place, path);
	pattern_fill(c, place, walk, row, which);
}
