// SPDX-License-Identifier: GPL-2.0-only
/* Processes that were there before, in a folder that is made up. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diagnose/process.h"

/* A process with a name, that began so many seconds after the boot. */
static void process_make(const char *proc, unsigned int pid, const char *name,
			 unsigned long began)
{
	char path[100];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%u", proc, pid);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/%u/stat", proc, pid);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "%u (%s) S 1 %u %u 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 %lu 999 9\n",
		pid, name, pid, pid, began * sysconf(_SC_CLK_TCK));
	fclose(file);
}

static void only_the_one(void **state)
{
	char proc[] = "/tmp/kmemscope-proc-XXXXXX", command[100];
	struct ks_processes processes;

	(void)state;
	assert_non_null(mkdtemp(proc));
	process_make(proc, 1, "init", 1);
	process_make(proc, 20, "monitor", 90);
	process_make(proc, 30, "twin", 5);
	process_make(proc, 31, "twin", 6);
	process_make(proc, 40, "late", 100);
	process_make(proc, 50, "o) S dd\\ (", 7);
	snprintf(command, sizeof(command), "%s/60", proc);
	assert_int_equal(mkdir(command, 0700), 0);
	assert_true(ks_processes_read(&processes, proc, 100000000000));
	assert_int_equal(processes.nr, 5);
	assert_int_equal(ks_processes_only(&processes, "monitor"), 20);
	assert_int_equal(ks_processes_only(&processes, "init"), 1);
	assert_int_equal(ks_processes_only(&processes, "twin"), 0);
	assert_int_equal(ks_processes_only(&processes, "late"), 0);
	assert_int_equal(ks_processes_only(&processes, "none"), 0);
	/* Names of rows are escaped text */
	assert_int_equal(ks_processes_only(&processes, "o) S dd\\x5c ("), 50);
	ks_processes_free(&processes);
	snprintf(command, sizeof(command), "rm -r %s", proc);
	assert_int_equal(system(command), 0);
}

static void none_at_all(void **state)
{
	struct ks_processes processes;

	(void)state;
	assert_true(ks_processes_read(&processes, "/nonesuch", UINT64_MAX));
	assert_int_equal(processes.nr, 0);
	assert_int_equal(ks_processes_only(&processes, "init"), 0);
	ks_processes_free(&processes);
}

/* This one has begun, and not in the future. */
static void this_process(void **state)
{
	struct ks_processes processes;
	size_t i, found = 0;

	(void)state;
	assert_true(ks_processes_read(&processes, "/proc", UINT64_MAX));
	for (i = 0; i < processes.nr; i++)
		found += processes.process[i].pid == (uint32_t)getpid();
	assert_int_equal(found, processes.whole);
	ks_processes_free(&processes);
	assert_true(ks_processes_read(&processes, "/proc", 1));
	assert_int_equal(processes.nr, 0);
	ks_processes_free(&processes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_one),
		cmocka_unit_test(none_at_all),
		cmocka_unit_test(this_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
