// SPDX-License-Identifier: GPL-2.0-only
/* Find the largest file of a tmpfs that was written to lately. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/tmpfs_walk.h"
#include "lib/clock.h"
#include "lib/text.h"

#define MAX_ENTRIES 2000

/* Each level has a folder open. */
#define MAX_DEPTH 16

struct walk {
	const struct kms_tmpfs *mount;
	uint64_t since_ns;
	size_t nr_entries;
	uint64_t bytes;
	uint64_t total_bytes;
	char *path;		/* below the mount point, bytes */
	bool failed;
};

/* Reading a folder must not change the time of its last use. */
static DIR *folder_open(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
			O_CLOEXEC | O_NOATIME);
	DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;

	if (fd >= 0 && !folder)
		close(fd);
	return folder;
}

static void file_take(struct walk *walk, const struct stat *file,
		      const char *below, const char *name)
{
	uint64_t changed = file->st_mtim.tv_sec * NS_PER_SEC +
			   file->st_mtim.tv_nsec;
	uint64_t bytes = file->st_blocks * 512ull;
	char *path;

	if (!S_ISREG(file->st_mode))
		return;
	walk->total_bytes += bytes;
	if (changed < walk->since_ns || bytes <= walk->bytes)
		return;
	if (asprintf(&path, "%s/%s", below, name) < 0) {
		walk->failed = true;
		return;
	}
	free(walk->path);
	walk->path = path;
	walk->bytes = bytes;
}

static void folder_walk(struct walk *walk, DIR *folder, const char *below,
			unsigned int depth)
{
	struct dirent *entry;
	struct stat file;
	char *path;
	DIR *child;

	while (!walk->failed && (entry = readdir(folder))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (walk->nr_entries++ >= MAX_ENTRIES)
			return;
		if (fstatat(dirfd(folder), entry->d_name, &file,
			    AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) ||
		    file.st_dev != walk->mount->number)
			continue;
		file_take(walk, &file, below, entry->d_name);
		if (!S_ISDIR(file.st_mode) || depth == MAX_DEPTH)
			continue;
		child = folder_open(dirfd(folder), entry->d_name);
		if (!child)
			continue;
		if (asprintf(&path, "%s/%s", below, entry->d_name) >= 0) {
			folder_walk(walk, child, path, depth + 1);
			free(path);
		} else {
			walk->failed = true;
		}
		closedir(child);
	}
}

static char *path_of(const struct walk *walk)
{
	const char *point = walk->mount->point;
	char *below = kms_text_escape(walk->path, strlen(walk->path));
	char *path = NULL;

	if (below && asprintf(&path, "%s%s", strcmp(point, "/") ? point : "",
			      below) < 0)
		path = NULL;
	free(below);
	return path;
}

bool kms_tmpfs_walk(struct kms_tmpfs_file *file, const struct kms_tmpfs *mount,
		    const char *proc, uint64_t since_ns)
{
	struct walk walk = { .mount = mount, .since_ns = since_ns };
	char *point = kms_text_unescape(mount->point), *path = NULL;
	DIR *folder = NULL;

	*file = (struct kms_tmpfs_file){ 0 };
	if (!point || asprintf(&path, "%s/%u/root%s", proc, mount->pid,
			       point) < 0) {
		free(point);
		return false;
	}
	folder = folder_open(AT_FDCWD, path);
	if (folder)
		folder_walk(&walk, folder, "", 0);
	if (folder)
		closedir(folder);
	free(path);
	free(point);
	if (walk.path)
		file->path = path_of(&walk);
	walk.failed |= walk.path && !file->path;
	file->bytes = walk.bytes;
	file->total_bytes = walk.total_bytes;
	free(walk.path);
	return !walk.failed;
}
