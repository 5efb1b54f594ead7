/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of slab caches that the kernel merged into one. */
#ifndef KS_ALIAS_H
#define KS_ALIAS_H

#include <stdbool.h>

/*
 * Find another name of the cache called name, one that known() says yes to:
 * merged caches are links to one folder in dir, which is /sys/kernel/slab.
 * NULL when there is none, or memory is out.
 */
char *ks_alias_resolve(const char *dir, const char *name,
		       bool (*known)(const char *name, void *arg), void *arg);

#endif /* KS_ALIAS_H */
