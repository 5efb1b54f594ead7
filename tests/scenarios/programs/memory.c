// SPDX-License-Identifier: GPL-2.0-only
/* Memory of a process, and memory that is shared or in files. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "program.h"

#define HUGE_PAGE (2 * MIB)

/* Take FIRST MiB at once, then KIB more each MS, for ever. */
static void grow(char **arg)
{
	size_t kib = number(arg[0]), ms = number(arg[1]);

	if (number(arg[2]))
		memory_take(number(arg[2]) * MIB);
	for (ready();; pace(ms))
		memory_take(kib * KIB);
}

/* The same, with memory of node 0 alone. */
static void bound(char **arg)
{
	unsigned long nodes = 1;

	if (syscall(SYS_set_mempolicy, MPOL_BIND, &nodes, 8 * sizeof(nodes)))
		fail("set_mempolicy");
	grow(arg);
}

/* Take MIB in STEPS, free all of it, and begin again. */
static void sawtooth(char **arg)
{
	size_t mib = number(arg[0]), steps = number(arg[1]), i;
	size_t size = mib * MIB / steps;
	char **memory = calloc(steps, sizeof(*memory));

	for (ready();;) {
		for (i = 0; i < steps; i++, pace(100))
			memory[i] = memory_take(size);
		for (i = 0; i < steps; i++)
			munmap(memory[i], size);
	}
}

/* Wait MS, take MIB at once, and keep it. */
static void burst(char **arg)
{
	ready();
	nap(number(arg[1]));
	memory_take(number(arg[0]) * MIB);
	stay();
}

/* Take MIB before the beginning, and use them. */
static void steady(char **arg)
{
	size_t bytes = number(arg[0]) * MIB;
	char *memory = memory_take(bytes);

	for (ready();; pace(200))
		memory_touch(memory, bytes / 16);
}

/* Take MIB, keep it for MS, and end: a compiler of one file. */
static void task(char **arg)
{
	memory_take(number(arg[0]) * MIB);
	nap(number(arg[1]));
}

/* Map KIB, write to it, and unmap it, each MS. */
static void jit(char **arg)
{
	size_t bytes = number(arg[0]) * KIB, ms = number(arg[1]);

	for (ready();; pace(ms))
		munmap(memory_take(bytes), bytes);
}

/* Append KIB each MS to a file, for ever. */
static void append(int fd, size_t kib, size_t ms)
{
	char *data = memory_take(kib * KIB);

	if (fd < 0)
		fail("file");
	for (ready();; pace(ms))
		if (write(fd, data, kib * KIB) != (ssize_t)(kib * KIB))
			die("write");
}

static void file(char **arg)
{
	append(open(arg[0], O_WRONLY | O_CREAT, 0600), number(arg[1]),
	       number(arg[2]));
}

/* The file has no name any more. */
static void deleted(char **arg)
{
	int fd = open(arg[0], O_WRONLY | O_CREAT, 0600);

	if (unlink(arg[0]))
		die(arg[0]);
	append(fd, number(arg[1]), number(arg[2]));
}

static void memfd(char **arg)
{
	append(memfd_create("frames", MFD_CLOEXEC), number(arg[0]),
	       number(arg[1]));
}

/* A new segment of KIB each MS, attached and written. */
static void segments(char **arg)
{
	size_t bytes = number(arg[0]) * KIB, ms = number(arg[1]);

	for (ready();; pace(ms)) {
		int id = shmget(IPC_PRIVATE, bytes, IPC_CREAT | 0600);
		char *memory = id < 0 ? NULL : shmat(id, NULL, 0);

		if (id < 0 || memory == (char *)-1)
			fail("shmget");
		memory_touch(memory, bytes);
	}
}

/* How many huge pages the host has, after it was asked for NR. */
static unsigned long huge_pages_reserve(const char *nr)
{
	const char *path = "/proc/sys/vm/nr_hugepages";
	unsigned long got = 0;
	FILE *stream;

	if (access(path, W_OK))
		cannot(path);
	put(path, nr);
	stream = fopen(path, "r");
	if (!stream || fscanf(stream, "%lu", &got) != 1)
		die(path);
	fclose(stream);
	if (got < number(nr)) {
		fprintf(stderr, "only %lu huge pages of %s\n", got, nr);
		exit(1);
	}
	return got;
}

/* Reserve NR huge pages that nobody uses. */
static void huge_unused(char **arg)
{
	huge_pages_reserve(arg[0]);
	ready();
	stay();
}

/* Reserve NR huge pages, and use all of them. */
static void huge_used(char **arg)
{
	size_t bytes = huge_pages_reserve(arg[0]) * HUGE_PAGE;
	char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);

	if (memory == MAP_FAILED)
		die("mmap");
	memory_touch(memory, bytes);
	ready();
	stay();
}

const struct mode modes[] = {
	{ "grow", 3, "KIB MS FIRST_MIB", grow },
	{ "bound", 3, "KIB MS FIRST_MIB", bound },
	{ "sawtooth", 2, "MIB STEPS", sawtooth },
	{ "burst", 2, "MIB MS", burst },
	{ "steady", 1, "MIB", steady },
	{ "task", 2, "MIB MS", task },
	{ "jit", 2, "KIB MS", jit },
	{ "file", 3, "PATH KIB MS", file },
	{ "deleted", 3, "PATH KIB MS", deleted },
	{ "memfd", 2, "KIB MS", memfd },
	{ "segments", 2, "KIB MS", segments },
	{ "huge-unused", 1, "NR", huge_unused },
	{ "huge-used", 1, "NR", huge_used },
	{ NULL, 0, NULL, NULL },
};
