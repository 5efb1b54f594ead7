// SPDX-License-Identifier: GPL-2.0-only
/* Mounts and cgroups, from files that are made up. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "host/container.h"
#include "host/mounts.h"
#include "lib/array.h"

static const char host[] =
	"22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"
	"23 22 0:5 / /dev rw - devtmpfs udev rw\n"
	"30 22 254:17 / /srv/with\\040blank rw shared:2 master:1 - ext4 /dev/b rw\n"
	"31 22 254:1 /var/lib/data /data rw - ext4 /dev/vda1 rw\n"
	"32 22 0:4 net:[4026532231] /run/netns/a rw - nsfs nsfs rw\n"
	"33 22 0:40 / /mnt rw - tmpfs tmpfs rw\n"
	"34 22 254:33 / /mnt/deep rw - xfs /dev/c rw\n"
	"35 22 0:41 / /mnt rw - tmpfs tmpfs rw\n"
	"36 22 0:50 / /back\\134slash\\011tab rw - tmpfs tmpfs rw\n";

/* A place of a device must have this path. */
static void expect_path(const char *text, const char *device, const char *path,
			const char *expected)
{
	const struct kms_devices devices = { &device, 1 };
	struct kms_mountinfo mounts = { 0 };
	bool failed = false;
	char *found;

	assert_true(kms_mountinfo_parse(&mounts, text, &devices));
	found = kms_mountinfo_path(&mounts, device, path, &failed);
	assert_false(failed);
	if (expected) {
		assert_non_null(found);
		assert_string_equal(found, expected);
	} else {
		assert_null(found);
	}
	free(found);
	kms_mountinfo_free(&mounts);
}

static void paths(void **state)
{
	(void)state;
	expect_path(host, "254:1", "/etc/ssl", "/etc/ssl");
	expect_path(host, "254:1", "/", "/");
	expect_path(host, "0:5", "/", "/dev");
	expect_path(host, "0:5", "/shm", "/dev/shm");
	expect_path(host, "254:17", "/a/b", "/srv/with blank/a/b");
	expect_path(host, "0:50", "/x", "/back\\x5cslash\\x09tab/x");
	expect_path(host, "9:9", "/x", NULL);
	expect_path(host, "254:1", "/etc/odd\\x0aname", "/etc/odd\\x0aname");
}

/* Only a part of a file system is mounted. */
static void roots(void **state)
{
	static const char part[] =
		"1 0 8:1 /containers/a / rw - ext4 /dev/a rw\n"
		"2 1 8:1 /shared /mnt rw - ext4 /dev/a rw\n";

	(void)state;
	expect_path(part, "8:1", "/containers/a/etc", "/etc");
	expect_path(part, "8:1", "/containers/a", "/");
	expect_path(part, "8:1", "/shared/x", "/mnt/x");
	expect_path(part, "8:1", "/shared", "/mnt");
	expect_path(part, "8:1", "/containers/ab/etc", NULL);
	expect_path(part, "8:1", "/", NULL);
}

static void mounts_over_mounts(void **state)
{
	static const char twice[] =
		"1 0 8:1 / / rw - ext4 /dev/a rw\n"
		"2 1 8:2 / /mnt rw - ext4 /dev/b rw\n"
		"3 1 8:2 / /other rw - ext4 /dev/b rw\n"
		"4 1 8:3 / /mnt rw - ext4 /dev/c rw\n";

	(void)state;
	/* Where it can be reached, not where it is hidden */
	expect_path(twice, "8:2", "/x", "/other/x");
	expect_path(twice, "8:3", "/x", "/mnt/x");
	/* Hidden everywhere is better than nothing */
	expect_path(host, "254:33", "/x", "/mnt/deep/x");
	expect_path(twice, "8:1", "/mnt/y", "/mnt/y");
}

