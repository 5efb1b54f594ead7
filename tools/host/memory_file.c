// SPDX-License-Identifier: GPL-2.0-only
/* Files in memory that processes have open, also those without a name. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "host/memory_file.h"
#include "lib/clock.h"
#include "lib/text.h"

/* Bounds the memory for them; a process has 1024 by default. */
#define MAX_FILES 200000

/* Smaller ones count, but need no name. */
#define NAMED_BYTES (1024 * 1024)

/* The clock is read once for this many open files. */
#define BATCH 256

struct reader {
	const struct kms_memory_search *search;
	struct kms_memory_files *files;
	uint64_t nameless;	/* the device of memfd and the like, or 0 */
	size_t nr_seen;
};

/* Files without a name are on a file system that is nowhere mounted. */
static uint64_t nameless_device(void)
{
	int fd = memfd_create("kmemscope", MFD_CLOEXEC);
	struct stat file;
	bool known;

	if (fd < 0)
		return 0;
	known = !fstat(fd, &file);
	close(fd);
	return known ? file.st_dev : 0;
}

static bool is_in_memory(const struct reader *reader, uint64_t device)
{
	size_t i;

	if (device == reader->nameless)
		return true;
	for (i = 0; i < reader->search->nr_devices; i++)
		if (reader->search->devices[i] == device)
			return true;
	return false;
}

static bool text_begins(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* Of sockets, pipes and the like the link is no path: "socket:[123]". */
static bool may_be_file(const char *link)
{
	return *link == '/' && !text_begins(link, "/proc/") &&
	       !text_begins(link, "/sys/") && !text_begins(link, "/dev/null") &&
	       !text_begins(link, "/dev/pts/");
}

static bool is_deleted(const char *link)
{
	static const char end[] = " (deleted)";
	size_t len = strlen(link);

	return len >= strlen(end) &&
	       !strcmp(link + len - strlen(end), end);
}

/*
 * What the kernel knows already is enough: a file server that does not answer
 * must not stop this.
 */
static bool file_fill(struct kms_memory_file *file, int folder,
		      const char *name, uint64_t since_ns)
{
	struct statx found;

	if (statx(folder, name, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT,
		  STATX_BASIC_STATS, &found))
		return false;
	if (!S_ISREG(found.stx_mode))
		return false;
	file->device = makedev(found.stx_dev_major, found.stx_dev_minor);
	file->inode = found.stx_ino;
	file->bytes = found.stx_blocks * 512;
	file->changed = found.stx_mtime.tv_sec > 0 &&
			found.stx_mtime.tv_sec * NS_PER_SEC +
			found.stx_mtime.tv_nsec >= since_ns;
	return true;
}

/* Append an open file, if it is in memory; false when memory is out. */
static bool file_take(struct reader *reader, int folder, const char *name,
		      uint32_t pid)
{
	struct kms_memory_file file = { .pid = pid }, *more;
	struct kms_memory_files *files = reader->files;
	char link[PATH_MAX + 32];
	struct stat opened;
	ssize_t len;

	len = readlinkat(folder, name, link, sizeof(link) - 1);
	if (len <= 0)
		return true;
	link[len] = '\0';
	if (!may_be_file(link) ||
	    !file_fill(&file, folder, name, reader->search->since_ns) ||
	    !is_in_memory(reader, file.device))
		return true;
	/* The mode of the link itself is that of the open file. */
	file.writable = !fstatat(folder, name, &opened, AT_SYMLINK_NOFOLLOW) &&
			opened.st_mode & 0200;
	file.deleted = is_deleted(link);
	if (!(files->nr & (files->nr - 1))) {
		more = realloc(files->file, (2 * files->nr + 1) * sizeof(*more));
		if (!more)
			return false;
		files->file = more;
	}
	if (file.bytes >= NAMED_BYTES) {
		file.name = kms_text_escape(link, len);
		if (!file.name)
			return false;
	}
	files->file[files->nr++] = file;
	return true;
}

static bool is_over(const struct reader *reader)
{
	return reader->files->nr >= MAX_FILES ||
	       (reader->nr_seen % BATCH == BATCH - 1 &&
		kms_now_ns() >= reader->search->until_ns);
}

static bool process_take(struct reader *reader, uint32_t pid)
{
	struct dirent *entry;
	bool complete = true;
	char path[300];
	DIR *folder;

	snprintf(path, sizeof(path), "%.250s/%u/fd", reader->search->proc, pid);
	folder = opendir(path);
	while (folder && complete && (entry = readdir(folder))) {
		if (*entry->d_name == '.')
			continue;
		reader->nr_seen++;
		if (is_over(reader)) {
			reader->files->whole = false;
			break;
		}
		complete = file_take(reader, dirfd(folder), entry->d_name, pid);
	}
	if (folder)
		closedir(folder);
	return complete;
}

/* The same file side by side, and first who can write to it. */
static int same_compare(const void *a, const void *b)
{
	const struct kms_memory_file *left = a, *right = b;

	if (left->device != right->device)
		return left->device < right->device ? -1 : 1;
	if (left->inode != right->inode)
		return left->inode < right->inode ? -1 : 1;
	if (left->writable != right->writable)
		return left->writable ? -1 : 1;
	return left->pid < right->pid ? -1 : left->pid > right->pid;
}

static int size_compare(const void *a, const void *b)
{
	const struct kms_memory_file *left = a, *right = b;

	if (left->bytes != right->bytes)
		return left->bytes > right->bytes ? -1 : 1;
	return same_compare(a, b);
}

static void files_fold(struct kms_memory_files *files)
{
	struct kms_memory_file *file = files->file;
	size_t i, nr = 0;

	if (!files->nr)
		return;
	qsort(file, files->nr, sizeof(*file), same_compare);
	for (i = 0; i < files->nr; i++) {
		if (nr && file[nr - 1].device == file[i].device &&
		    file[nr - 1].inode == file[i].inode)
			free(file[i].name);
		else
			file[nr++] = file[i];
	}
	files->nr = nr;
	qsort(file, files->nr, sizeof(*file), size_compare);
}

bool kms_memory_files_read(struct kms_memory_files *files,
			   const struct kms_memory_search *search)
{
	struct reader reader = {
		.search = search,
		.files = files,
		.nameless = nameless_device(),
	};
	bool complete = true;
	size_t i;

	*files = (struct kms_memory_files){ .whole = true };
	for (i = 0; complete && files->whole && i < search->nr_pids; i++)
		complete = process_take(&reader, search->pids[i]);
	files_fold(files);
	return complete;
}

void kms_memory_files_free(struct kms_memory_files *files)
{
	size_t i;

	for (i = 0; i < files->nr; i++)
		free(files->file[i].name);
	free(files->file);
	*files = (struct kms_memory_files){ 0 };
}
