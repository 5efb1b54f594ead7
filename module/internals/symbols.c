// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds unexported symbols. kallsyms_lookup_name() is not exported since v5.7,
 * but a kprobe still has its address.
 */
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/moduleparam.h>
#include <linux/percpu-rwsem.h>
#include <linux/pgtable.h>
#include <linux/printk.h>
#include <linux/static_call.h>
#include <linux/string.h>

#include "internals/symbols.h"

/* Of a kprobe within its function. */
#define MAX_OFFSET	16

static char *pretend_missing[16];
static unsigned int nr_pretend_missing;
module_param_array(pretend_missing, charp, &nr_pretend_missing, 0400);
MODULE_PARM_DESC(pretend_missing,
		 "pretend that these are missing, to rehearse an unsuitable kernel: symbols, struct.members, btf, canary, canary_once");

static const char * const symbol_names[KS_NR_SYMBOLS] = {
	[KS_SYM_SLAB_CACHES] = "slab_caches",
	[KS_SYM_SLAB_MUTEX] = "slab_mutex",
	[KS_SYM_START_BTF] = "__start_BTF",
	[KS_SYM_STOP_BTF] = "__stop_BTF",
	[KS_SYM_VMSTAT_TEXT] = "vmstat_text",
	[KS_SYM_MIGRATETYPE_NAMES] = "migratetype_names",
	[KS_SYM_NR_VMALLOC_PAGES] = "nr_vmalloc_pages",
	[KS_SYM_NR_MEMMAP_PAGES] = "nr_memmap_pages",
	[KS_SYM_PCPU_NR_PAGES] = "pcpu_nr_pages",
	[KS_SYM_PCPU_NR_UNITS] = "pcpu_nr_units",
	[KS_SYM_PER_CPU_START] = "__per_cpu_start",
	[KS_SYM_PER_CPU_END] = "__per_cpu_end",
	[KS_SYM_HSTATES] = "hstates",
	[KS_SYM_HUGETLB_MAX_HSTATE] = "hugetlb_max_hstate",
	[KS_SYM_DENTRY_HASHTABLE] = "dentry_hashtable",
	[KS_SYM_D_HASH_SHIFT] = "d_hash_shift",
	[KS_SYM_NR_DENTRY] = "nr_dentry",
	[KS_SYM_NR_DENTRY_UNUSED] = "nr_dentry_unused",
	[KS_SYM_NR_DENTRY_NEGATIVE] = "nr_dentry_negative",
	[KS_SYM_MEM_HOTPLUG_LOCK] = "mem_hotplug_lock",
	[KS_SYM_GET_ONLINE_MEMS] = "get_online_mems",
	[KS_SYM_PUT_ONLINE_MEMS] = "put_online_mems",
};

static void *symbol_addresses[KS_NR_SYMBOLS];

/*
 * Targets of the static calls until the real ones are known. noinline, so that
 * the compiler cannot use their result.
 */
static noinline unsigned long lookup_name_stub(const char *name)
{
	return 0;
}

static noinline unsigned long pcpu_nr_pages_stub(void)
{
	return 0;
}

static noinline void online_mems_stub(void)
{
	barrier();
}

DEFINE_STATIC_CALL(ks_kallsyms_lookup_name, lookup_name_stub);
DEFINE_STATIC_CALL(ks_pcpu_nr_pages_call, pcpu_nr_pages_stub);
DEFINE_STATIC_CALL(ks_get_online_mems, online_mems_stub);
DEFINE_STATIC_CALL(ks_put_online_mems, online_mems_stub);

#define bind(_call, _stub, _address)					\
	static_call_update(_call,					\
			   (typeof(_stub) *)(unsigned long)(_address))

/**
 * ks_pretend_missing() - check whether a rehearsal pretends something is
 * missing
 * @name: its name
 *
 * Return: true if the module parameter pretend_missing has it.
 */
bool ks_pretend_missing(const char *name)
{
	unsigned int i;

	for (i = 0; i < nr_pretend_missing; i++)
		if (!strcmp(pretend_missing[i], name))
			return true;
	return false;
}

/* Symbols of the kernel itself are never in this range. */
static bool address_is_of_module(const void *address)
{
#if defined(CONFIG_X86_64) || defined(CONFIG_ARM64)
	return (unsigned long)address >= MODULES_VADDR &&
	       (unsigned long)address < MODULES_END;
#else
	return false;
#endif
}

/*
 * The kernel also looks up a name in all modules, static symbols included. Such
 * a symbol means something else.
 */
