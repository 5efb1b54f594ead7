// SPDX-License-Identifier: GPL-2.0-only
/* Who allocators are on this host: processes that the test starts itself. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "diagnose/observe/witness.h"
#include "host/container.h"
#include "host/process.h"
#include "sample.h"
#include "table/kinds.h"

#define CHILDREN 3

/* A number that no process has: the kernel's largest is a bit less. */
#define GONE 4194304

static struct kms_observation obs;
static pid_t starter, child[CHILDREN];

/* Names that no other process has, and that of this one */
static char starter_name[16], child_name[16], own_name[16];

static const char *starter_as;

static char *own_cgroup;

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static void wait_as(const char *name)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, name);
}

static void starter_run(size_t nr)
{
	wait_as(starter_as ?: starter_name);
	while (nr--) {
		if (fork())
			continue;
		wait_as(child_name);
		break;
	}
	for (;;)
		pause();
}

/* Those of the children that have their name by now. */
static size_t children_find(void)
{
	struct kms_processes processes;
	size_t i, nr = 0;

	assert_true(kms_processes_read(&processes, "/proc"));
	for (i = 0; i < processes.nr && nr < CHILDREN; i++)
		if (kms_process_is(&processes.process[i], child_name))
			child[nr++] = processes.process[i].pid;
	kms_processes_free(&processes);
	return nr;
}

/* Start so many, and the look of a trace that began when they were there. */
static void start(size_t nr)
{
	const struct timespec moment = { .tv_nsec = 10 * 1000000 };
	static unsigned int number;
	size_t tries;

	/* Those of the test before may take a moment to go. */
	number++;
	snprintf(starter_name, sizeof(starter_name), "ks%us%u", number,
		 getpid());
	snprintf(child_name, sizeof(child_name), "ks%uc%u", number, getpid());
	starter = fork();
	if (!starter)
		starter_run(nr);
	for (tries = 0; nr && children_find() < nr; tries++) {
		assert_true(tries < 1000);
		nanosleep(&moment, NULL);
	}
	kms_observation_init(&obs);
	obs.nr_traces = 1;
	obs.trace[0].began_ns = now_ns();
	obs.trace[0].cache = strdup("dentry");
	obs.trace[0].facts = calloc(2, sizeof(*obs.trace[0].facts));
}

/* What is known of an allocator that the trace saw with such a number. */
static const struct kms_allocator_facts *find(const char *name, unsigned int pid,
				  const char *parents)
{
	record_add(&obs.trace[0].allocators.any,
		"id=1 context=task name=%s pid=%u uid=%u %s", name, pid,
		getuid(), parents);
	obs.moment[KMS_MOMENT_LAST].boottime_ns = now_ns();
	assert_true(kms_allocators_read(&obs));
	return &obs.trace[0].facts[0];
}

static const char *parents(const char *first)
{
	static char text[100];

	snprintf(text, sizeof(text), "parent_1=%s parent_2=%s", first,
		 own_name);
	return text;
}

static int stop(void **state)
{
	(void)state;
	if (starter)
		kill(starter, SIGKILL);
	if (starter)
		waitpid(starter, NULL, 0);
	starter = 0;
	kms_observation_free(&obs);
	memset(&obs, 0, sizeof(obs));
	return 0;
}

/* Not in a container with a PID namespace of its own */
static void need_host(void)
{
	if (!kms_proc_is_initial())
		skip();
}

static void alone_and_alive(void **state)
{
	const struct kms_allocator_facts *facts;

	(void)state;
	need_host();
	start(1);
	facts = find(child_name, child[0], parents(starter_name));
	assert_true(obs.host_processes);
	assert_true(facts->alive);
	assert_false(facts->spared);
	assert_int_equal(facts->nr_alike, 1);
	assert_true(facts->began_ns && facts->began_ns <= now_ns());
	assert_int_equal(facts->starter_pid, 0);
	assert_string_equal(facts->cgroup, own_cgroup);
}

static void one_of_many(void **state)
{
	const struct kms_allocator_facts *facts;

	(void)state;
	need_host();
	start(CHILDREN);
	facts = find(child_name, child[0], parents(starter_name));
	assert_true(facts->alive);
	assert_int_equal(facts->nr_alike, CHILDREN);
	assert_int_equal(facts->starter_pid, starter);
	assert_int_equal(facts->starter_parent, 0);
	assert_int_equal(facts->starter_children, CHILDREN);
}

/* The number is now somebody else's, or its parents were others. */
static void another_of_that_number(void **state)
{
	const struct kms_allocator_facts *facts;

	(void)state;
	need_host();
	start(1);
	facts = find("other", child[0], parents(starter_name));
	assert_false(facts->alive);
	assert_int_equal(facts->starter_pid, 0);
	stop(NULL);
	start(1);
	facts = find(child_name, child[0], parents("mysqld"));
	assert_false(facts->alive);
	assert_int_equal(facts->nr_alike, 0);
	assert_int_equal(facts->starter_pid, 0);
}