static void expect_overlay(const char *path, const char *expected)
{
	static const char text[] =
		"1 0 8:1 / / rw - ext4 /dev/a rw\n"
		"2 1 0:50 / /merged\\040x rw shared:1 - overlay overlay rw,lowerdir=/l1:/l2/deep,upperdir=/upper\\040y,workdir=/own\n"
		"3 1 0:51 / /new rw - overlay none rw,lowerdir+=/l3,lowerdir+=/l4\n"
		"4 1 0:52 /part /part rw - overlay none rw,lowerdir=/l5\n"
		"5 1 0:53 / /odd rw - overlay none\n"
		"6 1 0:54 / /linked rw - overlay none rw,lowerdir=/proc/self/cwd\n";
	static const char *devices[] = {
		"0:50", "0:51", "0:52", "0:53", "0:54",
	};
	const struct kms_devices wanted = { devices, 5 };
	struct kms_mountinfo mounts = { 0 };
	bool failed = false;
	char *found;

	assert_true(kms_mountinfo_parse(&mounts, text, &wanted));
	found = kms_mountinfo_overlay(&mounts, path, &failed);
	assert_false(failed);
	assert_string_equal(found ?: "none", expected);
	free(found);
	kms_mountinfo_free(&mounts);
}

/* One lookup makes dentries in the overlay and in its layers. */
static void layers_of_overlays(void **state)
{
	char *here = realpath(".", NULL), path[5000];

	(void)state;
	expect_overlay("/upper y/a", "/merged x/a");
	expect_overlay("/upper y", "/merged x");
	expect_overlay("/l1/a/b", "/merged x/a/b");
	expect_overlay("/l2/deep/a", "/merged x/a");
	expect_overlay("/l2/a", "none");
	expect_overlay("/l11/a", "none");
	expect_overlay("/own/a", "none");
	expect_overlay("/l3/a", "/new/a");
	expect_overlay("/l4/a", "/new/a");
	expect_overlay("/l5/a", "none");
	expect_overlay("/merged x/a", "none");
	snprintf(path, sizeof(path), "%s/a", here);
	expect_overlay(path, "/linked/a");
	free(here);
}

static void lines_that_are_none(void **state)
{
	(void)state;
	expect_path("", "8:1", "/", NULL);
	expect_path("\n\n", "8:1", "/", NULL);
	expect_path("1 0 8:1", "8:1", "/", NULL);
	expect_path("1 0 8:1 / ", "8:1", "/", NULL);
	expect_path("1 0 8:1 / / ", "8:1", "/x", "/x");
	expect_path("garbage\n1 0 8:1 / /a rw", "8:1", "/x", "/a/x");
	/* No octal number behind the backslash, or the end of the field */
	expect_path("1 0 8:1 / /a\\9 rw", "8:1", "/x", "/a\\x5c9/x");
	expect_path("1 0 8:1 / /a\\04 rw", "8:1", "/x", "/a\\x5c04/x");
	expect_path("1 0 8:1 / /a\\777 rw", "8:1", "/x", "/a\\x5c777/x");
}

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void expect_container(const char *cgroup, const char *engine,
			     const char *name)
{
	struct kms_container container;
	bool found = kms_container_find(&container, cgroup);

	if (!engine) {
		assert_false(found);
		return;
	}
	assert_true(found);
	assert_string_equal(container.engine, engine);
	assert_string_equal(container.name, name);
}

