// SPDX-License-Identifier: GPL-2.0-only
/*
 * Brings the internals up, each step on what the one before it found.
 */
#include <linux/kernel.h>

#include "internals/internals.h"
#include "internals/layout.h"
#include "internals/symbols.h"

enum {
	NEED_SLAB,
	NEED_VMSTAT_TEXT,
	NEED_MIGRATETYPE_NAMES,
	NR_NEEDS,
};

/* Empty where the need is met. */
static char missing[NR_NEEDS][128];
static struct ks_canary canary;

/* Whether a symbol is there; if not, says so for the need. */
static bool have_symbol(int need, enum ks_symbol id)
{
	if (ks_symbol(id))
		return true;
	scnprintf(missing[need], sizeof(missing[need]),
		  "no symbol %s in this kernel", ks_symbol_name(id));
	return false;
}

static void slab_init(void)
{
	char *reason = missing[NEED_SLAB];
	const size_t size = sizeof(missing[NEED_SLAB]);

	if (!have_symbol(NEED_SLAB, KS_SYM_SLAB_CACHES) ||
	    !have_symbol(NEED_SLAB, KS_SYM_SLAB_MUTEX))
		return;
	if (ks_layout_init(reason, size))
		return;
	ks_canary_run(&canary, reason, size);
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
	slab_init();
	have_symbol(NEED_VMSTAT_TEXT, KS_SYM_VMSTAT_TEXT);
	have_symbol(NEED_MIGRATETYPE_NAMES, KS_SYM_MIGRATETYPE_NAMES);
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
