// SPDX-License-Identifier: GPL-2.0-only
/* File systems whose files are in memory: tmpfs, ramfs, devtmpfs. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "host/file.h"
#include "host/mountinfo.h"
#include "host/tmpfs.h"
#include "lib/array.h"
#include "lib/clock.h"
#include "lib/text.h"
#include "table/typed.h"

/* From the kernel's include/uapi/linux/magic.h */
#define TMPFS 0x01021994
#define RAMFS 0x858458f6

/* Far more than hosts have; they bound the time. */
#define MAX_NAMESPACES 512
#define MAX_MOUNTS 4096
#define MAX_FILE (4 * 1024 * 1024)

/* The clock is read once for this many processes. */
#define BATCH 64

/* ID PARENT DEVICE ROOT POINT ... - TYPE SOURCE ..., with single blanks */
enum {
	FIELD_DEVICE = 2,
	FIELD_POINT = 4,
	NR_FIELDS,
};

/* The first file system of a kernel, rootfs, is one of these as well. */
static bool is_memory_type(const char *line, const char *end)
{
	static const char * const types[] = {
		"tmpfs", "ramfs", "devtmpfs", "rootfs",
	};
	const char *type = memmem(line, end - line, " - ", 3);
	size_t i, len;

	if (!type)
		return false;
	type += 3;
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		len = strlen(types[i]);
		if ((size_t)(end - type) > len && type[len] == ' ' &&
		    !strncmp(type, types[i], len))
			return true;
	}
	return false;
}

static void mount_free(struct kms_tmpfs *mount)
{
	free(mount->device);
	free(mount->point);
}

static bool mount_add(struct kms_tmpfs_mounts *mounts, const char **field,
		      uint32_t pid)
{
	struct kms_tmpfs mount = {
		.pid = pid,
		.used_bytes = KMS_UNKNOWN,
		.limit_bytes = KMS_UNKNOWN,
	};
	struct kms_tmpfs *more;

	if (mounts->nr == MAX_MOUNTS) {
		mounts->whole = false;
		return true;
	}
	more = realloc(mounts->mount, (mounts->nr + 1) * sizeof(*more));
	if (!more)
		return false;
	mounts->mount = more;
	mount.device = kms_mountinfo_text(field[FIELD_DEVICE],
					  field[FIELD_DEVICE + 1] -
					  field[FIELD_DEVICE] - 1);
	mount.point = kms_mountinfo_text(field[FIELD_POINT],
					 field[FIELD_POINT + 1] -
					 field[FIELD_POINT] - 1);
	if (!mount.device || !mount.point) {
		mount_free(&mount);
		return false;
	}
	more[mounts->nr++] = mount;
	return true;
}

static bool line_parse(struct kms_tmpfs_mounts *mounts, const char *line,
		       size_t len, uint32_t pid)
{
	const char *field[NR_FIELDS + 1], *end = line + len;
	size_t i;

	for (i = 0; i < NR_FIELDS; i++) {
		field[i] = line;
		line = memchr(line, ' ', end - line);
		if (!line)
			return true;
		line++;
	}
	field[NR_FIELDS] = line;
	/* After the point come options, and the type behind a dash. */
	if (*field[FIELD_POINT] != '/' || !is_memory_type(line, end))
		return true;
	return mount_add(mounts, field, pid);
}

bool kms_tmpfs_parse(struct kms_tmpfs_mounts *mounts, const char *text,
		     uint32_t pid)
{
	size_t len;

	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		if (!line_parse(mounts, text, len, pid))
			return false;
	}
	return true;
}

/* Open the mount point without using it: that mounts or waits for nothing. */
static int point_open(const struct kms_tmpfs *mount, const char *proc)
{
	char *point = kms_text_unescape(mount->point), *path;
	int fd = -1;

	if (point && asprintf(&path, "%s/%u/root%s", proc, mount->pid,
			      point) >= 0) {
		fd = open(path, O_PATH | O_CLOEXEC);
		free(path);
	}
	free(point);
	return fd;
}

