// SPDX-License-Identifier: GPL-2.0-only
/*
 * Initializes the internals step by step, each on the results of the last.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/sched/signal.h>
#include <linux/security.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include "internals/btf.h"
#include "internals/compat/vmstat.h"
#include "internals/dcache.h"
#include "internals/hotplug.h"
#include "internals/internals.h"
#include "internals/layout.h"
#include "internals/symbols.h"

/* How long insmod waits for memory that is going offline. */
#define HOTPLUG_TRIES	500
#define HOTPLUG_MS	10

/* The pause between two canaries, where the first could not be counted. */
#define CANARY_PAUSE	(5 * HZ)

/* Why a need was not met at load; empty where it was. */
static char missing[KS_NR_NEEDS][128];

/* Why a need is not met now: a text that does not change, or NULL. */
static const char *reasons[KS_NR_NEEDS];

/* Protects: canary. Innermost. */
static DEFINE_SPINLOCK(canary_lock);
static struct ks_canary canary;

/*
 * Whether to run the canary again, as the last one failed for lack of memory or
 * of a lock; from when on, in jiffies; and the text of its failure. Only the
 * work writes these after load.
 */
static bool canary_again;
static unsigned long canary_after;
static char canary_wrong[128];

/* Whether per-CPU free objects can be found, and the canary must prove it. */
static bool cached_found;

/* For all readers. Lockdown can be raised after load, but never lowered. */
static bool locked;

/* Runs as the kernel itself: what it is denied is denied to all. */
static void lockdown_ask(struct work_struct *work)
{
	if (security_locked_down(LOCKDOWN_KCORE))
		WRITE_ONCE(locked, true);
}

static DECLARE_WORK(asking, lockdown_ask);

static bool is_kernel_locked_down(void)
{
	schedule_work(&asking);
	flush_work(&asking);
	/* Another reader's request may write it, too. */
	return READ_ONCE(locked);
}

/**
 * ks_internals_locked_down() - check whether private structures are off limits
 *
 * Lockdown is the same for all processes. But another security module may deny
 * this to some of them, as SELinux did from v5.6 to v5.15, and as BPF programs
 * can: so each process is checked. Lockdown logs each refusal, so the checks
 * end once it is known to be lockdown.
 *
 * Context: Process context of the reader.
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

/* Checks for a symbol; sets the reason of the need if it is missing. */
static bool symbol_check(enum ks_need need, enum ks_symbol id)
{
	if (ks_symbol(id))
		return true;
	scnprintf(missing[need], sizeof(missing[need]),
		  "symbol %s not found in this kernel", ks_symbol_name(id));
	return false;
}

/* Checks that a table of names has a known name in its place. */
static void names_check(enum ks_need need, enum ks_symbol id,
			unsigned int index, const char *expected)
{
	const char *const *names = ks_symbol(id);
	const char *name;
	char copy[24];
	size_t size = strlen(expected) + 1;

	if (!symbol_check(need, id))
		return;
	if (!get_kernel_nofault(name, &names[index]) &&
	    !copy_from_kernel_nofault(copy, name, min(size, sizeof(copy))) &&
	    !strncmp(copy, expected, sizeof(copy)))
		return;
	scnprintf(missing[need], sizeof(missing[need]),
		  "%s is not as expected: no %s at %u", ks_symbol_name(id),
		  expected, index);
}

/* Copies the reason of a need that another one depends on. */
static void need_inherit(enum ks_need need, enum ks_need because)
{
	strscpy(missing[need], missing[because], sizeof(missing[need]));
}

/* Finds the private members. */
static int layout_init(char *reason, size_t size)
{
	const void *start = ks_symbol(KS_SYM_START_BTF);
	const void *stop = ks_symbol(KS_SYM_STOP_BTF);
	struct ks_btf btf;
	int err;

	/* Members are read from the low end of their word. */
	if (IS_ENABLED(CONFIG_CPU_BIG_ENDIAN)) {
		scnprintf(reason, size, "big-endian kernels are not supported");
		return -EOPNOTSUPP;
	}
	if (ks_pretend_missing("btf") || !start || !stop || start >= stop) {
		scnprintf(reason, size, "this kernel has no BTF");
		return -ENOENT;
	}
	err = ks_btf_open(&btf, start, stop - start);
	if (err) {
		scnprintf(reason, size, err == -ENOMEM ?
			  "no memory to read the BTF" :
			  "this kernel's BTF has an unknown format");
		return err;
	}
	err = ks_layout_resolve(&btf, reason, size);
	if (!err)
		ks_layout_resolve_cached(&btf, missing[KS_NEED_PERCPU],
					 sizeof(missing[KS_NEED_PERCPU]));
	ks_btf_close(&btf);
	return err;
}

static bool error_may_pass(int err)
{
	return err == -EBUSY || err == -ENOMEM;
}

static void percpu_explain(char *reason, size_t size, int err)
{
	scnprintf(reason, size,
		  "canary: per-CPU free objects were not counted right (error %d)",
		  err);
}

static void canary_set(const struct ks_canary *now)
{
	spin_lock(&canary_lock);
	canary = *now;
	spin_unlock(&canary_lock);
}