/* One that began after the trace ended cannot be it. */
static void a_later_one(void **state)
{
	const struct kms_allocator_facts *facts;

	(void)state;
	need_host();
	start(1);
	record_add(&obs.trace[0].allocators.any,
		"id=1 context=task name=%s pid=%u uid=%u %s", child_name,
		child[0], getuid(), parents(starter_name));
	obs.moment[KMS_MOMENT_LAST].boottime_ns = 1;
	assert_true(kms_allocators_read(&obs));
	facts = &obs.trace[0].facts[0];
	assert_false(facts->alive);
}

static const struct kms_allocator_facts *gone(const char *cgroup, const char *parent)
{
	start(1);
	if (cgroup)
		obs.trace[0].facts[0].cgroup = strdup(cgroup);
	return find("gone", GONE, parents(parent ?: starter_name));
}

/* It has ended; its user and cgroup prove who started it. */
static void the_starter_lives_on(void **state)
{
	const struct kms_allocator_facts *facts;

	(void)state;
	need_host();
	facts = gone(own_cgroup, NULL);
	assert_int_equal(facts->starter_pid, starter);
	assert_int_equal(facts->starter_children, 1);
	assert_false(facts->alive);
	stop(NULL);
	/* The name alone proves nothing. */
	assert_int_equal(gone(NULL, NULL)->starter_pid, 0);
	stop(NULL);
	assert_int_equal(gone("/elsewhere", NULL)->starter_pid, 0);
	stop(NULL);
	assert_int_equal(gone(own_cgroup, "mysqld")->starter_pid, 0);
}

static void a_starter_of_another_user(void **state)
{
	(void)state;
	need_host();
	start(1);
	obs.trace[0].facts[0].cgroup = strdup(own_cgroup);
	record_add(&obs.trace[0].allocators.any,
		"id=1 context=task name=gone pid=%u uid=%u %s", GONE,
		getuid() + 1, parents(starter_name));
	obs.moment[KMS_MOMENT_LAST].boottime_ns = now_ns();
	assert_true(kms_allocators_read(&obs));
	assert_int_equal(obs.trace[0].facts[0].starter_pid, 0);
}

/* One that began in the trace will end soon; the next is this test itself. */
static void a_starter_that_began_in_the_trace(void **state)
{
	(void)state;
	need_host();
	start(1);
	obs.trace[0].facts[0].cgroup = strdup(own_cgroup);
	obs.trace[0].began_ns = 1;
	assert_int_equal(find("gone", GONE, parents(starter_name))->starter_pid,
			 0);
}

/* The module tells the parent's number: then no cgroup is needed. */
static void a_starter_by_its_number(void **state)
{
	char text[100];

	(void)state;
	need_host();
	start(1);
	snprintf(text, sizeof(text), "parent_pid=%u %s",
		 (unsigned int)starter, parents(starter_name));
	assert_int_equal(find("gone", GONE, text)->starter_pid, starter);
	stop(NULL);
	/* Another process has that number now. */
	start(1);
	snprintf(text, sizeof(text), "parent_pid=%u %s",
		 (unsigned int)child[0], parents(starter_name));
	assert_int_equal(find("gone", GONE, text)->starter_pid, 0);
}

/* To end cron ends the jobs of others. */
static void a_starter_that_runs_jobs_of_others(void **state)
{
	const struct kms_allocator_facts *facts;

	(void)state;
	need_host();
	starter_as = "cron";
	start(CHILDREN);
	starter_as = NULL;
	facts = find(child_name, child[0], parents("cron"));
	assert_int_equal(facts->nr_alike, CHILDREN);
	assert_int_equal(facts->starter_pid, 0);
}

static void this_program(void **state)
{
	const struct kms_allocator_facts *facts;

	(void)state;
	need_host();
	/* With one to stop */
	start(0);
	facts = find(own_name, (unsigned int)getpid(), "nr_allocs=1");
	assert_true(facts->alive);
	assert_true(facts->spared);
}

static int names_make(void **state)
{
	FILE *file = fopen("/proc/self/cgroup", "r");
	size_t len = 0, got;
	const char *path;
	char text[8192];

	(void)state;
	prctl(PR_GET_NAME, own_name);
	got = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
	text[got] = '\0';
	if (file)
		fclose(file);
	path = kms_container_cgroup(text, &len);
	own_cgroup = path ? strndup(path, len) : strdup("/");
	return 0;
}

static int names_free(void **state)
{
	(void)state;
	free(own_cgroup);
	return 0;
}

#define TEST(function) cmocka_unit_test_teardown(function, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(alone_and_alive),
		TEST(one_of_many),
		TEST(another_of_that_number),
		TEST(a_later_one),
		TEST(the_starter_lives_on),
		TEST(a_starter_of_another_user),
		TEST(a_starter_that_began_in_the_trace),
		TEST(a_starter_by_its_number),
		TEST(a_starter_that_runs_jobs_of_others),
		TEST(this_program),
	};

	return cmocka_run_group_tests_name("who", tests, names_make,
					   names_free);
}
