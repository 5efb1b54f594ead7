// SPDX-License-Identifier: GPL-2.0-only
/* The mounts of all mount namespaces, and where a directory is in them. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/container.h"
#include "host/file.h"
#include "host/mounts.h"
#include "lib/text.h"

/*
 * Far more than hosts have.  They bound the time: a process costs some
 * microseconds, a namespace the lines of its mounts.
 */
#define MAX_PROCESSES 100000
#define MAX_NAMESPACES 1024
#define MAX_FILE (4 * 1024 * 1024)

static bool is_known(const struct kms_mounts *mounts, const char *id)
{
	size_t i;

	for (i = 0; i < mounts->nr; i++)
		if (!strcmp(mounts->space[i].id, id))
			return true;
	return false;
}

static bool cgroup_read(struct kms_mount_namespace *space, const char *proc)
{
	const char *path;
	char name[300];
	char *text;
	size_t len;

	snprintf(name, sizeof(name), "%.250s/%u/cgroup", proc, space->pid);
	text = kms_file_read(name, MAX_FILE);
	if (!text)
		return true;
	path = kms_container_cgroup(text, &len);
	if (path)
		space->cgroup = kms_text_escape(path, len);
	free(text);
	return !path || space->cgroup;
}

/* Append the namespace of a process, unless it is known or has gone. */
static bool process_take(struct kms_mounts *mounts, const char *proc,
			 uint32_t pid, const struct kms_devices *devices)
{
	struct kms_mount_namespace space = { .pid = pid }, *more;
	char name[300];
	ssize_t len;
	char *text;

	snprintf(name, sizeof(name), "%.250s/%u/ns/mnt", proc, pid);
	len = readlink(name, space.id, sizeof(space.id) - 1);
	if (len <= 0)
		return true;
	space.id[len] = '\0';
	if (is_known(mounts, space.id) || mounts->nr == MAX_NAMESPACES)
		return true;
	snprintf(name, sizeof(name), "%.250s/%u/mountinfo", proc, pid);
	text = kms_file_read(name, MAX_FILE);
	if (!text)
		return true;
	more = realloc(mounts->space, (mounts->nr + 1) * sizeof(*more));
	if (more)
		mounts->space = more;
	if (!more || !kms_mountinfo_parse(&space.mounts, text, devices) ||
	    !cgroup_read(&space, proc)) {
		kms_mountinfo_free(&space.mounts);
		free(text);
		return false;
	}
	free(text);
	more[mounts->nr++] = space;
	return true;
}

static int is_process(const struct dirent *entry)
{
	uint64_t pid;

	return kms_text_number(entry->d_name, UINT32_MAX, &pid);
}

static int by_pid(const struct dirent **one, const struct dirent **other)
{
	const unsigned long a = strtoul((*one)->d_name, NULL, 10);
	const unsigned long b = strtoul((*other)->d_name, NULL, 10);

	return (a > b) - (a < b);
}

/* The lowest pid stands for its namespace: most likely it began that. */
static bool processes_take(struct kms_mounts *mounts, const char *proc,
			   const struct kms_devices *devices)
{
	bool complete = process_take(mounts, proc, 1, devices);
	struct dirent **entries;
	int i, nr;

	nr = scandir(proc, &entries, is_process, by_pid);
	for (i = 0; i < nr; i++) {
		if (complete && i < MAX_PROCESSES)
			complete = process_take(mounts, proc,
						strtoul(entries[i]->d_name,
							NULL, 10), devices);
		free(entries[i]);
	}
	if (nr >= 0)
		free(entries);
	return complete;
}

bool kms_mounts_read(struct kms_mounts *mounts, const char *proc,
		     const struct kms_devices *devices)
{
	*mounts = (struct kms_mounts){ 0 };
	return !devices->nr || processes_take(mounts, proc, devices);
}

/* Describe a namespace with another path, which the location takes over. */
static void inside_take(struct kms_location *location, char *inside,
			const struct kms_mount_namespace *space, bool preferred)
{
	location->nr_others++;
	if (preferred && location->inside) {
		free(location->inside);
		location->inside = NULL;
	}
	if (location->inside) {
		free(inside);
		return;
	}
	location->inside = inside;
	location->pid = space->pid;
	location->cgroup = space->cgroup;
}

/* Of several, none of them preferred, the first would be there by chance. */
static void chance_drop(struct kms_location *location, bool chosen)
{
	if (chosen || location->nr_others <= 1)
		return;
	free(location->inside);
	location->inside = NULL;
	location->pid = 0;
	location->cgroup = NULL;
}

bool kms_mounts_find(const struct kms_mounts *mounts, const char *device,
		     const char *path, kms_mounts_prefer *prefer,
		     const void *arg, struct kms_location *location)
{
	bool failed = false, chosen = false;
	size_t i;

	*location = (struct kms_location){ 0 };
	if (mounts->nr)
		location->path = kms_mountinfo_path(&mounts->space[0].mounts,
						    device, path, &failed);
	for (i = 1; !failed && i < mounts->nr; i++) {
		const struct kms_mount_namespace *space = &mounts->space[i];
		char *inside = kms_mountinfo_path(&space->mounts, device, path,
						  &failed);
		bool this;

		/*
		 * A service with mounts of its own mostly has the same path;
		 * only another path is worth a word.
		 */
		if (!inside || (location->path && !strcmp(location->path, inside))) {
			free(inside);
			continue;
		}
		this = !chosen && prefer && space->cgroup &&
		       prefer(space->cgroup, arg);
		inside_take(location, inside, space, this);
		chosen |= this;
	}
	location->hidden = !location->path && location->inside;
	if (location->hidden) {
		location->path = strdup(location->inside);
		failed |= !location->path;
	}
	chance_drop(location, chosen);
	return !failed;
}

void kms_mounts_free(struct kms_mounts *mounts)
{
	while (mounts->nr) {
		struct kms_mount_namespace *space = &mounts->space[--mounts->nr];

		kms_mountinfo_free(&space->mounts);
		free(space->cgroup);
	}
	free(mounts->space);
	mounts->space = NULL;
}