static void containers(void **state)
{
	(void)state;
	expect_container("/system.slice/docker-" ID ".scope", "docker",
			 "0123456789ab");
	expect_container("/docker/" ID, "docker", "0123456789ab");
	expect_container("/machine.slice/libpod-" ID ".scope", "podman",
			 "0123456789ab");
	expect_container("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1_2.slice/cri-containerd-"
			 ID ".scope", "kubernetes", "0123456789ab");
	expect_container("/kubepods/besteffort/pod12-34/" ID, "kubernetes",
			 "0123456789ab");
	expect_container("/kubepods.slice/crio-" ID ".scope/container", "cri-o",
			 "0123456789ab");
	expect_container("/default/" ID, "containerd", "0123456789ab");
	expect_container("/lxc.payload.web1/system.slice/cron.service", "lxc",
			 "web1");
	expect_container("/lxc/web2", "lxc", "web2");
	expect_container("/machine.slice/systemd-nspawn@db.service/payload",
			 "systemd-nspawn", "db");
	expect_container("/machine.slice/machine-vm1.scope", "systemd-machined",
			 "vm1");
	/* Drivers that do not agree */
	expect_container("/system.slice:docker:" ID, "docker", "0123456789ab");
	expect_container("/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:"
			 ID, "kubernetes", "0123456789ab");
	expect_container("/a.slice:crio:" ID, "cri-o", "0123456789ab");
	/* One in another */
	expect_container("/lxc/outer/docker/" ID, "docker", "0123456789ab");
}

static void no_containers(void **state)
{
	(void)state;
	expect_container("/", NULL, NULL);
	expect_container("", NULL, NULL);
	expect_container("/system.slice/docker.service", NULL, NULL);
	expect_container("/docker/short", NULL, NULL);
	expect_container("/user.slice/" ID, NULL, NULL);
	expect_container("/docker-.scope", NULL, NULL);
	expect_container("/a.slice:docker:short", NULL, NULL);
	expect_container("/:docker:", NULL, NULL);
	expect_container("/a.slice:other:" ID, NULL, NULL);
}

static void expect_cgroup(const char *text, const char *expected)
{
	size_t len = 0;
	const char *path = kms_container_cgroup(text, &len);

	if (!expected) {
		assert_null(path);
		return;
	}
	assert_non_null(path);
	assert_int_equal(len, strlen(expected));
	assert_memory_equal(path, expected, len);
}

static void cgroups(void **state)
{
	(void)state;
	expect_cgroup("0::/a/b\n", "/a/b");
	expect_cgroup("0::/\n", "/");
	expect_cgroup("0::/with:colon\n", "/with:colon");
	expect_cgroup("9:cpu,memory:/m\n1:name=systemd:/s\n0::/\n", "/m");
	expect_cgroup("9:memory:/\n1:name=systemd:/s\n0::/\n", "/s");
	expect_cgroup("9:memory:/m\n0::/u\n", "/u");
	expect_cgroup("3:cpu:/c\n", NULL);
	expect_cgroup("", NULL);
	expect_cgroup("garbage\n0:\n", NULL);
}

/* Who has a cgroup may make any name below it. */
static void inner_containers(void **state)
{
	static const struct {
		const char *cgroup;
		bool inner;
	} cases[] = {
		{ "/system.slice/docker-" ID ".scope", false },
		{ "/system.slice/docker-" ID ".scope/a/b", false },
		{ "/kubepods/besteffort/pod12-34/" ID, false },
		{ "/machine.slice/systemd-nspawn@db.service/payload", false },
		{ "/lxc/outer/docker/" ID, true },
		{ "/user.slice/user@1000.service/app.slice/docker-" ID ".scope",
		  true },
		{ "/system.slice/own.service/docker/" ID, true },
		{ "/system.slice/run-1.scope/docker/" ID, true },
		{ "/system.slice/containerd.service/x.slice:cri-containerd:" ID,
		  true },
	};
	struct kms_container container;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_true(kms_container_find(&container, cases[i].cgroup));
		assert_int_equal(container.inner, cases[i].inner);
	}
}

/* Longer names than 127 bytes were cut, also within a character. */
static void long_names(void **state)
{
	struct kms_container container;
	char cgroup[2000] = "/lxc/a", name[300] = "a";
	size_t i;

	(void)state;
	for (i = 0; i < 127; i++)
		strcat(name, "\xc3\xa9");
	strcpy(cgroup + 5, name);
	assert_true(kms_container_find(&container, cgroup));
	assert_string_equal(container.name, name);
	/* None has that many. */
	memset(cgroup + 5, 'x', 1500);
	assert_false(kms_container_find(&container, cgroup));
}

