/* SPDX-License-Identifier: GPL-2.0-only */
/* Small files of the kernel's. */
#ifndef KS_FILE_H
#define KS_FILE_H

#include <stddef.h>

/*
 * The text of a file, up to most bytes, for the caller to free.  NULL when it
 * cannot be read: what it is about may have gone.
 */
char *ks_file_read(const char *path, size_t most);

#endif /* KS_FILE_H */
