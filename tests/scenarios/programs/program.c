// SPDX-License-Identifier: GPL-2.0-only
/* What the programs of scenarios share. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "program.h"

#define NS_PER_MS 1000000l
#define NS_PER_S 1000000000l
#define PAGE 4096

void ready(void)
{
	/* Not by stdio: a child would print the same once more. */
	if (write(STDOUT_FILENO, "ready\n", 6) != 6)
		die("stdout");
}

void die(const char *what)
{
	perror(what);
	exit(1);
}

void cannot(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(STATUS_CANNOT);
}

void fail(const char *what)
{
	switch (errno) {
	case ENOSYS:
	case EOPNOTSUPP:
	case EPROTONOSUPPORT:
	case EAFNOSUPPORT:
		cannot(what);
	default:
		die(what);
	}
}

unsigned long number(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (end == text || *end) {
		fprintf(stderr, "not a number: %s\n", text);
		exit(2);
	}
	return value;
}

void nap(unsigned long ms)
{
	struct timespec rest = {
		.tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * NS_PER_MS,
	};

	nanosleep(&rest, NULL);
}

void pace(unsigned long ms)
{
	static struct timespec next;

	if (!next.tv_sec)
		clock_gettime(CLOCK_MONOTONIC, &next);
	next.tv_nsec += ms * NS_PER_MS;
	next.tv_sec += next.tv_nsec / NS_PER_S;
	next.tv_nsec %= NS_PER_S;
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
}

void stay(void)
{
	for (;;)
		pause();
}

void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(path);
	close(fd);
}

void limits_raise(void)
{
	const struct rlimit files = { 1000000, 1000000 };
	const struct rlimit signals = { 10000000, 10000000 };
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	if (setrlimit(RLIMIT_NOFILE, &files) ||
	    setrlimit(RLIMIT_SIGPENDING, &signals) ||
	    setrlimit(RLIMIT_MEMLOCK, &all) || setrlimit(RLIMIT_NPROC, &all))
		die("setrlimit");
}

void name_set(const char *name)
{
	prctl(PR_SET_NAME, name, 0, 0, 0);
}

void memory_touch(char *memory, size_t bytes)
{
	size_t at;

	for (at = 0; at < bytes; at += PAGE)
		((volatile char *)memory)[at] = 1;
}

char *memory_take(size_t bytes)
{
	char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		die("mmap");
	memory_touch(memory, bytes);
	return memory;
}

static void usage(void)
{
	const struct mode *mode;

	fputs("usage:\n", stderr);
	for (mode = modes; mode->name; mode++)
		fprintf(stderr, "  %s %s\n", mode->name, mode->args);
	exit(2);
}

int main(int argc, char **argv)
{
	const struct mode *mode;

	limits_raise();
	for (mode = modes; argc > 1 && mode->name; mode++) {
		if (strcmp(mode->name, argv[1]))
			continue;
		if (argc - 2 != mode->nr_args)
			usage();
		mode->run(argv + 2);
		return 0;
	}
	usage();
}
