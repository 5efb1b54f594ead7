/* SPDX-License-Identifier: GPL-2.0-only */
/* Read small files of the kernel. */
#ifndef KMS_HOST_FILE_H
#define KMS_HOST_FILE_H

#include <stddef.h>

/*
 * The text of a file, up to most bytes, to be freed.  NULL when it cannot be
 * read: the process or cgroup may have gone.
 */
char *kms_file_read(const char *path, size_t most);

#endif /* KMS_HOST_FILE_H */
