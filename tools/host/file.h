/* SPDX-License-Identifier: GPL-2.0-only */
/* Small files of the kernel's. */
#ifndef KMS_HOST_FILE_H
#define KMS_HOST_FILE_H

#include <stddef.h>

/*
 * The text of a file, up to most bytes, for the caller to free.  NULL when it
 * cannot be read: what it is about may have gone.
 */
char *kms_file_read(const char *path, size_t most);

#endif /* KMS_HOST_FILE_H */
