// SPDX-License-Identifier: GPL-2.0-only
/* Mounts of tmpfs by a made-up folder of processes, on this machine's own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "host/tmpfs_walk.h"
#include "table/typed.h"

#define TMPFS 0x01021994
#define MIB (1024 * 1024)

static char proc[] = "/tmp/kmemscope-tmpfs-XXXXXX";
static char shm[] = "/dev/shm/kmemscope-XXXXXX";
static bool has_tmpfs;

static void file_write(const char *folder, const char *name, size_t bytes)
{
	char path[300], *data = calloc(1, bytes + 1);
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_non_null(data);
	assert_int_equal(fwrite(data, 1, bytes, file), bytes);
	fclose(file);
	free(data);
}

/* A process whose root is that of this machine, with these mounts. */
static void process_make(const char *pid, const char *space, const char *text)
{
	char path[300];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", proc, pid);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/%s/ns", proc, pid);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/%s/ns/mnt", proc, pid);
	assert_int_equal(symlink(space, path), 0);
	snprintf(path, sizeof(path), "%s/%s/root", proc, pid);
	assert_int_equal(symlink("/", path), 0);
	snprintf(path, sizeof(path), "%s/%s/mountinfo", proc, pid);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int folders_make(void **state)
{
	struct statfs space;
	struct stat file;
	char text[600];

	(void)state;
	if (!mkdtemp(proc))
		return -1;
	has_tmpfs = !statfs("/dev/shm", &space) &&
		    (uint32_t)space.f_type == TMPFS && mkdtemp(shm);
	if (!has_tmpfs)
		return 0;
	if (stat(shm, &file))
		return -1;
	snprintf(text, sizeof(text),
		 "30 1 0:99999 / /dev/shm rw - tmpfs covered rw\n"
		 "31 1 %u:%u / /dev/shm rw - tmpfs shm rw\n"
		 "32 1 %u:%u /kmemscope /dev/shm rw - tmpfs again rw\n"
		 "33 1 0:99998 / /no/such/point rw - ramfs none rw\n",
		 major(file.st_dev), minor(file.st_dev), major(file.st_dev),
		 minor(file.st_dev));
	process_make("1", "mnt:[1]", text);
	process_make("20", "mnt:[1]", text);
	process_make("30", "mnt:[2]", text);
	return 0;
}

static int folders_remove(void **state)
{
	char command[600];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s %s", proc,
		 has_tmpfs ? shm : "");
	return system(command);
}

static void one_of_each_file_system(void **state)
{
	static const uint32_t pids[] = { 1, 20, 30, 40 };
	struct kms_tmpfs_mounts mounts;

	(void)state;
	if (!has_tmpfs)
		skip();
	assert_true(kms_tmpfs_read(&mounts, proc, pids, 4, UINT64_MAX));
	assert_true(mounts.known);
	assert_true(mounts.whole);
	assert_int_equal(mounts.nr, 1);
	assert_string_equal(mounts.mount[0].point, "/dev/shm");
	assert_int_equal(mounts.mount[0].pid, 1);
	assert_false(mounts.mount[0].is_ramfs);
	kms_tmpfs_free(&mounts);
}

static void size_that_grows(void **state)
{
	struct kms_tmpfs_mounts before, after;

	(void)state;
	if (!has_tmpfs)
		skip();
	assert_true(kms_tmpfs_read(&before, proc, NULL, 0, UINT64_MAX));
	file_write(shm, "size", 8 * MIB);
	assert_true(kms_tmpfs_read(&after, proc, NULL, 0, UINT64_MAX));
	assert_int_equal(after.nr, 1);
	/* Other programs use it, too. */
	if (before.mount[0].used_bytes != KMS_UNKNOWN)
		assert_true(after.mount[0].used_bytes >=
			    before.mount[0].used_bytes + 4 * MIB);
	kms_tmpfs_free(&before);
	kms_tmpfs_free(&after);
}

static void largest_file(void **state)
{
	struct kms_tmpfs mount = { .point = shm, .pid = 1 };
	struct kms_tmpfs_file file;
	char folder[300], path[400];
	struct stat found;

	(void)state;
	if (!has_tmpfs)
		skip();
	assert_int_equal(stat(shm, &found), 0);
	mount.number = found.st_dev;
	snprintf(folder, sizeof(folder), "%s/a\nb", shm);
	assert_int_equal(mkdir(folder, 0700), 0);
	file_write(shm, "small", MIB);
	file_write(folder, "large\xff", 16 * MIB);
	/* It leads out, and is not followed. */
	snprintf(path, sizeof(path), "%s/link", folder);
	assert_int_equal(symlink("/usr", path), 0);
	assert_true(kms_tmpfs_walk(&file, &mount, proc, 0));
	snprintf(path, sizeof(path), "%s/a\\x0ab/large\\xff", shm);
	assert_string_equal(file.path, path);
	assert_int_equal(file.bytes, 16 * MIB);
	assert_true(file.total_bytes >= 17 * MIB);
	free(file.path);
	/* Nothing was written to after the end of time. */
	assert_true(kms_tmpfs_walk(&file, &mount, proc, UINT64_MAX));
	assert_null(file.path);
	/* Files of another file system do not count. */
	mount.number++;
	assert_true(kms_tmpfs_walk(&file, &mount, proc, 0));
	assert_null(file.path);
	assert_int_equal(file.total_bytes, 0);
}

static void nothing_there(void **state)
{
	struct kms_tmpfs_mounts mounts;

	(void)state;
	assert_true(kms_tmpfs_read(&mounts, "/nowhere", NULL, 0, UINT64_MAX));
	assert_false(mounts.known);
	assert_int_equal(mounts.nr, 0);
	kms_tmpfs_free(&mounts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_of_each_file_system),
		cmocka_unit_test(size_that_grows),
		cmocka_unit_test(largest_file),
		cmocka_unit_test(nothing_there),
	};

	return cmocka_run_group_tests(tests, folders_make, folders_remove);
}
