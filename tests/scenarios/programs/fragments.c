// SPDX-License-Identifier: GPL-2.0-only
/* Free memory in single pages, between pages that cannot be moved. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "program.h"

#define PAGE (4 * KIB)
#define PIPE_PAGES 16

static char page[PAGE];

static unsigned long free_kib(void)
{
	unsigned long value = 0;
	char line[256];
	FILE *stream = fopen("/proc/meminfo", "r");

	if (!stream)
		die("meminfo");
	while (fgets(line, sizeof(line), stream))
		if (sscanf(line, "MemFree: %lu", &value) == 1)
			break;
	fclose(stream);
	return value;
}

static void pipes_make(int (*end)[2], unsigned long nr)
{
	unsigned long i, j;

	for (i = 0; i < nr; i++)
		if (pipe(end[i]))
			die("pipe");
	/* A page of each in turn, so that neighbours have other owners. */
	for (j = 0; j < PIPE_PAGES; j++)
		for (i = 0; i < nr; i++)
			if (write(end[i][1], page, PAGE) != PAGE)
				die("write");
}

/* Fill PERCENT of what is free with pipes, then close every other one. */
static void comb(char **arg)
{
	unsigned long kib = free_kib() / 100 * number(arg[0]);
	/* Each pipe has its own slab objects beside the pages. */
	unsigned long nr = kib / (PIPE_PAGES * 4 + 2), i;
	int (*end)[2] = calloc(nr, sizeof(*end));

	if (!end)
		die("calloc");
	pipes_make(end, nr);
	for (i = 0; i < nr; i += 2) {
		close(end[i][0]);
		close(end[i][1]);
	}
	ready();
	stay();
}

const struct mode modes[] = {
	{ "comb", 1, "PERCENT", comb },
	{ NULL, 0, NULL, NULL },
};
