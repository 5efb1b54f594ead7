// SPDX-License-Identifier: GPL-2.0-only
/*
 * A culprit for guests: look up names that do not exist, make files, or read
 * the inodes of files, at a chosen rate.
 *
 * usage: storm miss|make|find DIR FORMAT [COUNT [RATE [FROM]]]
 *
 * FORMAT has one %lu, for FROM, FROM + 1, ...; COUNT 0 means no end. RATE is
 * names a second, 0 means as fast as possible.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Names between two reads of the clock. */
#define BATCH 50

#define NS_PER_SEC 1000000000ul

static int miss(const char *path)
{
	if (!access(path, F_OK)) {
		fprintf(stderr, "storm: %s exists\n", path);
		return -1;
	}
	if (errno != ENOENT) {
		perror(path);
		return -1;
	}
	return 0;
}

static int make(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	if (fd < 0) {
		perror(path);
		return -1;
	}
	return close(fd);
}

static int find(const char *path)
{
	struct stat about;

	if (!stat(path, &about))
		return 0;
	perror(path);
	return -1;
}

static unsigned long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_SEC + now.tv_nsec;
}

/* Sleep until `done` names are due. */
static void pace(unsigned long start, unsigned long done, unsigned long rate)
{
	unsigned long due = start + (double)done / rate * NS_PER_SEC;
	unsigned long now = now_ns();
	struct timespec rest;

	if (due <= now)
		return;
	rest.tv_sec = (time_t)((due - now) / NS_PER_SEC);
	rest.tv_nsec = (long)((due - now) % NS_PER_SEC);
	nanosleep(&rest, NULL);
}

static unsigned long number(char **argv, int argc, int index)
{
	return index < argc ? strtoul(argv[index], NULL, 0) : 0;
}

int main(int argc, char **argv)
{
	unsigned long count, rate, from, i, start = now_ns();
	char path[4096], name[256];
	int (*act)(const char *path);

	if (argc < 4 || !strstr(argv[3], "%lu")) {
		fputs("usage: storm miss|make|find DIR FORMAT [COUNT [RATE [FROM]]]\n",
		      stderr);
		return 2;
	}
	act = !strcmp(argv[1], "make") ? make :
	      !strcmp(argv[1], "find") ? find : miss;
	count = number(argv, argc, 4);
	rate = number(argv, argc, 5);
	from = number(argv, argc, 6);
	for (i = 0; !count || i < count; i++) {
		/* Only tests pass the format. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(name, sizeof(name), argv[3], from + i);
#pragma GCC diagnostic pop
		snprintf(path, sizeof(path), "%.3800s/%s", argv[2], name);
		if (act(path))
			return 1;
		if (rate && i % BATCH == BATCH - 1)
			pace(start, i + 1, rate);
	}
	return 0;
}
