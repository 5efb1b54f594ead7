// SPDX-License-Identifier: GPL-2.0-only
/* Read small files of the kernel. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/file.h"

#define FIRST_ROOM 4096

static char *descriptor_read(int fd, size_t max)
{
	size_t room = 0, len = 0;
	char *text = NULL, *more;
	ssize_t got;

	do {
		if (room - len < 2) {
			room = room ? 2 * room : FIRST_ROOM;
			more = realloc(text, room);
			if (!more)
				break;
			text = more;
		}
		got = read(fd, text + len, room - len - 1);
		if (got <= 0)
			break;
		len += got;
	} while (len < max);
	if (!len) {
		free(text);
		return NULL;
	}
	text[len] = '\0';
	return text;
}

char *kms_file_read(const char *path, size_t max)
{
	/* Do not wait if the path is a pipe. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text;

	if (fd < 0)
		return NULL;
	text = descriptor_read(fd, max);
	close(fd);
	return text;
}
