// SPDX-License-Identifier: GPL-2.0-only
/*
 * From an object to its cache: by the struct page of the slab it is in.
 */
#include <linux/mm.h>

#include "internals/cache_object.h"
#include "internals/layout.h"

/**
 * ks_object_find() - find an object's cache
 * @object: what an allocator gave or is given back; may be any pointer, but
 *	not one into device memory
 * @cache: set to its cache, only to be compared, or to NULL when it is not in
 *	a slab
 *
 * Only asks what the pointer's page says now: of an object that is already
 * free the slab may be gone.
 *
 * Context: Any, NMI included, with preemption off. After
 * ks_layout_resolve_cached().
 * Return: whether it is in memory that the kernel maps as it is. NULL, error
 * pointers and ZERO_SIZE_PTR are not.
 */
bool ks_object_find(const void *object, const struct kmem_cache **cache)
{
	const struct page *page;

	*cache = NULL;
	if (!virt_addr_valid(object))
		return false;
	page = virt_to_head_page(object);
	if (PageSlab((struct page *)page))
		*cache = (const struct kmem_cache *)(unsigned long)
			 ks_layout_decode(page, KS_SLAB_CACHE);
	return true;
}
