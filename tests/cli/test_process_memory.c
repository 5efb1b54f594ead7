// SPDX-License-Identifier: GPL-2.0-only
/* Memory of processes: /proc/PID/status, and who grows. */
#include <sys/stat.h>

#include "host/process_memory.h"
#include "observation_sample.h"

static char proc[] = "/tmp/kmemscope-status-XXXXXX";

static void status_write(const char *pid, const char *text)
{
	char path[100];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", proc, pid);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/%s/status", proc, pid);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int folder_make(void **state)
{
	(void)state;
	if (!mkdtemp(proc))
		return -1;
	status_write("1", "Name:\tinit\nState:\tS (sleeping)\nPPid:\t0\n");
	status_write("2", "Name:\tkthreadd\nPPid:\t0\nThreads:\t1\n");
	status_write("9", "Name:\tkworker/0:1\nPPid:\t2\n");
	status_write("20", "Name:\tsh\nPPid:\t1\n");
	status_write("30", "Name:\tself\nPPid:\t20\n");
	status_write("40",
		     "Name:\ta\\nb\\\\n c\nState:\tZ (zombie)\nPPid:\t20\nUid:\t7\t8\t9\t9\n"
		     "VmLck:\t     4 kB\nRssAnon:\t     1024 kB\nRssFile:\t 8 kB\n"
		     "RssShmem:\t 16 kB\nVmPTE:\t 32 kB\nVmSwap:\t 64 kB\nThreads:\t5\n"
		     "Mems_allowed_list:\t0-1,4\n");
	status_write("50", "Name:\t\xff\x1b[31m\nRssAnon:\t-\nVmPTE:\nRssAnon: 12 kB");
	status_write("51", "Mems_allowed_list:\t0,2,4,6,8,10,12,14,16,18,20\n");
	status_write("52", "");
	status_write("x", "Name:\tno process\n");
	return 0;
}

static int folder_remove(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", proc);
	return system(command);
}

static void status_parses(void **state)
{
	const struct kms_process_memory *process;
	struct kms_process_memories processes;

	(void)state;
	assert_true(kms_process_memories_read(&processes, proc, UINT64_MAX));
	assert_true(processes.whole);
	assert_int_equal(processes.nr, 8);
	process = kms_process_memories_find(&processes, 40);
	assert_non_null(process);
	/* A name with a line break and a backslash */
	assert_string_equal(process->name, "a\nb\\n c");
	assert_true(process->zombie);
	assert_int_equal(process->parent, 20);
	assert_int_equal(process->uid, 7);
	assert_int_equal(process->anon_bytes, 1024 * 1024);
	assert_int_equal(process->shmem_bytes, 16 * 1024);
	assert_int_equal(process->page_table_bytes, 32 * 1024);
	assert_int_equal(process->swap_bytes, 64 * 1024);
	assert_int_equal(process->locked_bytes, 4 * 1024);
	assert_int_equal(process->nr_threads, 5);
	assert_string_equal(process->mems, "0-1,4");
	process = kms_process_memories_find(&processes, 50);
	assert_string_equal(process->name, "\xff\x1b[31m");
	assert_int_equal(process->anon_bytes, 12 * 1024);
	assert_int_equal(process->page_table_bytes, 0);
	/* A part of a list would be another one. */
	process = kms_process_memories_find(&processes, 51);
	assert_string_equal(process->mems, "");
	assert_null(kms_process_memories_find(&processes, 52));
	kms_process_memories_free(&processes);
}

static void some_are_spared(void **state)
{
	struct kms_process_memories processes;

	(void)state;
	assert_true(kms_process_memories_read(&processes, proc, UINT64_MAX));
	kms_process_memories_spare(&processes, 30);
	assert_true(kms_process_memories_find(&processes, 1)->spared);
	assert_true(kms_process_memories_find(&processes, 9)->spared);
	assert_true(kms_process_memories_find(&processes, 20)->spared);
	assert_true(kms_process_memories_find(&processes, 30)->spared);
	assert_true(kms_process_memories_find(&processes, 30)->self);
	assert_false(kms_process_memories_find(&processes, 20)->self);
	assert_false(kms_process_memories_find(&processes, 40)->spared);
	kms_process_memories_free(&processes);
}

static void time_is_bounded(void **state)
{
	struct kms_process_memories processes;

	(void)state;
	assert_true(kms_process_memories_read(&processes, "/nowhere",
					      UINT64_MAX));
	assert_false(processes.whole);
	assert_int_equal(processes.nr, 0);
	kms_process_memories_free(&processes);
}

