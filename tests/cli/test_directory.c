// SPDX-License-Identifier: GPL-2.0-only
/* Records with members, and a directory of a walk as a host knows it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "host/directory.h"
#include "sample.h"
#include "table/kinds.h"

static struct kms_dentry_directory_records directories;
static struct kms_dentry_name_records names;
static struct kms_directory found;

static int begin(void **state)
{
	(void)state;
	directories.type = &kms_dentry_directory_type;
	names.type = &kms_dentry_name_type;
	return 0;
}

static int end(void **state)
{
	(void)state;
	kms_records_free(&directories.any);
	kms_records_free(&names.any);
	kms_directory_free(&found);
	return 0;
}

/* Find the first directory where the mounts of process 1, and others, are. */
static void find(const char *mounts_text, const char *other,
		 const char *cgroup)
{
	const char *device = "8:1";
	const struct kms_devices devices = { &device, 1 };
	struct kms_mount_namespace space[2] = {
		{ .pid = 1 },
		{ .pid = 7, .cgroup = (char *)cgroup },
	};
	const struct kms_mounts mounts = { space, other ? 2 : 1 };

	assert_true(kms_mountinfo_parse(&space[0].mounts, mounts_text,
					&devices));
	if (other)
		assert_true(kms_mountinfo_parse(&space[1].mounts, other,
						&devices));
	assert_true(kms_directory_find(&found, &directories.record[0], &names,
				       &mounts, NULL, NULL));
	kms_mountinfo_free(&space[0].mounts);
	kms_mountinfo_free(&space[1].mounts);
}

static void of_process_one(void **state)
{
	(void)state;
	record_add(&directories.any, "device=8:1 inode=5 path=/x");
	find("1 0 8:1 / /mnt rw\n", NULL, NULL);
	assert_string_equal(found.path, "/mnt/x");
	assert_true(found.reachable);
	assert_false(found.hidden || found.deleted);
	assert_null(found.container);
}

static void of_a_deleted_one(void **state)
{
	(void)state;
	record_add(&directories.any, "device=8:1 inode=5 path=/x//deleted");
	find("1 0 8:1 / /mnt rw\n", NULL, NULL);
	assert_string_equal(found.path, "/mnt/x");
	assert_true(found.reachable && found.deleted);
}

static void of_no_mount(void **state)
{
	(void)state;
	record_add(&directories.any, "device=8:1 inode=5 path=/x");
	find("1 0 8:9 / /mnt rw\n", NULL, NULL);
	assert_string_equal(found.path, "/x");
	assert_false(found.reachable || found.hidden);
}

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void of_a_container_alone(void **state)
{
	(void)state;
	record_add(&directories.any, "device=8:1 inode=5 path=/x");
	find("1 0 8:9 / / rw\n", "1 0 8:1 / /srv rw\n", "/docker/" ID);
	assert_string_equal(found.path, "/srv/x");
	assert_true(found.reachable && found.hidden);
	assert_string_equal(found.container_path, "/srv/x");
	assert_int_equal(found.container_pid, 7);
	assert_string_equal(found.container, "docker 0123456789ab");
	assert_true(found.is_container);
}

static void of_another_cgroup(void **state)
{
	(void)state;
	record_add(&directories.any, "device=8:1 inode=5 path=/x");
	find("1 0 8:1 / /mnt rw\n", "1 0 8:1 / /srv rw\n", "/own.slice");
	assert_string_equal(found.path, "/mnt/x");
	assert_false(found.hidden);
	assert_string_equal(found.container, "/own.slice");
	assert_false(found.is_container);
}

static void patterns_of_its_names(void **state)
{
	const struct kms_pattern *pattern = found.pattern;

	(void)state;
	record_add(&directories.any, "device=8:1 inode=5 generation=7");
	record_add(&names.any,
		   "device=8:1 inode=5 generation=7 negative=1 name=no-1");
	record_add(&names.any,
		   "device=8:1 inode=5 generation=7 negative=1 name=no-22");
	record_add(&names.any,
		   "device=8:1 inode=5 generation=7 negative=0 name=yes");
	record_add(&names.any,
		   "device=8:1 inode=5 generation=8 negative=0 name=old");
	record_add(&names.any,
		   "device=8:2 inode=5 generation=7 negative=0 name=other");
	find("1 0 8:1 / /mnt rw\n", NULL, NULL);
	assert_null(found.path);
	assert_int_equal(pattern[KMS_DENTRIES_ALL].nr_names, 3);
	assert_int_equal(pattern[KMS_DENTRIES_NEGATIVE].nr_names, 2);
	assert_string_equal(pattern[KMS_DENTRIES_NEGATIVE].text, "no-N");
	assert_int_equal(pattern[KMS_DENTRIES_POSITIVE].nr_names, 1);
	assert_string_equal(pattern[KMS_DENTRIES_POSITIVE].example, "yes");
}

/* All that a row has, and nothing that it lacks. */
static void records_are_rows(void **state)
{
	struct kms_buddy_records buddies = { .type = &kms_buddy_type };
	struct kms_rows rows = { .kind = &kms_kind_buddy };
	const struct kms_buddy_record *buddy;

	(void)state;
	row_add(&rows, "node=1 zone=DMA order=3 extfrag_index=-5");
	row_add(&rows, "nr_free=18446744073709551614 extfrag_index=7");
	assert_true(kms_records_fill(&buddies.any, &rows));
	kms_rows_free(&rows);
	assert_int_equal(buddies.nr, 2);
	buddy = buddies.record;
	assert_int_equal(buddy->node, 1);
	assert_string_equal(buddy->zone, "DMA");
	assert_int_equal(buddy->order, 3);
	assert_int_equal(buddy->nr_free, KMS_UNKNOWN);
	assert_true(buddy->extfrag_index == -5);
	assert_true(buddy->unusable_index == KMS_UNKNOWN_SIGNED);
	buddy++;
	assert_int_equal(buddy->node, KMS_UNKNOWN);
	assert_null(buddy->zone);
	assert_true(buddy->nr_free == UINT64_MAX - 1);
	assert_true(buddy->extfrag_index == 7);
	/* Filled again, it has only the new ones. */
	rows = (struct kms_rows){ .kind = &kms_kind_buddy };
	assert_true(kms_records_fill(&buddies.any, &rows));
	assert_int_equal(buddies.nr, 0);
	kms_records_free(&buddies.any);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(of_process_one),
		TEST(of_a_deleted_one),
		TEST(of_no_mount),
		TEST(of_a_container_alone),
		TEST(of_another_cgroup),
		TEST(patterns_of_its_names),
		TEST(records_are_rows),
	};

	return cmocka_run_group_tests_name("directory", tests, NULL, NULL);
}
