/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the slab cache of an object by its address.
 */
#ifndef KS_INTERNALS_CACHE_OBJECT_H
#define KS_INTERNALS_CACHE_OBJECT_H

#include <linux/types.h>

struct kmem_cache;

bool ks_object_find(const void *object, const struct kmem_cache **cache);

#endif /* KS_INTERNALS_CACHE_OBJECT_H */