/* A process that has so much before and after; KMS_UNKNOWN: it is not there. */
static void anon(uint32_t pid, const char *name, uint64_t before, uint64_t after)
{
	if (before != KMS_UNKNOWN)
		task_at(KMS_HOST_BEFORE, pid, 1, name)->anon_bytes = before;
	if (after != KMS_UNKNOWN)
		task_at(KMS_HOST_AFTER, pid, 1, name)->anon_bytes = after;
}

/* 16 GiB, of which 1 GiB is anonymous, and 500 MiB come in 10 s. */
static void grows(void)
{
	host();
	host_moments();
	HOST_PAGES(anon_pages, 262144, 262144 + 38400, 262144 + 128000);
}

static void one_process(void **state)
{
	const struct kms_finding *finding;

	(void)state;
	grows();
	anon(10, "nginx", 900 * MIB, 900 * MIB);
	anon(4711, "java", 100 * MIB, 600 * MIB);
	judge();
	finding = only(KMS_FINDING_PROCESS_MEMORY);
	assert_string_equal(finding->cause, "process_memory");
	assert_int_equal(finding->sure, KMS_CERTAIN);
	assert_int_equal(finding->nr_holders, 1);
	assert_int_equal(finding->holder[0].pid, 4711);
	assert_int_equal(finding->holder[0].share_permille, 1000);
	assert_string_equal(verdict.summary,
			    "java (process 4711) grows by 50.0 MiB/s of anonymous memory; memory is full in 2 minutes");
	expect_words("stop or restart java (process 4711): its exit frees this memory");
	expect_words("kill 4711");
	expect_no_words("nginx");
}

static void many_of_one_name(void **state)
{
	const struct kms_finding *finding;
	uint32_t pid;

	(void)state;
	grows();
	for (pid = 100; pid < 150; pid++)
		anon(pid, "php-fpm", 10 * MIB, 20 * MIB);
	judge();
	finding = only(KMS_FINDING_PROCESS_MEMORY);
	assert_int_equal(finding->holder[0].nr_alike, 50);
	assert_true(finding->holder[0].pid == KMS_UNKNOWN);
	expect_words("50 php-fpm processes grow by 50.0 MiB/s");
	expect_no_words("kill 1");
}

/* The number of a process that ended is used again. */
static void numbers_are_used_again(void **state)
{
	const struct kms_finding *finding;

	(void)state;
	grows();
	task_at(KMS_HOST_BEFORE, 300, 7, "vim")->anon_bytes = 400 * MIB;
	anon(300, "leak", KMS_UNKNOWN, 450 * MIB);
	anon(301, "leak2", 100 * MIB, 600 * MIB);
	judge();
	finding = only(KMS_FINDING_PROCESS_MEMORY);
	assert_int_equal(finding->nr_holders, 2);
	/* From 0, not from what another one had */
	assert_int_equal(finding->holder[1].growth_bytes, 450 * MIB);
}

static void program_that_starts(void **state)
{
	(void)state;
	grows();
	anon(4711, "java", KMS_UNKNOWN, 500 * MIB);
	judge();
	assert_int_equal(only(KMS_FINDING_PROCESS_MEMORY)->sure, KMS_POSSIBLE);
	expect_words("started while observed");
	expect_no_words("now: ");
}

/* It was there all the time, and only its parent ended. */
static void parent_that_ends(void **state)
{
	(void)state;
	grows();
	task_at(KMS_HOST_BEFORE, 4711, 99, "java")->anon_bytes = 8192 * MIB;
	task_at(KMS_HOST_AFTER, 4711, 1, "java")->anon_bytes = 8692 * MIB;
	judge();
	assert_int_equal(only(KMS_FINDING_PROCESS_MEMORY)->holder[0].growth_bytes,
			 500 * MIB);
}

static void spared_processes_are_not_stopped(void **state)
{
	(void)state;
	grows();
	anon(80, "sshd", 100 * MIB, 600 * MIB);
	obs.host[KMS_HOST_AFTER].processes.process[1].spared = true;
	judge();
	expect_words("sshd (process 80) grows");
	expect_no_words("kill");
	expect_no_words("stop or restart");
}

static void names_of_any_bytes(void **state)
{
	(void)state;
	grows();
	anon(80, "a\x1b[2J'$(id)", 100 * MIB, 600 * MIB);
	judge();
	expect_words("a\\x1b[2J'$(id) (process 80) grows");
	expect_words("kill 80");
}

