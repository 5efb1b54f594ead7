/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Probes with the prototypes that the kmem events of this kernel have.
 *
 * The kernel's own check at the end does not compile where a prototype is none
 * of these. Whoever includes this defines alloc_seen() and free_seen() first.
 */
#ifndef KS_INTERNALS_COMPAT_KMEM_EVENTS_H
#define KS_INTERNALS_COMPAT_KMEM_EVENTS_H

#include <linux/types.h>
#include <trace/events/kmem.h>

/*
 * Since commit 11e9734bcb6a ("mm/slab_common: unify NUMA and UMA version of
 * tracepoints") (in v6.1) each event has a node, and no twin for it.
 */
#ifdef KS_HAVE_KMEM_EVENTS_UNIFIED
static void cache_alloc_seen(void *data, unsigned long call_site,
			     const void *object, struct kmem_cache *cache,
			     gfp_t flags, int node)
{
	alloc_seen(data, call_site, object);
}

static void kmalloc_seen(void *data, unsigned long call_site,
			 const void *object, size_t requested, size_t allocated,
			 gfp_t flags, int node)
{
	alloc_seen(data, call_site, object);
}
#else
#ifdef KS_HAVE_KMEM_ALLOC_CACHE	/* v6.0 */
static void cache_alloc_seen(void *data, unsigned long call_site,
			     const void *object, struct kmem_cache *cache,
			     size_t requested, size_t allocated, gfp_t flags)
{
	alloc_seen(data, call_site, object);
}

static void cache_alloc_node_seen(void *data, unsigned long call_site,
				  const void *object, struct kmem_cache *cache,
				  size_t requested, size_t allocated,
				  gfp_t flags, int node)
{
	alloc_seen(data, call_site, object);
}
#else
static void cache_alloc_seen(void *data, unsigned long call_site,
			     const void *object, size_t requested,
			     size_t allocated, gfp_t flags)
{
	alloc_seen(data, call_site, object);
}

static void cache_alloc_node_seen(void *data, unsigned long call_site,
				  const void *object, size_t requested,
				  size_t allocated, gfp_t flags, int node)
{
	alloc_seen(data, call_site, object);
}
#endif
#define kmalloc_seen		cache_alloc_seen
#define kmalloc_node_seen	cache_alloc_node_seen
#endif

#if defined(KS_HAVE_KMEM_FREE_CACHE)	/* since v6.1 */
static void cache_free_seen(void *data, unsigned long call_site,
			    const void *object, const struct kmem_cache *cache)
{
	free_seen(data, call_site, object);
}
#elif defined(KS_HAVE_KMEM_FREE_NAME)	/* since v5.12 */
static void cache_free_seen(void *data, unsigned long call_site,
			    const void *object, const char *name)
{
	free_seen(data, call_site, object);
}
#else
#define cache_free_seen		free_seen
#endif

static inline void ks_kmem_events_check(void)
{
	check_trace_callback_type_kmem_cache_alloc(cache_alloc_seen);
	check_trace_callback_type_kmalloc(kmalloc_seen);
#ifndef KS_HAVE_KMEM_EVENTS_UNIFIED
	check_trace_callback_type_kmem_cache_alloc_node(cache_alloc_node_seen);
	check_trace_callback_type_kmalloc_node(kmalloc_node_seen);
#endif
	check_trace_callback_type_kmem_cache_free(cache_free_seen);
	check_trace_callback_type_kfree(free_seen);
}

#endif /* KS_INTERNALS_COMPAT_KMEM_EVENTS_H */
