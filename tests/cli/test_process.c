// SPDX-License-Identifier: GPL-2.0-only
/* Processes and their parents, in a made-up folder and in /proc. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/process.h"

/* PF_KTHREAD and others that kernel threads have */
#define KERNEL 0x208040

static char proc[] = "/tmp/kmemscope-proc-XXXXXX";

/* Make a process that began some seconds after boot. */
static void process_make(unsigned int pid, unsigned int parent,
			 const char *name, unsigned int flags,
			 unsigned long began)
{
	char path[100];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%u", proc, pid);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/%u/stat", proc, pid);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "%u (%s) S %u %u %u 0 -1 %u 1 2 3 4 5 6 7 8 20 0 1 0 %lu 999 9\n",
		pid, name, parent, pid, pid, flags,
		began * sysconf(_SC_CLK_TCK));
	fclose(file);
}

static int folder_make(void **state)
{
	char path[100];

	(void)state;
	if (!mkdtemp(proc))
		return -1;
	process_make(1, 0, "init", 0, 1);
	process_make(2, 0, "kthreadd", KERNEL, 1);
	process_make(9, 2, "kworker/0:1", KERNEL, 1);
	process_make(20, 1, "monitor", 0, 90);
	process_make(30, 20, "twin", 0, 5);
	process_make(31, 20, "twin", 0, 6);
	process_make(35, 1, "cron", 0, 3);
	process_make(36, 1, "containerd-shim", 0, 3);
	process_make(40, 1, "twin", 0, 100);
	process_make(50, 40, "o) S dd\\ (", 0, 7);
	process_make(60, 50, "self", 0, 8);
	snprintf(path, sizeof(path), "%s/70", proc);
	return mkdir(path, 0700);
}

static int folder_remove(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", proc);
	return system(command);
}

static void names_and_numbers(void **state)
{
	const struct kms_process *process;
	struct kms_processes processes;

	(void)state;
	assert_true(kms_processes_read(&processes, proc));
	assert_true(processes.whole);
	assert_int_equal(processes.nr, 11);
	process = kms_processes_find(&processes, 31);
	assert_non_null(process);
	assert_int_equal(process->parent, 20);
	assert_true(process->began_ns == 6000000000);
	assert_false(process->kernel);
	assert_true(kms_process_is(process, "twin"));
	assert_false(kms_process_is(process, "twi"));
	assert_true(kms_processes_find(&processes, 9)->kernel);
	/* Names in records are escaped. */
	assert_true(kms_process_is(kms_processes_find(&processes, 50),
				   "o) S dd\\x5c ("));
	/* A process that has ended meanwhile */
	assert_null(kms_processes_find(&processes, 70));
	assert_null(kms_processes_find(&processes, UINT64_MAX));
	assert_null(kms_processes_find(&processes, (1ull << 32) + 31));
	kms_processes_free(&processes);
}

static void who_started_whom(void **state)
{
	static const char * const parents[] = { "monitor", "init" };
	struct kms_processes processes;

	(void)state;
	assert_true(kms_processes_read(&processes, proc));
	assert_true(kms_process_descends(&processes,
			kms_processes_find(&processes, 30), parents, 2));
	assert_true(kms_process_descends(&processes,
			kms_processes_find(&processes, 30), parents, 1));
	assert_true(kms_process_descends(&processes,
			kms_processes_find(&processes, 40), NULL, 0));
	/* The same name, but another parent */
	assert_false(kms_process_descends(&processes,
			kms_processes_find(&processes, 40), parents, 2));
	/* There is no parent further up. */
	assert_false(kms_process_descends(&processes,
			kms_processes_find(&processes, 1), parents, 1));
	kms_processes_free(&processes);
}

static void some_are_spared(void **state)
{
	static const struct {
		unsigned int pid;
		bool spared;
	} cases[] = {
		{ 1, true }, { 2, true }, { 9, true }, { 20, false },
		{ 30, false }, { 35, true }, { 36, true }, { 40, true }, { 50, true }, { 60, true },
	};
	struct kms_processes processes;
	size_t i;

	(void)state;
	assert_true(kms_processes_read(&processes, proc));
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct kms_process *process =
			kms_processes_find(&processes, cases[i].pid);

		assert_int_equal(kms_process_is_spared(&processes, process, 60),
				 cases[i].spared);
		/* Without itself in the list, all are spared. */
		assert_true(kms_process_is_spared(&processes, process, 61));
	}
	kms_processes_free(&processes);
}

static void none_at_all(void **state)
{
	struct kms_processes processes;

	(void)state;
	assert_true(kms_processes_read(&processes, "/nonesuch"));
	assert_int_equal(processes.nr, 0);
	assert_false(processes.whole);
	assert_null(kms_processes_find(&processes, 1));
	kms_processes_free(&processes);
}

static void this_process(void **state)
{
	const struct kms_process *process;
	struct kms_processes processes;

	(void)state;
	assert_true(kms_processes_read(&processes, "/proc"));
	process = kms_processes_find(&processes, (uint64_t)getpid());
	if (processes.whole) {
		assert_non_null(process);
		assert_int_equal(process->parent, getppid());
		assert_false(process->kernel);
		assert_true(kms_process_is_spared(&processes, process,
						  (uint32_t)getpid()));
	}
	kms_processes_free(&processes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_numbers),
		cmocka_unit_test(who_started_whom),
		cmocka_unit_test(some_are_spared),
		cmocka_unit_test(none_at_all),
		cmocka_unit_test(this_process),
	};

	return cmocka_run_group_tests_name("process", tests, folder_make,
					   folder_remove);
}