/* Swap makes room, but ends no growth. */
static void memory_that_is_swapped_out(void **state)
{
	size_t i;

	(void)state;
	host();
	host_moments();
	HOST_PAGES(anon_pages, 262144, 262144, 262144);
	for (i = 0; i < KMS_NR_MOMENTS; i++)
		obs.moment[i].meminfo = (struct kms_meminfo){
			.swap_total = 8192 * MIB,
			.swap_free = (8192 - EACH(0, 150, 500)[i]) * MIB,
		};
	anon(4711, "java", 1024 * MIB, 1024 * MIB);
	obs.host[KMS_HOST_AFTER].processes.process[1].swap_bytes = 500 * MIB;
	judge();
	expect_words("java (process 4711) grows by 50.0 MiB/s");
	expect_words("500 MiB of 8.0 GiB swap is in use");
}

/* Within the noise of all, but of one process: only to be watched. */
static void slow_growth_of_one(void **state)
{
	const struct kms_finding *finding;

	(void)state;
	host();
	host_moments();
	HOST_PAGES(anon_pages, 262144, 262144 + 3000, 262144 + 10000);
	anon(10, "wren", 300 * MIB, 339 * MIB);
	judge();
	finding = only(KMS_FINDING_PROCESS_MEMORY);
	assert_int_equal(finding->severity, KMS_NOTICE);
	expect_words("wren (process 10) grows by 3.9 MiB/s");
	expect_no_words("kill");
	expect_no_words("stop or restart");
}

/* Workers that start one after the other and stay are no single start. */
static void workers_that_stay(void **state)
{
	const struct kms_finding *finding;
	uint32_t pid;

	(void)state;
	grows();
	for (pid = 100; pid < 110; pid++)
		anon(pid, "gannet", KMS_UNKNOWN, 50 * MIB);
	judge();
	finding = only(KMS_FINDING_PROCESS_MEMORY);
	assert_int_not_equal(finding->sure, KMS_POSSIBLE);
	assert_int_equal(finding->holder[0].nr_alike, 10);
}

/* Healthy: */

static void slow_growth_of_many(void **state)
{
	uint32_t pid;

	(void)state;
	host();
	host_moments();
	HOST_PAGES(anon_pages, 262144, 262144 + 3000, 262144 + 10000);
	for (pid = 100; pid < 110; pid++)
		anon(pid, "chrome", 50 * MIB, 54 * MIB);
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}


static void large_and_stable(void **state)
{
	(void)state;
	host();
	host_moments();
	HOST_PAGES(anon_pages, 3500000, 3500000, 3500000);
	anon(10, "postgres", 13000 * MIB, 13000 * MIB);
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

static void below_the_noise(void **state)
{
	(void)state;
	host();
	host_moments();
	HOST_PAGES(anon_pages, 262144, 262144 + 1200, 262144 + 4000);
	anon(10, "firefox", 500 * MIB, 516 * MIB);
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

static void burst_of_a_program(void **state)
{
	(void)state;
	host();
	host_moments();
	HOST_PAGES(anon_pages, 262144, 262144 + 120000, 262144 + 128000);
	anon(10, "cc1plus", 100 * MIB, 600 * MIB);
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

static void sawtooth(void **state)
{
	(void)state;
	grows();
	anon(4711, "java", 100 * MIB, 600 * MIB);
	obs.anon_peak = (struct kms_peak){ 500000, 60000 };
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

/* The counter grows, and processes do not: it is not theirs. */
static void processes_do_not_confirm(void **state)
{
	(void)state;
	grows();
	anon(4711, "java", 600 * MIB, 610 * MIB);
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

static void memory_comes_and_goes(void **state)
{
	(void)state;
	grows();
	anon(20, "old", 700 * MIB, KMS_UNKNOWN);
	anon(21, "new", KMS_UNKNOWN, 750 * MIB);
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

static void little_where_memory_is_short(void **state)
{
	(void)state;
	memory(4194304, 100000, 5000, NULL);
	host_moments();
	obs.available_bytes = 1024 * MIB;
	HOST_PAGES(anon_pages, 3500000, 3503000, 3510000);
	anon(10, "java", 8000 * MIB, 8040 * MIB);
	judge();
	assert_int_equal(only(KMS_FINDING_PROCESS_MEMORY)->holder[0].pid, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_parses),
		cmocka_unit_test(some_are_spared),
		cmocka_unit_test(time_is_bounded),
		TEST(one_process),
		TEST(many_of_one_name),
		TEST(numbers_are_used_again),
		TEST(program_that_starts),
		TEST(parent_that_ends),
		TEST(spared_processes_are_not_stopped),
		TEST(names_of_any_bytes),
		TEST(memory_that_is_swapped_out),
		TEST(slow_growth_of_one),
		TEST(workers_that_stay),
		TEST(slow_growth_of_many),
		TEST(large_and_stable),
		TEST(below_the_noise),
		TEST(burst_of_a_program),
		TEST(sawtooth),
		TEST(processes_do_not_confirm),
		TEST(memory_comes_and_goes),
		TEST(little_where_memory_is_short),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
