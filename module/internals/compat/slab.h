/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether a page is the first of a slab, by that page alone.
 */
#ifndef KS_INTERNALS_COMPAT_SLAB_H
#define KS_INTERNALS_COMPAT_SLAB_H

#include <linux/mm.h>

/* Each time it is asked the page is read again. */
static __always_inline bool ks_is_slab(const struct page *page)
{
#ifdef KS_HAVE_PG_SLAB
	/* PageSlab() would look for the first page first. */
	return test_bit(PG_slab, (const unsigned long *)page);
#else
	barrier();
	return !PageTail((struct page *)page) && PageSlab((struct page *)page);
#endif
}

#endif /* KS_INTERNALS_COMPAT_SLAB_H */
