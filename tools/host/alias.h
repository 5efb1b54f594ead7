/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of slab caches that the kernel merged into one. */
#ifndef KMS_HOST_ALIAS_H
#define KMS_HOST_ALIAS_H

#include <stdbool.h>

/*
 * Find another name of a cache for which known() is true. Merged caches are
 * links to one folder in dir, which is /sys/kernel/slab. NULL if there is no
 * such name, or memory is out.
 */
char *kms_alias_resolve(const char *dir, const char *name,
			bool (*known)(const char *name, void *arg), void *arg);

#endif /* KMS_HOST_ALIAS_H */
