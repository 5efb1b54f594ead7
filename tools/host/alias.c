// SPDX-License-Identifier: GPL-2.0-only
/* Names of slab caches that the kernel merged into one. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "host/alias.h"

/* Read a link in dir; false if it is not a link. */
static bool link_read(int dir, const char *name, char target[PATH_MAX])
{
	ssize_t len = readlinkat(dir, name, target, PATH_MAX - 1);

	if (len < 0)
		return false;
	target[len] = '\0';
	return true;
}

char *kms_alias_resolve(const char *dir, const char *name,
			bool (*known)(const char *name, void *arg), void *arg)
{
	char wanted[PATH_MAX], target[PATH_MAX];
	const struct dirent *entry;
	char *found = NULL;
	DIR *stream;

	stream = opendir(dir);
	if (!stream)
		return NULL;
	if (!strchr(name, '/') &&
	    link_read(dirfd(stream), name, wanted)) {
		while (!found && (entry = readdir(stream))) {
			if (link_read(dirfd(stream), entry->d_name, target) &&
			    !strcmp(target, wanted) &&
			    known(entry->d_name, arg))
				found = strdup(entry->d_name);
		}
	}
	closedir(stream);
	return found;
}
