// SPDX-License-Identifier: GPL-2.0-only
/* Units that may be stopped, with a made-up systemd and cgroups. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/service.h"

/* What systemd says about process 100 in each case. */
static struct {
	const char *unit;
	const char *user_unit;
	const char *machine;
	uid_t owner;
} answers;

static int answer(const char *text, char **name)
{
	if (!text)
		return -ENODATA;
	*name = strdup(text);
	return 0;
}

static int unit(pid_t pid, char **name)
{
	return pid == 100 ? answer(answers.unit, name) : -ESRCH;
}

static int user_unit(pid_t pid, char **name)
{
	return pid == 100 ? answer(answers.user_unit, name) : -ESRCH;
}

static int machine(pid_t pid, char **name)
{
	return pid == 100 ? answer(answers.machine, name) : -ESRCH;
}

static int owner(pid_t pid, uid_t *uid)
{
	*uid = answers.owner;
	return pid == 100 && answers.owner ? 0 : -ENODATA;
}

static const struct kms_systemd systemd = { unit, user_unit, machine, owner };

static char root[] = "/tmp/kmemscope-cgroup-XXXXXX";

static int root_make(void **state)
{
	(void)state;
	return mkdtemp(root) ? 0 : -1;
}

static int root_remove(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", root);
	return system(command);
}

static void members_write(const char *cgroup, const char *members)
{
	char path[4000];
	FILE *file;

	snprintf(path, sizeof(path), "mkdir -p '%s%s'", root, cgroup);
	assert_int_equal(system(path), 0);
	snprintf(path, sizeof(path), "%s%s/cgroup.procs", root, cgroup);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(members, file);
	fclose(file);
}

static struct kms_service found;

/*
 * Find the service of a cgroup with processes 100 "find" and 101, which has
 * the other name.  Its path is in folder, and escaped in cgroup.
 */
static const char *find_escaped(const char *folder, const char *cgroup,
				const char *other)
{
	static const char * const parents[] = { "backup.sh" };
	const struct kms_job_names job = { "find", parents, 1 };
	struct kms_process process[] = { { .pid = 100 }, { .pid = 101 } };
	const struct kms_processes processes = { process, 2, true };

	strcpy(process[0].name, "find");
	strcpy(process[1].name, other);
	members_write(folder, "100\n101\n999\n");
	kms_service_find(&found, &systemd, &processes, root, cgroup, &job);
	return found.name;
}

static const char *find(const char *cgroup, const char *other)
{
	return find_escaped(cgroup, cgroup, other);
}

static void its_own_service(void **state)
{
	(void)state;
	answers = (__typeof__(answers)){ .unit = "backup.service" };
	assert_string_equal(find("/system.slice/backup.service", "backup.sh"),
			    "backup.service");
	assert_int_equal(found.nr_processes, 2);
	assert_string_equal(found.other, "");
	assert_false(found.is_user);
}

/* Jobs of others would end, too. */
static void services_with_more(void **state)
{
	(void)state;
	answers = (__typeof__(answers)){ .unit = "cron.service" };
	assert_string_equal(find("/system.slice/cron.service", "cron"),
			    "cron.service");
	assert_string_equal(found.other, "cron");
	answers.unit = "app.service";
	find("/system.slice/app.service", "postgres");
	assert_string_equal(found.other, "postgres");
}

/* A container or a user may use the name of a unit of the host. */
static void only_the_cgroup_itself(void **state)
{
	(void)state;
	answers = (__typeof__(answers)){ .unit = "containerd.service" };
	assert_string_equal(find("/system.slice/containerd.service/x.slice:cri-containerd:1",
				 "x"), "");
	answers.unit = "own.service";
	assert_string_equal(find("/system.slice/own.service/mysqld.service",
				 "x"), "");
	answers.unit = NULL;
	assert_string_equal(find("/lxc.payload.web/system.slice/nginx.service",
				 "x"), "");
	answers.unit = "docker-1.scope";
	assert_string_equal(find("/system.slice/docker-1.scope/system.slice/nginx.service",
				 "x"), "");
	answers.unit = "docker-1.scope";
	assert_string_equal(find("/system.slice/docker-1.scope", "x"), "");
	answers.unit = "nginx.service";
	answers.machine = "web";
	assert_string_equal(find("/machine.slice/nginx.service", "x"), "");
}

#define USER "/user.slice/user-1000.slice/user@1000.service"

static void units_of_users(void **state)
{
	(void)state;
	answers = (__typeof__(answers)){
		.unit = "user@1000.service",
		.user_unit = "mysqld.service",
		.owner = 1000,
	};
	/* Not the host's of that name */
	assert_string_equal(find(USER "/app.slice/mysqld.service", "x"),
			    "mysqld.service");
	assert_true(found.is_user);
	assert_int_equal(found.uid, 1000);
	answers.owner = 0;
	assert_string_equal(find(USER "/app.slice/mysqld.service", "x"), "");
	answers.owner = 1001;
	assert_string_equal(find(USER "/app.slice/mysqld.service", "x"), "");
	assert_false(found.is_user);
	/* A whole session must not be stopped. */
	answers.user_unit = NULL;
	answers.owner = 1000;
	assert_string_equal(find(USER, "systemd"), "");
	answers.user_unit = "vte-spawn-1.scope";
	assert_string_equal(find(USER "/app.slice/vte-spawn-1.scope", "x"),
			    "");
}

/* systemctl(1) would take these for options or patterns. */
static void odd_names(void **state)
{
	static const char * const names[] = {
		"-Hevil.service", "a*.service", "a?.service", "[a].service",
		"a b.service", ".service", "a$(id).service", "a;b.service",
	};
	char cgroup[100];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		answers = (__typeof__(answers)){ .unit = names[i] };
		snprintf(cgroup, sizeof(cgroup), "/system.slice/%s", names[i]);
		assert_string_equal(find(cgroup, "x"), "");
	}
	/* This is none: systemd writes a '-' in a name so. */
	answers.unit = "a\\x2db@c.service";
	assert_string_equal(find_escaped("/system.slice/a\\x2db@c.service",
					 "/system.slice/a\\x5cx2db@c.service",
					 "x"), "a\\x2db@c.service");
}

static void nobody_to_ask(void **state)
{
	const struct kms_processes processes = { 0 };
	const struct kms_job_names job = { 0 };

	(void)state;
	members_write("/system.slice/backup.service", "100\n");
	kms_service_find(&found, NULL, &processes, root,
			 "/system.slice/backup.service", &job);
	assert_string_equal(found.name, "");
	kms_service_find(&found, &systemd, &processes, root,
			 "/system.slice/backup.service", &job);
	assert_string_equal(found.name, "");
	kms_service_find(&found, &systemd, &processes, root,
			 "/system.slice/nonesuch.service", &job);
	assert_string_equal(found.name, "");
}

/* The library, if there is one and systemd runs: it must not crash. */
static void this_machine(void **state)
{
	const struct kms_systemd *here = kms_systemd();
	char *name = NULL;

	(void)state;
	assert_ptr_equal(here, kms_systemd());
	if (access("/run/systemd/system", F_OK))
		assert_null(here);
	if (!here)
		return;
	if (here->unit(getpid(), &name) >= 0)
		assert_non_null(name);
	free(name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_own_service),
		cmocka_unit_test(services_with_more),
		cmocka_unit_test(only_the_cgroup_itself),
		cmocka_unit_test(units_of_users),
		cmocka_unit_test(odd_names),
		cmocka_unit_test(nobody_to_ask),
		cmocka_unit_test(this_machine),
	};

	return cmocka_run_group_tests_name("service", tests, root_make,
					   root_remove);
}