/* A folder like /proc, made up of one process after the other. */
static void process_make(const char *proc, unsigned int pid, const char *space,
			 const char *mounts, const char *cgroup)
{
	char path[400];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%u", proc, pid);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/%u/ns", proc, pid);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/%u/ns/mnt", proc, pid);
	assert_int_equal(symlink(space, path), 0);
	if (mounts) {
		snprintf(path, sizeof(path), "%s/%u/mountinfo", proc, pid);
		file = fopen(path, "w");
		assert_non_null(file);
		fputs(mounts, file);
		fclose(file);
	}
	if (cgroup) {
		snprintf(path, sizeof(path), "%s/%u/cgroup", proc, pid);
		file = fopen(path, "w");
		assert_non_null(file);
		fputs(cgroup, file);
		fclose(file);
	}
}

static bool is_in(const char *cgroup, const void *arg)
{
	return !strcmp(cgroup, arg);
}

/* As seen from the cgroup that is wanted, if any is. */
static void expect_seen(const struct kms_mounts *mounts, const char *wanted,
			const char *device, const char *path,
			const char *inside, unsigned int pid,
			const char *cgroup)
{
	struct kms_location location;

	assert_true(kms_mounts_find(mounts, device, "/x", wanted ? is_in : NULL,
				    wanted, &location));
	assert_string_equal(location.path ?: "none", path);
	assert_string_equal(location.inside ?: "none", inside);
	assert_int_equal(location.pid, pid);
	assert_string_equal(location.cgroup ?: "none", cgroup);
	free(location.path);
	free(location.inside);
}

static void expect_location(const struct kms_mounts *mounts, const char *device,
			 const char *path, const char *inside,
			 unsigned int pid, const char *cgroup)
{
	expect_seen(mounts, NULL, device, path, inside, pid, cgroup);
}

static void all_processes(void **state)
{
	const char *device[] = { "8:1", "0:77", "0:88", "8:9", "1:1" };
	const struct kms_devices devices = { device, ARRAY_SIZE(device) };
	char proc[] = "/tmp/kmemscope-proc-XXXXXX", command[100];
	struct kms_mounts mounts;

	(void)state;
	assert_non_null(mkdtemp(proc));
	process_make(proc, 300, "mnt:[1]", "1 0 8:1 / / rw\n", NULL);
	process_make(proc, 400, "mnt:[2]",
		     "1 0 0:77 / / rw\n2 1 8:1 / /host rw\n",
		     "0::/docker/" ID "\n");
	process_make(proc, 401, "mnt:[2]", "no matter", "0::/other\n");
	/* One that has ended: its link can be read no more, or its mounts */
	snprintf(command, sizeof(command), "%s/500", proc);
	assert_int_equal(mkdir(command, 0700), 0);
	process_make(proc, 501, "mnt:[4]", NULL, NULL);
	process_make(proc, 600, "mnt:[5]",
		     "1 0 8:1 / / rw\n2 1 8:9 / /own rw\n", NULL);
	process_make(proc, 1, "mnt:[1]",
		     "1 0 8:1 / / rw\n2 1 0:88 / /merged rw\n",
		     "0::/init.scope\n");
	assert_true(kms_mounts_read(&mounts, proc, &devices));
	assert_int_equal(mounts.nr, 3);
	assert_int_equal(mounts.space[0].pid, 1);
	expect_location(&mounts, "0:88", "/merged/x", "none", 0, "none");
	expect_location(&mounts, "0:77", "/x", "/x", 400, "/docker/" ID);
	/* The same place by two names */
	expect_location(&mounts, "8:1", "/x", "/host/x", 400, "/docker/" ID);
	expect_location(&mounts, "8:9", "/own/x", "/own/x", 600, "none");
	expect_location(&mounts, "1:1", "none", "none", 0, "none");
	kms_mounts_free(&mounts);
	snprintf(command, sizeof(command), "rm -r %s", proc);
	assert_int_equal(system(command), 0);

	assert_true(kms_mounts_read(&mounts, "/nonesuch", &devices));
	assert_int_equal(mounts.nr, 0);
	expect_location(&mounts, "8:1", "none", "none", 0, "none");
	kms_mounts_free(&mounts);
}

