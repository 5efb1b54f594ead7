/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's unexported symbols, found by name at load.
 *
 * Data comes as an address. Functions are called through typed static calls
 * only: those are direct calls, which a CPU with IBT does not check, while an
 * indirect call to a function whose ENDBR the kernel has sealed is a #CP.
 */
#ifndef KS_INTERNALS_SYMBOLS_H
#define KS_INTERNALS_SYMBOLS_H

#include <linux/types.h>

/* Each with the kernel's own name; symbols.c has the list. */
enum ks_symbol {
	KS_SYM_SLAB_CACHES,
	KS_SYM_SLAB_MUTEX,
	KS_SYM_START_BTF,
	KS_SYM_STOP_BTF,
	KS_SYM_VMSTAT_TEXT,
	KS_SYM_MIGRATETYPE_NAMES,
	KS_SYM_NR_VMALLOC_PAGES,
	KS_SYM_NR_MEMMAP_PAGES,
	KS_SYM_PCPU_NR_PAGES,
	KS_SYM_PCPU_NR_UNITS,
	KS_SYM_PER_CPU_START,
	KS_SYM_PER_CPU_END,
	KS_SYM_HSTATES,
	KS_SYM_HUGETLB_MAX_HSTATE,
	KS_SYM_DENTRY_HASHTABLE,
	KS_SYM_D_HASH_SHIFT,
	KS_SYM_NR_DENTRY,
	KS_SYM_NR_DENTRY_UNUSED,
	KS_SYM_NR_DENTRY_NEGATIVE,
	KS_SYM_MEM_HOTPLUG_LOCK,
	KS_SYM_GET_ONLINE_MEMS,
	KS_SYM_PUT_ONLINE_MEMS,
	KS_NR_SYMBOLS,
};

int ks_symbols_init(void);
void *ks_symbol(enum ks_symbol id);
const char *ks_symbol_name(enum ks_symbol id);
bool ks_pretend_missing(const char *name);

unsigned long ks_pcpu_nr_pages(void);
bool ks_online_mems_try(void);

#endif /* KS_INTERNALS_SYMBOLS_H */