static void slab_init(void)
{
	struct ks_canary now = {};
	char *reason = missing[KS_NEED_SLAB];
	const size_t size = sizeof(missing[KS_NEED_SLAB]);
	int err;

	if (!symbol_check(KS_NEED_SLAB, KS_SYM_SLAB_CACHES) ||
	    !symbol_check(KS_NEED_SLAB, KS_SYM_SLAB_MUTEX))
		return;
	if (is_kernel_locked_down()) {
		scnprintf(reason, size, "%s", KS_LOCKED_DOWN);
		return;
	}
	if (layout_init(reason, size))
		return;
	cached_found = !missing[KS_NEED_PERCPU][0];
	err = ks_canary_run(&now, reason, size, cached_found);
	if (!err && now.cached_err)
		percpu_explain(missing[KS_NEED_PERCPU], size, now.cached_err);
	canary_set(&now);
	canary_again = error_may_pass(err ?: now.cached_err);
	canary_after = jiffies + CANARY_PAUSE;
}

/* Publishes the canary's result for the two needs that it decides. */
static void canary_publish(int err, int cached_err)
{
	const char *wrong = err || cached_err ? canary_wrong : NULL;

	if (!err && wrong)
		percpu_explain(canary_wrong, sizeof(canary_wrong), cached_err);
	/* Readers read it without a lock; the texts do not change. */
	WRITE_ONCE(reasons[KS_NEED_SLAB], err ? wrong : NULL);
	if (cached_found)
		WRITE_ONCE(reasons[KS_NEED_PERCPU], wrong);
}

static void canary_rerun(struct work_struct *work)
{
	struct ks_canary now = {};
	bool again;
	int err;

	err = ks_canary_run(&now, canary_wrong, sizeof(canary_wrong),
			    cached_found);
	canary_set(&now);
	again = error_may_pass(err ?: now.cached_err);
	/* A failure that may pass keeps the text from load. */
	if (!again)
		canary_publish(err, now.cached_err);
	else if (!err)
		WRITE_ONCE(reasons[KS_NEED_SLAB], NULL);
	WRITE_ONCE(canary_after, jiffies + CANARY_PAUSE);
	WRITE_ONCE(canary_again, again);
}

static DECLARE_WORK(canary_work, canary_rerun);

/* This reader is refused once more; the result is for later ones. */
static void canary_request(enum ks_need need)
{
	if ((need == KS_NEED_SLAB || need == KS_NEED_PERCPU) &&
	    READ_ONCE(canary_again) &&
	    time_after(jiffies, READ_ONCE(canary_after)))
		schedule_work(&canary_work);
}

static void dentries_init(void)
{
	char *reason = missing[KS_NEED_DCACHE];

	if (is_kernel_locked_down())
		scnprintf(reason, sizeof(missing[0]), "%s", KS_LOCKED_DOWN);
	else
		ks_dcache_init(reason, sizeof(missing[0]));
}

/* The notifier missed memory that went offline before ks_hotplug_init(). */
static void hotplug_wait(void)
{
	unsigned int tries;

	for (tries = 0; tries < HOTPLUG_TRIES; tries++) {
		if (ks_hotplug_settle() || fatal_signal_pending(current))
			return;
		msleep(HOTPLUG_MS);
	}
}

static void needs_publish(void)
{
	int i;

	for (i = 0; i < KS_NR_NEEDS; i++)
		reasons[i] = missing[i][0] ? missing[i] : NULL;
}

/**
 * ks_internals_init() - find what collectors can use
 *
 * Never fails: ks_internals_missing() returns what is missing.
 *
 * Context: Process context, sleeps.
 */
void ks_internals_init(void)
{
	int i, err;

	err = ks_symbols_init();
	if (err) {
		for (i = 0; i < KS_NR_NEEDS; i++)
			scnprintf(missing[i], sizeof(missing[i]),
				  "kallsyms_lookup_name not found (error %d)",
				  err);
		needs_publish();
		return;
	}
	hotplug_wait();
	slab_init();
	if (missing[KS_NEED_SLAB][0])
		need_inherit(KS_NEED_PERCPU, KS_NEED_SLAB);
	dentries_init();
	names_check(KS_NEED_VMSTAT_TEXT, KS_SYM_VMSTAT_TEXT, KS_FIRST_ZONE_NAME,
		    "nr_free_pages");
	if (!missing[KS_NEED_VMSTAT_TEXT][0])
		names_check(KS_NEED_VMSTAT_TEXT, KS_SYM_VMSTAT_TEXT,
			    KS_FIRST_NODE_NAME, "nr_inactive_anon");
	names_check(KS_NEED_MIGRATETYPE_NAMES, KS_SYM_MIGRATETYPE_NAMES,
		    MIGRATE_UNMOVABLE, "Unmovable");
	needs_publish();
}

/**
 * ks_internals_exit() - end work in the background
 *
 * Context: Process context, sleeps. After the last reader is gone.
 */
void ks_internals_exit(void)
{
	cancel_work_sync(&asking);
	cancel_work_sync(&canary_work);
}

/**
 * ks_internals_missing() - get why a need is not met
 * @needs: a bit for each &enum ks_need
 *
 * Starts another canary when the last one failed for a reason that may have
 * passed.
 *
 * Return: the reason, which does not change, or NULL when all needs are met.
 */
const char *ks_internals_missing(unsigned long needs)
{
	const char *reason;
	int i;

	for (i = 0; i < KS_NR_NEEDS; i++) {
		/* A canary may clear it meanwhile. */
		reason = READ_ONCE(reasons[i]);
		if (!(needs & BIT(i)) || !reason)
			continue;
		canary_request(i);
		return reason;
	}
	return NULL;
}

/**
 * ks_internals_canary() - get the result of the last canary
 * @now: set; all zero when none ran
 */
void ks_internals_canary(struct ks_canary *now)
{
	spin_lock(&canary_lock);
	*now = canary;
	spin_unlock(&canary_lock);
}