/* A volume of several containers: the first by number would be chance. */
static void shared_volumes(void **state)
{
	const char *device[] = { "8:1" };
	const struct kms_devices devices = { device, 1 };
	char proc[] = "/tmp/kmemscope-proc-XXXXXX", command[100];
	struct kms_mounts mounts;
	struct kms_location location;

	(void)state;
	assert_non_null(mkdtemp(proc));
	process_make(proc, 1, "mnt:[1]", "1 0 8:2 / / rw\n2 1 8:1 / /vol rw\n",
		     "0::/init.scope\n");
	process_make(proc, 10, "mnt:[2]", "1 0 8:1 / /a rw\n", "0::/one\n");
	process_make(proc, 20, "mnt:[3]", "1 0 8:1 / /b rw\n", "0::/two\n");
	process_make(proc, 30, "mnt:[4]", "1 0 8:1 / /vol rw\n", "0::/me\n");
	process_make(proc, 40, "mnt:[5]", "1 0 8:5 / / rw\n", "0::/no\n");
	assert_true(kms_mounts_read(&mounts, proc, &devices));
	assert_int_equal(mounts.nr, 5);
	/* What covers nothing that was asked for is not kept. */
	assert_int_equal(mounts.space[0].mounts.nr, 1);
	expect_seen(&mounts, NULL, "8:1", "/vol/x", "none", 0, "none");
	expect_seen(&mounts, "/elsewhere", "8:1", "/vol/x", "none", 0, "none");
	expect_seen(&mounts, "/one", "8:1", "/vol/x", "/a/x", 10, "/one");
	expect_seen(&mounts, "/two", "8:1", "/vol/x", "/b/x", 20, "/two");
	assert_true(kms_mounts_find(&mounts, "8:1", "/x", NULL, NULL, &location));
	assert_int_equal(location.nr_others, 2);
	free(location.path);
	kms_mounts_free(&mounts);
	snprintf(command, sizeof(command), "rm -r %s", proc);
	assert_int_equal(system(command), 0);
}

/* Whatever there is here, it can be read. */
static void this_machine(void **state)
{
	struct kms_devices devices = { 0 };
	struct kms_mounts mounts;
	const char *first;
	struct stat root;
	char device[32];

	(void)state;
	assert_int_equal(stat("/proc", &root), 0);
	snprintf(device, sizeof(device), "%u:%u", major(root.st_dev),
		 minor(root.st_dev));
	first = device;
	devices = (struct kms_devices){ &first, 1 };
	assert_true(kms_mounts_read(&mounts, "/proc", &devices));
	assert_true(mounts.nr >= 1);
	assert_true(mounts.space[0].mounts.nr >= 1);
	kms_mounts_free(&mounts);
	/* Nothing is asked about, so nothing is read. */
	devices.nr = 0;
	assert_true(kms_mounts_read(&mounts, "/proc", &devices));
	assert_int_equal(mounts.nr, 0);
	kms_mounts_free(&mounts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths),
		cmocka_unit_test(roots),
		cmocka_unit_test(mounts_over_mounts),
		cmocka_unit_test(layers_of_overlays),
		cmocka_unit_test(lines_that_are_none),
		cmocka_unit_test(containers),
		cmocka_unit_test(no_containers),
		cmocka_unit_test(cgroups),
		cmocka_unit_test(inner_containers),
		cmocka_unit_test(long_names),
		cmocka_unit_test(all_processes),
		cmocka_unit_test(shared_volumes),
		cmocka_unit_test(this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