/* Another file system may be mounted over it. */
static bool mount_measure(struct kms_tmpfs *mount, const char *proc)
{
	int fd = point_open(mount, proc);
	char device[48] = "";
	struct statfs space;
	struct stat file;
	bool measured;

	if (fd < 0)
		return false;
	measured = !fstat(fd, &file) && !fstatfs(fd, &space);
	close(fd);
	if (!measured)
		return false;
	snprintf(device, sizeof(device), "%u:%u", major(file.st_dev),
		 minor(file.st_dev));
	mount->number = file.st_dev;
	mount->is_ramfs = (uint32_t)space.f_type == RAMFS;
	if (strcmp(device, mount->device) ||
	    ((uint32_t)space.f_type != TMPFS && !mount->is_ramfs))
		return false;
	/* One without a limit is not counted. */
	if (!mount->is_ramfs && space.f_blocks) {
		mount->limit_bytes = (uint64_t)space.f_blocks * space.f_bsize;
		mount->used_bytes = (uint64_t)(space.f_blocks - space.f_bfree) *
				    space.f_bsize;
	}
	return true;
}

void kms_tmpfs_measure(struct kms_tmpfs_mounts *mounts, size_t index,
		       const char *proc)
{
	size_t i, nr = mounts->nr;

	mounts->nr = index;
	for (i = index; i < nr; i++) {
		struct kms_tmpfs *mount = &mounts->mount[i];

		/* A file system may be mounted at many points. */
		if (!kms_tmpfs_find(mounts, mount->device) &&
		    mount_measure(mount, proc))
			mounts->mount[mounts->nr++] = *mount;
		else
			mount_free(mount);
	}
}

const struct kms_tmpfs *kms_tmpfs_find(const struct kms_tmpfs_mounts *mounts,
				       const char *device)
{
	size_t i;

	for (i = 0; i < mounts->nr; i++)
		if (!strcmp(mounts->mount[i].device, device))
			return &mounts->mount[i];
	return NULL;
}

/* The namespaces that were read. */
struct spaces {
	char id[MAX_NAMESPACES][32];
	size_t nr;
};

/* Is the mount namespace of a process another one than those before? */
static bool is_new(struct spaces *spaces, const char *proc, uint32_t pid)
{
	char path[300], *id = spaces->id[spaces->nr];
	ssize_t len;
	size_t i;

	snprintf(path, sizeof(path), "%.250s/%u/ns/mnt", proc, pid);
	len = readlink(path, id, sizeof(spaces->id[0]) - 1);
	if (len <= 0)
		return false;
	id[len] = '\0';
	for (i = 0; i < spaces->nr; i++)
		if (!strcmp(spaces->id[i], id))
			return false;
	spaces->nr++;
	return true;
}

static bool space_read(struct kms_tmpfs_mounts *mounts, const char *proc,
		       uint32_t pid)
{
	size_t index = mounts->nr;
	char path[300], *text;
	bool complete;

	snprintf(path, sizeof(path), "%.250s/%u/mountinfo", proc, pid);
	text = kms_file_read(path, MAX_FILE);
	if (!text)
		return true;
	mounts->known |= pid == 1;
	complete = kms_tmpfs_parse(mounts, text, pid);
	free(text);
	if (complete)
		kms_tmpfs_measure(mounts, index, proc);
	return complete;
}

bool kms_tmpfs_read(struct kms_tmpfs_mounts *mounts, const char *proc,
		    const uint32_t *pids, size_t nr_pids, uint64_t until_ns)
{
	struct spaces *spaces = calloc(1, sizeof(*spaces));
	bool complete = spaces;
	size_t i;

	*mounts = (struct kms_tmpfs_mounts){ .whole = true };
	if (complete && is_new(spaces, proc, 1))
		complete = space_read(mounts, proc, 1);
	for (i = 0; complete && i < nr_pids; i++) {
		if (spaces->nr == MAX_NAMESPACES ||
		    (i % BATCH == BATCH - 1 && kms_now_ns() >= until_ns)) {
			mounts->whole = false;
			break;
		}
		if (is_new(spaces, proc, pids[i]))
			complete = space_read(mounts, proc, pids[i]);
	}
	free(spaces);
	return complete;
}

void kms_tmpfs_free(struct kms_tmpfs_mounts *mounts)
{
	while (mounts->nr)
		mount_free(&mounts->mount[--mounts->nr]);
	free(mounts->mount);
	mounts->mount = NULL;
}
