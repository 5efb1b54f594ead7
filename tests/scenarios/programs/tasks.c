// SPDX-License-Identifier: GPL-2.0-only
/* Threads, zombies, page tables, mappings and timers. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "program.h"

#define PAGE (4 * KIB)

/* The memory whose page tables are one page. */
#define TABLE_SPAN (2 * MIB)

/* The part of it that a process without huge pages can use. */
#define SPARSE_SPAN (1ul << 43)

static void *thread_stay(void *unused)
{
	(void)unused;
	stay();
}

static void *thread_end(void *unused)
{
	return unused;
}

static pthread_t thread_start(void *(*function)(void *))
{
	static pthread_attr_t attr;
	static int prepared;
	pthread_t thread;

	if (!prepared) {
		pthread_attr_init(&attr);
		pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN);
		prepared = 1;
	}
	errno = pthread_create(&thread, &attr, function, NULL);
	if (errno)
		die("pthread_create");
	return thread;
}

/* NR threads more each MS. */
static void threads(char **arg)
{
	unsigned long nr = number(arg[0]), ms = number(arg[1]), i;

	put("/proc/sys/kernel/threads-max", "100000");
	for (ready();; pace(ms))
		for (i = 0; i < nr; i++)
			thread_start(thread_stay);
}

/* NR threads each MS, which end at once. */
static void threads_ended(char **arg)
{
	unsigned long nr = number(arg[0]), ms = number(arg[1]), i;

	for (ready();; pace(ms))
		for (i = 0; i < nr; i++)
			pthread_join(thread_start(thread_end), NULL);
}

/* NR children each MS, which end and are not waited for. */
static void zombies(char **arg)
{
	unsigned long nr = number(arg[0]), ms = number(arg[1]), i;

	for (ready();; pace(ms)) {
		for (i = 0; i < nr; i++) {
			pid_t pid = fork();

			if (pid < 0)
				die("fork");
			if (!pid)
				_exit(0);
		}
	}
}

/* Processes that map the same MIB, and read all of it: NR more each MS. */
static void forks(char **arg)
{
	size_t bytes = number(arg[0]) * MIB, at;
	unsigned long nr = number(arg[1]), ms = number(arg[2]), i;
	char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		die("mmap");
	madvise(memory, bytes, MADV_NOHUGEPAGE);
	memory_touch(memory, bytes);
	for (ready();; pace(ms)) {
		for (i = 0; i < nr; i++) {
			pid_t pid = fork();

			if (pid < 0)
				die("fork");
			if (pid)
				continue;
			for (at = 0; at < bytes; at += PAGE)
				(void)((volatile char *)memory)[at];
			stay();
		}
	}
}

/* Read where nothing is: only page tables are taken, NR pages each MS. */
static void sparse(char **arg)
{
	unsigned long nr = number(arg[0]), ms = number(arg[1]), i;
	char *memory = mmap(NULL, SPARSE_SPAN, PROT_READ,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		die("mmap");
	/* It fails where the kernel has no huge pages, which is as well. */
	madvise(memory, SPARSE_SPAN, MADV_NOHUGEPAGE);
	for (ready();; pace(ms)) {
		for (i = 0; i < nr; i++) {
			(void)*(volatile char *)memory;
			memory += TABLE_SPAN;
		}
	}
}

/* Make every other page readable: 2 NR mappings more each MS. */
static void mappings(char **arg)
{
	unsigned long nr = number(arg[0]), ms = number(arg[1]), i;
	char *memory = mmap(NULL, SPARSE_SPAN / 64, PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		die("mmap");
	put("/proc/sys/vm/max_map_count", "10000000");
	for (ready();; pace(ms)) {
		for (i = 0; i < nr; i++) {
			if (mprotect(memory, PAGE, PROT_READ))
				die("mprotect");
			memory += 2 * PAGE;
		}
	}
}

static void timer_add(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_NONE };
	int id;

	/* That of libc needs memory of its own for each. */
	if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &id))
		fail("timer_create");
}

/* FIRST timers at once, then NR more each MS. */
static void timers(char **arg)
{
	unsigned long nr = number(arg[0]), ms = number(arg[1]), i;

	for (i = number(arg[2]); i; i--)
		timer_add();
	for (ready();; pace(ms))
		for (i = 0; i < nr; i++)
			timer_add();
}

const struct mode modes[] = {
	{ "threads", 2, "NR MS", threads },
	{ "threads-ended", 2, "NR MS", threads_ended },
	{ "zombies", 2, "NR MS", zombies },
	{ "forks", 3, "MIB NR MS", forks },
	{ "sparse", 2, "NR MS", sparse },
	{ "mappings", 2, "NR MS", mappings },
	{ "timers", 3, "NR MS FIRST", timers },
	{ NULL, 0, NULL, NULL },
};
