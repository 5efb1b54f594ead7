// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds an object's cache by the struct page of its slab.
 */
#include <linux/mm.h>

#include "internals/cache_object.h"
#include "internals/layout.h"

/**
 * ks_object_find() - find an object's cache
 * @object: an object that is allocated or freed; may be any pointer, but not
 *	one into device memory
 * @cache: set to its cache, only for comparison, or to NULL when the object is
 *	not in a slab
 *
 * Reads the present state of the page: the slab of a freed object may be gone.
 *
 * Context: Any, NMI included, with preemption off. After
 * ks_layout_resolve_cached().
 * Return: true if the pointer is in the direct map. NULL, error pointers and
 * ZERO_SIZE_PTR are not.
 */
bool ks_object_find(const void *object, const struct kmem_cache **cache)
{
	const struct page *page;

	*cache = NULL;
	if (!virt_addr_valid(object))
		return false;
	page = virt_to_head_page(object);
	/* On older kernels it takes no const page, but does not change it. */
	if (PageSlab((struct page *)page))
		*cache = (const struct kmem_cache *)(unsigned long)
			 ks_layout_decode(page, KS_SLAB_CACHE);
	return true;
}
