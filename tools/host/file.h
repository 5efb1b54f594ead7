/* SPDX-License-Identifier: GPL-2.0-only */
/* Read small files of the kernel. */
#ifndef KMS_HOST_FILE_H
#define KMS_HOST_FILE_H

#include <stddef.h>

/*
 * Read a file up to max bytes, for the caller to free. NULL if it cannot be
 * read: a process may be gone, for example.
 */
char *kms_file_read(const char *path, size_t max);

#endif /* KMS_HOST_FILE_H */
