// SPDX-License-Identifier: GPL-2.0-only
/* Cgroups and network namespaces that stay. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "program.h"

#define MAX_PATH 256

static void folder_make(char *path, const char *folder, unsigned long i)
{
	snprintf(path, MAX_PATH, "%.200s/%lu", folder, i);
	if (mkdir(path, 0755))
		die(path);
}

/* NR cgroups more each MS, in the cgroup PATH. */
static void cgroups(char **arg)
{
	unsigned long nr = number(arg[1]), ms = number(arg[2]), i, done = 0;
	char path[MAX_PATH];

	for (ready();; pace(ms))
		for (i = 0; i < nr; i++)
			folder_make(path, arg[0], done++);
}

/* In a child: enter the cgroup, and write a file that it is charged for. */
static void file_charge(const char *cgroup, const char *folder, unsigned long i)
{
	char path[MAX_PATH + 16], page[4096] = "";
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	put(path, "0");
	snprintf(path, sizeof(path), "%.200s/%lu", folder, i);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	if (fd < 0 || write(fd, page, sizeof(page)) < 0)
		die(path);
}

/*
 * NR cgroups each MS in the cgroup PATH, which are removed. The file of each in
 * FOLDER stays, and keeps the memory of its cgroup.
 */
static void dying(char **arg)
{
	unsigned long nr = number(arg[2]), ms = number(arg[3]), i, done = 0;
	char path[MAX_PATH];
	int status;

	mkdir(arg[1], 0700);
	for (ready();; pace(ms)) {
		for (i = 0; i < nr; i++, done++) {
			pid_t pid;

			folder_make(path, arg[0], done);
			pid = fork();
			if (pid < 0)
				die("fork");
			if (!pid) {
				file_charge(path, arg[1], done);
				_exit(0);
			}
			if (waitpid(pid, &status, 0) != pid || status)
				die("child");
			/* The kernel takes the child out of it a bit later. */
			while (rmdir(path))
				if (errno != EBUSY)
					die(path);
		}
	}
}

/* NR network namespaces more each MS, which a descriptor keeps. */
static void namespaces(char **arg)
{
	unsigned long nr = number(arg[0]), ms = number(arg[1]), i;

	for (ready();; pace(ms)) {
		for (i = 0; i < nr; i++) {
			if (unshare(CLONE_NEWNET))
				fail("unshare");
			if (open("/proc/self/ns/net", O_RDONLY) < 0)
				die("ns/net");
		}
	}
}

const struct mode modes[] = {
	{ "cgroups", 3, "PATH NR MS", cgroups },
	{ "dying", 4, "PATH FOLDER NR MS", dying },
	{ "namespaces", 2, "NR MS", namespaces },
	{ NULL, 0, NULL, NULL },
};
