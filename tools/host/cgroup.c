// SPDX-License-Identifier: GPL-2.0-only
/* Cgroups of the unified hierarchy, by the number of their folder. */
#include <fcntl.h>
#include <limits.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/cgroup.h"
#include "lib/text.h"

/* From linux/exportfs.h: the handle of a kernfs file is its number. */
#define FILEID_KERNFS 0xfe

/* Open the folder where cgroup2 is mounted; -1 if there is none. */
static int hierarchy_open(void)
{
	struct mntent *mount;
	FILE *mounts;
	int fd = -1;

	mounts = setmntent("/proc/self/mounts", "re");
	if (!mounts)
		return -1;
	while (fd < 0 && (mount = getmntent(mounts))) {
		if (!strcmp(mount->mnt_type, "cgroup2"))
			fd = open(mount->mnt_dir,
				  O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	endmntent(mounts);
	return fd;
}

static int cgroup_open(int hierarchy, uint64_t id)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof(id)];
	} file = {
		.handle.handle_bytes = sizeof(id),
		.handle.handle_type = FILEID_KERNFS,
	};

	memcpy(file.handle.f_handle, &id, sizeof(id));
	return open_by_handle_at(hierarchy, &file.handle,
				 O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Read the path of an open folder; false if it is unknown or gone. */
static bool path_read(int fd, char path[PATH_MAX])
{
	char link[64];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, PATH_MAX - 1);
	if (len < 0)
		return false;
	path[len] = '\0';
	return *path == '/';
}

char *kms_cgroup_path(uint64_t id)
{
	char root[PATH_MAX], path[PATH_MAX];
	int hierarchy = hierarchy_open(), fd = -1;
	const char *rest = NULL;
	size_t len;

	if (hierarchy < 0)
		return NULL;
	fd = cgroup_open(hierarchy, id);
	if (fd >= 0 && path_read(hierarchy, root) && path_read(fd, path)) {
		len = strlen(root);
		if (!strncmp(path, root, len) &&
		    (path[len] == '/' || !path[len]))
			rest = path[len] ? path + len : "/";
	}
	if (fd >= 0)
		close(fd);
	close(hierarchy);
	return rest ? kms_text_escape(rest, strlen(rest)) : NULL;
}
