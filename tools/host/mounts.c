// SPDX-License-Identifier: GPL-2.0-only
/* The mounts of all mount namespaces, and which processes see a place. */
#include <dirent.h>
#include <linux/kmemscope.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/container.h"
#include "host/file.h"
#include "host/mounts.h"
#include "lib/text.h"
#include "table/field.h"

/*
 * Far more than hosts have, and what keeps this short where they do: a process
 * costs some microseconds, a namespace the lines of its mounts.
 */
#define PROCESSES_MAX 100000
#define SPACES_MAX 1024
#define FILE_MAX (4 * 1024 * 1024)

static bool is_known(const struct kms_mounts *mounts, const char *id)
{
	size_t i;

	for (i = 0; i < mounts->nr; i++)
		if (!strcmp(mounts->space[i].id, id))
			return true;
	return false;
}

static bool cgroup_read(struct kms_mount_space *space, const char *proc)
{
	const char *path;
	char name[300];
	char *text;
	size_t len;

	snprintf(name, sizeof(name), "%.250s/%u/cgroup", proc, space->pid);
	text = kms_file_read(name, FILE_MAX);
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
	struct kms_mount_space space = { .pid = pid }, *more;
	char name[300];
	ssize_t len;
	char *text;

	snprintf(name, sizeof(name), "%.250s/%u/ns/mnt", proc, pid);
	len = readlink(name, space.id, sizeof(space.id) - 1);
	if (len <= 0)
		return true;
	space.id[len] = '\0';
	if (is_known(mounts, space.id) || mounts->nr == SPACES_MAX)
		return true;
	snprintf(name, sizeof(name), "%.250s/%u/mountinfo", proc, pid);
	text = kms_file_read(name, FILE_MAX);
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

/* The lowest pid stands for its namespace: most likely what began it. */
static bool processes_take(struct kms_mounts *mounts, const char *proc,
			   const struct kms_devices *devices)
{
	bool complete = process_take(mounts, proc, 1, devices);
	struct dirent **entries;
	int i, nr;

	nr = scandir(proc, &entries, is_process, by_pid);
	for (i = 0; i < nr; i++) {
		if (complete && i < PROCESSES_MAX)
			complete = process_take(mounts, proc,
						strtoul(entries[i]->d_name,
							NULL, 10), devices);
		free(entries[i]);
	}
	if (nr >= 0)
		free(entries);
	return complete;
}

/* All devices of the directories; some more than once do no harm. */
static bool devices_take(struct kms_devices *devices,
			 const struct kms_rows *rows)
{
	const char **more, *device;
	size_t i;

	more = realloc(devices->device,
		       (devices->nr + rows->nr + 1) * sizeof(*more));
	if (!more)
		return false;
	devices->device = more;
	for (i = 0; i < rows->nr; i++) {
		device = kms_field_text(rows, i,
					KMEMSCOPE_A_DENTRY_DIRECTORY_DEVICE);
		if (device)
			more[devices->nr++] = device;
	}
	return true;
}

bool kms_mounts_read(struct kms_mounts *mounts, const char *proc,
		     const struct kms_rows *directories, size_t nr)
{
	struct kms_devices devices = { 0 };
	bool complete = true;
	size_t i;

	*mounts = (struct kms_mounts){ 0 };
	for (i = 0; complete && i < nr; i++)
		complete = devices_take(&devices, &directories[i]);
	if (complete && devices.nr)
		complete = processes_take(mounts, proc, &devices);
	free(devices.device);
	return complete;
}

/* Tell about a namespace with another path; which the place then owns. */
static void inside_take(struct kms_place *place, char *inside,
			const struct kms_mount_space *space, bool wanted)
{
	place->nr_others++;
	if (wanted && place->inside) {
		free(place->inside);
		place->inside = NULL;
	}
	if (place->inside) {
		free(inside);
		return;
	}
	place->inside = inside;
	place->pid = space->pid;
	place->cgroup = space->cgroup;
}

/* Of several, none of which is wanted, the first would be chance. */
static void chance_drop(struct kms_place *place, bool chosen)
{
	if (chosen || place->nr_others <= 1)
		return;
	free(place->inside);
	place->inside = NULL;
	place->pid = 0;
	place->cgroup = NULL;
}

bool kms_mounts_find(const struct kms_mounts *mounts, const char *device,
		     const char *path, kms_mounts_wanted *wanted,
		     const void *arg, struct kms_place *place)
{
	bool failed = false, chosen = false;
	size_t i;

	*place = (struct kms_place){ 0 };
	if (mounts->nr)
		place->path = kms_mountinfo_path(&mounts->space[0].mounts,
						 device, path, &failed);
	for (i = 1; !failed && i < mounts->nr; i++) {
		const struct kms_mount_space *space = &mounts->space[i];
		char *inside = kms_mountinfo_path(&space->mounts, device, path,
						  &failed);
		bool this;

		/*
		 * A service with mounts of its own sees the same path; who has
		 * another one for it is the one to name.
		 */
		if (!inside || (place->path && !strcmp(place->path, inside))) {
			free(inside);
			continue;
		}
		this = !chosen && wanted && space->cgroup &&
		       wanted(space->cgroup, arg);
		inside_take(place, inside, space, this);
		chosen |= this;
	}
	if (!place->path && place->inside) {
		place->path = strdup(place->inside);
		failed |= !place->path;
	}
	chance_drop(place, chosen);
	return !failed;
}

void kms_mounts_free(struct kms_mounts *mounts)
{
	while (mounts->nr) {
		struct kms_mount_space *space = &mounts->space[--mounts->nr];

		kms_mountinfo_free(&space->mounts);
		free(space->cgroup);
	}
	free(mounts->space);
	mounts->space = NULL;
}
