// SPDX-License-Identifier: GPL-2.0-only
/* What a file descriptor keeps: files, pipes, events and watches. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "program.h"

#define PAGE (4 * KIB)

/* The files of a folder that is watched: so many watches an instance. */
#define NR_WATCHED 1000

static char page[PAGE];

/* A pipe with so many pages in it. */
static void pipe_fill(int end[2], unsigned long pages)
{
	if (pipe(end))
		die("pipe");
	for (; pages; pages--)
		if (write(end[1], page, PAGE) != PAGE)
			die("write");
}

/* NR pipes more each MS, each with PAGES in it. */
static void pipes(char **arg)
{
	unsigned long nr = number(arg[0]), ms = number(arg[1]), i;
	unsigned long pages = number(arg[2]);
	int end[2];

	for (ready();; pace(ms))
		for (i = 0; i < nr; i++)
			pipe_fill(end, pages);
}

/* NR pipes each MS, filled, read and closed. */
static void pipes_closed(char **arg)
{
	unsigned long nr = number(arg[0]), ms = number(arg[1]), i;
	int end[2];

	for (ready();; pace(ms)) {
		for (i = 0; i < nr; i++) {
			pipe_fill(end, 1);
			if (read(end[0], page, PAGE) != PAGE)
				die("read");
			close(end[0]);
			close(end[1]);
		}
	}
}

static int event_open(void)
{
	return eventfd(0, EFD_CLOEXEC);
}

static int epoll_open(void)
{
	return epoll_create1(EPOLL_CLOEXEC);
}

static int timer_open(void)
{
	return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
}

/* NR more each MS, and none is closed. */
static void keep(int (*make)(void), char **arg)
{
	unsigned long nr = number(arg[0]), ms = number(arg[1]), i;

	for (ready();; pace(ms))
		for (i = 0; i < nr; i++)
			if (make() < 0)
				fail("file descriptor");
}

static void eventfds(char **arg)
{
	keep(event_open, arg);
}

static void epolls(char **arg)
{
	keep(epoll_open, arg);
}

static void timerfds(char **arg)
{
	keep(timer_open, arg);
}

/* Open PATH, NR times more each MS. */
static void files(char **arg)
{
	unsigned long nr = number(arg[1]), ms = number(arg[2]), i;

	close(open(arg[0], O_WRONLY | O_CREAT, 0600));
	for (ready();; pace(ms))
		for (i = 0; i < nr; i++)
			if (open(arg[0], O_RDONLY) < 0)
				die(arg[0]);
}

static void watched_path(char *path, size_t size, const char *folder,
			 unsigned long i)
{
	snprintf(path, size, "%.200s/%lu", folder, i % NR_WATCHED);
}

/* NR watches more each MS, of the same files in the folder PATH. */
static void watches(char **arg)
{
	unsigned long nr = number(arg[1]), ms = number(arg[2]), i, done = 0;
	int instance = -1;
	char path[256];

	put("/proc/sys/fs/inotify/max_user_instances", "1000000");
	put("/proc/sys/fs/inotify/max_user_watches", "10000000");
	mkdir(arg[0], 0700);
	for (i = 0; i < NR_WATCHED; i++) {
		watched_path(path, sizeof(path), arg[0], i);
		close(open(path, O_WRONLY | O_CREAT, 0600));
	}
	for (ready();; pace(ms)) {
		for (i = 0; i < nr; i++, done++) {
			/* An instance has one watch of a file. */
			if (done % NR_WATCHED == 0)
				instance = inotify_init1(IN_CLOEXEC);
			watched_path(path, sizeof(path), arg[0], done);
			if (inotify_add_watch(instance, path, IN_MODIFY) < 0)
				fail(path);
		}
	}
}

const struct mode modes[] = {
	{ "pipes", 3, "NR MS PAGES", pipes },
	{ "pipes-closed", 2, "NR MS", pipes_closed },
	{ "eventfds", 2, "NR MS", eventfds },
	{ "epolls", 2, "NR MS", epolls },
	{ "timerfds", 2, "NR MS", timerfds },
	{ "files", 3, "PATH NR MS", files },
	{ "watches", 3, "PATH NR MS", watches },
	{ NULL, 0, NULL, NULL },
};
