// SPDX-License-Identifier: GPL-2.0-only
/*
 * Brings the internals up, each step on what the one before it found.
 */
#include <linux/kernel.h>
#include <linux/security.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include "internals/btf.h"
#include "internals/compat/vmstat.h"
#include "internals/dentries.h"
#include "internals/internals.h"
#include "internals/layout.h"
#include "internals/symbols.h"

enum {
	NEED_SLAB,
	NEED_VMSTAT_TEXT,
	NEED_MIGRATETYPE_NAMES,
	NEED_CACHED,
	NEED_DENTRIES,
	NR_NEEDS,
};

/* Empty where the need is met. */
static char missing[NR_NEEDS][128];
static struct ks_canary canary;

/* For all; lockdown can be raised while we are loaded, but never lowered. */
static bool locked;

/* As the kernel itself: what that is denied is denied to all. */
static void ask_as_kernel(struct work_struct *work)
{
	if (security_locked_down(LOCKDOWN_KCORE))
		WRITE_ONCE(locked, true);
}

static DECLARE_WORK(asking, ask_as_kernel);

static bool is_kernel_locked_down(void)
{
	schedule_work(&asking);
	flush_work(&asking);
	return READ_ONCE(locked);
}

/**
 * ks_internals_locked_down() - whether private structures may not be read
 *
 * Lockdown itself is one for all. But another security module may deny this to
 * some processes only, as SELinux did from v5.6 to v5.15, and as BPF programs
 * can: then each is asked about anew. As lockdown has a line in the log for
 * each refusal it is asked until it is known to be that.
 *
 * Context: Process context, of who is to read them.
 * Return: true from lockdown=confidentiality on.
 */
bool ks_internals_locked_down(void)
{
	if (READ_ONCE(locked))
		return true;
	if (!security_locked_down(LOCKDOWN_KCORE))
		return false;
	schedule_work(&asking);
	return true;
}

/* Whether a symbol is there; if not, says so for the need. */
static bool have_symbol(int need, enum ks_symbol id)
{
	if (ks_symbol(id))
		return true;
	scnprintf(missing[need], sizeof(missing[need]),
		  "no symbol %s in this kernel", ks_symbol_name(id));
	return false;
}

/* Whether a table of names has the name that we know to be there. */
static void check_names(int need, enum ks_symbol id, unsigned int index,
			const char *expected)
{
	const char *const *names = ks_symbol(id);
	const char *name;
	char copy[24];
	size_t size = strlen(expected) + 1;

	if (!have_symbol(need, id))
		return;
	if (!get_kernel_nofault(name, &names[index]) &&
	    !copy_from_kernel_nofault(copy, name, min(size, sizeof(copy))) &&
	    !strncmp(copy, expected, sizeof(copy)))
		return;
	scnprintf(missing[need], sizeof(missing[need]),
		  "%s is not as expected: no %s at %u", ks_symbol_name(id),
		  expected, index);
}

/* Says of a need that another one, which it rests on, is not met. */
static void missing_too(int need, int because)
{
	strscpy(missing[need], missing[because], sizeof(missing[need]));
}

/* Finds where the private members are. */
static int layout_init(char *reason, size_t size)
{
	const void *start = ks_symbol(KS_SYM_START_BTF);
	const void *stop = ks_symbol(KS_SYM_STOP_BTF);
	struct ks_btf btf;
	int err;

	if (ks_pretend_missing("btf") || !start || !stop || start >= stop) {
		scnprintf(reason, size, "this kernel has no BTF");
		return -ENOENT;
	}
	err = ks_btf_open(&btf, start, stop - start);
	if (err) {
		scnprintf(reason, size, err == -ENOMEM ?
			  "no memory to read the BTF" :
			  "this kernel's BTF is of a form not known");
		return err;
	}
	err = ks_layout_resolve(&btf, reason, size);
	if (!err)
		ks_layout_resolve_cached(&btf, missing[NEED_CACHED],
					 sizeof(missing[NEED_CACHED]));
	ks_btf_close(&btf);
	return err;
}

static void slab_init(void)
{
	char *reason = missing[NEED_SLAB];
	const size_t size = sizeof(missing[NEED_SLAB]);

	if (!have_symbol(NEED_SLAB, KS_SYM_SLAB_CACHES) ||
	    !have_symbol(NEED_SLAB, KS_SYM_SLAB_MUTEX))
		return;
	if (is_kernel_locked_down()) {
		scnprintf(reason, size, "%s", KS_LOCKED_DOWN);
		return;
	}
	if (layout_init(reason, size))
		return;
	if (ks_canary_run(&canary, reason, size,
			  !missing[NEED_CACHED][0]))
		return;
	if (canary.cached_err && !missing[NEED_CACHED][0])
		scnprintf(missing[NEED_CACHED], size,
			  "canary: objects kept for CPUs were not counted right (error %d)",
			  canary.cached_err);
}

static void dentries_init(void)
{
	char *reason = missing[NEED_DENTRIES];

	if (is_kernel_locked_down())
		scnprintf(reason, sizeof(missing[0]), "%s", KS_LOCKED_DOWN);
	else
		ks_dentries_init(reason, sizeof(missing[0]));
}

/**
 * ks_internals_init() - find out what can be used
 *
 * Never fails: what is missing is told by ks_internals_missing().
 *
 * Context: Process context, sleeps.
 */
void ks_internals_init(void)
{
	int i, err;

	err = ks_symbols_init();
	if (err) {
		for (i = 0; i < NR_NEEDS; i++)
			scnprintf(missing[i], sizeof(missing[i]),
				  "kallsyms_lookup_name cannot be found (error %d)",
				  err);
		return;
	}
	/* Of what began before ks_hotplug_init() nothing was told. */
	ks_online_mems_wait();
	slab_init();
	if (missing[NEED_SLAB][0])
		missing_too(NEED_CACHED, NEED_SLAB);
	dentries_init();
	check_names(NEED_VMSTAT_TEXT, KS_SYM_VMSTAT_TEXT, KS_FIRST_ZONE_NAME,
		    "nr_free_pages");
	if (!missing[NEED_VMSTAT_TEXT][0])
		check_names(NEED_VMSTAT_TEXT, KS_SYM_VMSTAT_TEXT,
			    KS_FIRST_NODE_NAME, "nr_inactive_anon");
	check_names(NEED_MIGRATETYPE_NAMES, KS_SYM_MIGRATETYPE_NAMES,
		    MIGRATE_UNMOVABLE, "Unmovable");
}

/**
 * ks_internals_exit() - end what was begun in the background
 *
 * Context: Process context, sleeps. When nobody asks for anything any more.
 */
void ks_internals_exit(void)
{
	cancel_work_sync(&asking);
}

/**
 * ks_internals_missing() - what of some needs is not met
 * @needs: KS_NEED_* bits
 *
 * Return: the reason, which stays as it is, or NULL when all are met.
 */
const char *ks_internals_missing(unsigned long needs)
{
	int i;

	for (i = 0; i < NR_NEEDS; i++)
		if (needs & BIT(i) && missing[i][0])
			return missing[i];
	return NULL;
}

/**
 * ks_internals_canary() - what the canary showed
 *
 * Return: it; all zero when the canary did not run.
 */
const struct ks_canary *ks_internals_canary(void)
{
	return &canary;
}
