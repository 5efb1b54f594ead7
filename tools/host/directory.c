// SPDX-License-Identifier: GPL-2.0-only
/* A directory of the module's walk, as people of this host know it. */
#include <stdlib.h>
#include <string.h>

#include "host/container.h"
#include "host/directory.h"

/* The kernel ends the path of a deleted directory so. */
static const char deleted_end[] = "//deleted";

bool kms_devices_add(struct kms_devices *devices,
		     const struct kms_dentry_directory_records *directories)
{
	const struct kms_dentry_directory_record *record;
	const char **more;

	more = reallocarray(devices->device,
			    devices->nr + directories->nr + 1, sizeof(*more));
	if (!more)
		return false;
	devices->device = more;
	/* Duplicates do no harm. */
	kms_for_each(record, directories)
		if (record->device)
			more[devices->nr++] = record->device;
	return true;
}

static bool is_in(const struct kms_dentry_name_record *name,
		  const struct kms_dentry_directory_record *record)
{
	return name->device && record->device &&
	       !strcmp(name->device, record->device) &&
	       name->inode == record->inode &&
	       name->generation == record->generation;
}

/* Find the pattern of its names: of all, or of negative or positive ones. */
static bool pattern_find(struct kms_pattern *pattern,
			 const struct kms_dentry_directory_record *record,
			 const struct kms_dentry_name_records *names,
			 enum kms_dentries which)
{
	const uint64_t negative = which == KMS_DENTRIES_NEGATIVE;
	const char *sample[KMS_MAX_PATTERN_NAMES];
	const struct kms_dentry_name_record *name;
	size_t nr = 0;

	kms_for_each(name, names) {
		if (nr == KMS_MAX_PATTERN_NAMES)
			break;
		if (name->name && is_in(name, record) &&
		    (which == KMS_DENTRIES_ALL || name->negative == negative))
			sample[nr++] = name->name;
	}
	if (!kms_pattern_find(pattern, sample, nr))
		return false;
	pattern->nr_names = nr;
	if (pattern->text || !nr)
		return true;
	free(pattern->example);
	pattern->example = strdup(sample[0]);
	return pattern->example;
}

static bool container_fill(struct kms_directory *directory,
			   const struct kms_location *location)
{
	struct kms_container container;

	if (!location->cgroup)
		return true;
	directory->is_container = kms_container_find(&container,
						     location->cgroup);
	directory->container = directory->is_container ?
		kms_container_text(&container) : strdup(location->cgroup);
	return directory->container;
}

/* One lookup in an overlay makes dentries in its layers as well. */
static bool overlay_fill(struct kms_directory *directory,
			 const struct kms_mounts *mounts, const char *path)
{
	bool failed = false;

	if (!mounts->nr || !path)
		return true;
	directory->overlay = kms_mountinfo_overlay(&mounts->space[0].mounts,
						   path, &failed);
	if (directory->overlay && !strcmp(directory->overlay, path)) {
		free(directory->overlay);
		directory->overlay = NULL;
	}
	return !failed;
}

/* Take over plain, its path in its file system, and find where that is. */
static bool location_fill(struct kms_directory *directory, const char *device,
			  char *plain, const struct kms_mounts *mounts,
			  kms_mounts_prefer *prefer, const void *arg)
{
	struct kms_location location;
	bool complete;

	complete = kms_mounts_find(mounts, device, plain, prefer, arg,
				   &location);
	directory->reachable = location.path;
	directory->hidden = location.hidden;
	directory->nr_namespaces = location.nr_others;
	directory->container_path = location.inside;
	directory->container_pid = location.pid;
	complete &= container_fill(directory, &location);
	complete &= overlay_fill(directory, mounts, location.path);
	directory->path = location.path ?: plain;
	if (location.path)
		free(plain);
	return complete;
}

static bool path_fill(struct kms_directory *directory,
		      const struct kms_dentry_directory_record *record,
		      const struct kms_mounts *mounts,
		      kms_mounts_prefer *prefer, const void *arg)
{
	size_t len, end = sizeof(deleted_end) - 1;
	char *plain;

	if (!record->path)
		return true;
	plain = strdup(record->path);
	if (!plain)
		return false;
	len = strlen(plain);
	directory->deleted = len >= end &&
			     !strcmp(plain + len - end, deleted_end);
	if (directory->deleted)
		plain[len - end] = '\0';
	return location_fill(directory, record->device ?: "", plain, mounts,
			     prefer, arg);
}

bool kms_directory_find(struct kms_directory *directory,
			const struct kms_dentry_directory_record *record,
			const struct kms_dentry_name_records *names,
			const struct kms_mounts *mounts,
			kms_mounts_prefer *prefer, const void *arg)
{
	bool complete;
	size_t i;

	*directory = (struct kms_directory){ 0 };
	complete = path_fill(directory, record, mounts, prefer, arg);
	for (i = 0; complete && i < KMS_NR_DENTRIES; i++)
		complete = pattern_find(&directory->pattern[i], record, names,
					i);
	return complete;
}

void kms_directory_free(struct kms_directory *directory)
{
	size_t i;

	free(directory->path);
	free(directory->overlay);
	free(directory->container_path);
	free(directory->container);
	for (i = 0; i < KMS_NR_DENTRIES; i++)
		kms_pattern_free(&directory->pattern[i]);
}