static void *symbol_lookup(const char *name)
{
	void *address = (void *)static_call(ks_kallsyms_lookup_name)(name);

	if (!address_is_of_module(address))
		return address;
	pr_notice("%s belongs to a module, not to the kernel: not used\n", name);
	return NULL;
}

/*
 * With IBT a kprobe is behind the ENDBR, 4 bytes into the function. A call to
 * there works, but with call depth tracking the kernel finds no padding before
 * it, and warns. So subtract the offset that the kernel prints.
 */
static void *function_entry(void *address)
{
	static char text[KSYM_SYMBOL_LEN];
	unsigned long offset;
	const char *plus;

	sprint_symbol(text, (unsigned long)address);
	plus = strchr(text, '+');
	if (!plus || sscanf(plus, "+%lx", &offset) != 1 || offset > MAX_OFFSET)
		return address;
	return address - offset;
}

static int lookup_name_find(void)
{
	struct kprobe probe = {
		.symbol_name = "kallsyms_lookup_name",
		/* Disabled: only the address is needed, and no text patched. */
		.flags = KPROBE_FLAG_DISABLED,
	};
	void *entry;
	int err;

	err = register_kprobe(&probe);
	if (err)
		return err;
	bind(ks_kallsyms_lookup_name, lookup_name_stub,
	     function_entry(probe.addr));
	unregister_kprobe(&probe);

	entry = symbol_lookup("kallsyms_lookup_name");
	if (!entry || entry > (void *)probe.addr ||
	    (void *)probe.addr - entry > MAX_OFFSET)
		return -ENOENT;
	bind(ks_kallsyms_lookup_name, lookup_name_stub, entry);
	return 0;
}

/**
 * ks_symbols_init() - find all symbols
 *
 * A missing symbol is no error here; whoever needs it reports that.
 *
 * Context: Process context, sleeps.
 * Return: 0, or an error when no symbol can be looked up.
 */
int ks_symbols_init(void)
{
	unsigned int i;
	int err;

	if (ks_pretend_missing("kallsyms_lookup_name"))
		return -ENOENT;
	err = lookup_name_find();
	if (err)
		return err;
	for (i = 0; i < KS_NR_SYMBOLS; i++)
		if (!ks_pretend_missing(symbol_names[i]))
			symbol_addresses[i] = symbol_lookup(symbol_names[i]);
	if (symbol_addresses[KS_SYM_PCPU_NR_PAGES])
		bind(ks_pcpu_nr_pages_call, pcpu_nr_pages_stub,
		     symbol_addresses[KS_SYM_PCPU_NR_PAGES]);
	if (symbol_addresses[KS_SYM_GET_ONLINE_MEMS] &&
	    symbol_addresses[KS_SYM_PUT_ONLINE_MEMS]) {
		bind(ks_get_online_mems, online_mems_stub,
		     symbol_addresses[KS_SYM_GET_ONLINE_MEMS]);
		bind(ks_put_online_mems, online_mems_stub,
		     symbol_addresses[KS_SYM_PUT_ONLINE_MEMS]);
	}
	return 0;
}

/**
 * ks_symbol() - get the address of a symbol
 * @id: the symbol
 *
 * Return: the address, or NULL when this kernel lacks it.
 */
void *ks_symbol(enum ks_symbol id)
{
	return symbol_addresses[id];
}

/**
 * ks_symbol_name() - get the kernel's name of a symbol
 * @id: the symbol
 *
 * Return: the name.
 */
const char *ks_symbol_name(enum ks_symbol id)
{
	return symbol_names[id];
}

/**
 * ks_pcpu_nr_pages() - get the pages of the per-CPU allocator
 *
 * Only where KS_SYM_PCPU_NR_PAGES was found.
 *
 * Return: the kernel's pcpu_nr_pages().
 */
unsigned long ks_pcpu_nr_pages(void)
{
	return static_call(ks_pcpu_nr_pages_call)();
}

/**
 * ks_online_mems_try() - check that no memory is going online or offline
 *
 * No signal ends a wait in get_online_mems(), and memory that cannot be emptied
 * goes offline forever. So try its lock instead. Wait only where the lock was
 * not found, and do nothing where there is no memory hotplug.
 *
 * Context: Process context, may sleep.
 * Return: true if there was a moment without any.
 */
bool ks_online_mems_try(void)
{
	struct percpu_rw_semaphore *lock = ks_symbol(KS_SYM_MEM_HOTPLUG_LOCK);

	if (lock) {
		if (!percpu_down_read_trylock(lock))
			return false;
		percpu_up_read(lock);
		return true;
	}
	static_call(ks_get_online_mems)();
	static_call(ks_put_online_mems)();
	return true;
}
