// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tracks memory hotplug by the kernel's notifier.
 */
#include <linux/atomic.h>
#include <linux/memory.h>
#include <linux/notifier.h>
#include <linux/rwsem.h>

#include "internals/compat/hotplug.h"
#include "internals/hotplug.h"
#include "internals/symbols.h"

/*
 * Protects: nr_offlining. While a reader is inside no zone loses its per-CPU
 * memory, and no online page loses its struct. The kernel does both before it
 * sends KS_MEM_OFFLINE_ENDS: then the zone has other memory, and the pages'
 * sections are offline, so that a new reader does not find them by
 * pfn_to_online_page(). Their structs are freed later, if at all.
 * Ordering: innermost. Readers only try, and hold it for the CPUs of one zone
 * or node, or for a block of pages.
 */
static DECLARE_RWSEM(readers);
static unsigned int nr_offlining;

/*
 * Whether memory that was going offline before ks_hotplug_init() is done, which
 * the notifier did not report.
 */
static bool settled;

static atomic_t generation = ATOMIC_INIT(0);

/* Waits for the readers inside; the kernel goes on only after this. */
static void offlining_begin(void)
{
	down_write(&readers);
	nr_offlining++;
	up_write(&readers);
}

/* May end one that began before ks_hotplug_init(). */
static void offlining_end(void)
{
	down_write(&readers);
	if (nr_offlining)
		nr_offlining--;
	up_write(&readers);
}

static int memory_changes(struct notifier_block *block, unsigned long action,
			  void *data)
{
	switch (action) {
	case MEM_GOING_OFFLINE:
		offlining_begin();
		break;
	case MEM_CANCEL_OFFLINE:
		offlining_end();
		break;
	case MEM_OFFLINE:
	case MEM_ONLINE:
		atomic_inc(&generation);
		break;
	}
	if (action == KS_MEM_OFFLINE_ENDS)
		offlining_end();
	return NOTIFY_OK;
}

static struct notifier_block memory_block = {
	.notifier_call = memory_changes,
};

/**
 * ks_hotplug_init() - begin to track memory hotplug
 *
 * Memory may already be going offline. Until ks_hotplug_settle() finds that
 * done there are no readers.
 *
 * Context: Process context, sleeps.
 * Return: 0, or an error.
 */
int ks_hotplug_init(void)
{
	return register_memory_notifier(&memory_block);
}

/**
 * ks_hotplug_exit() - stop tracking memory hotplug
 */
void ks_hotplug_exit(void)
{
	unregister_memory_notifier(&memory_block);
}

/**
 * ks_hotplug_settle() - check that all hotplug under way is known
 *
 * Context: Process context, may sleep. After ks_symbols_init().
 * Return: false while memory is still going offline that did so before
 * ks_hotplug_init().
 */
bool ks_hotplug_settle(void)
{
	if (READ_ONCE(settled))
		return true;
	if (!ks_online_mems_try())
		return false;
	WRITE_ONCE(settled, true);
	return true;
}

/**
 * ks_hotplug_enter() - begin to read memory that hotplug may free
 *
 * Context: Process context.
 * Return: true; call ks_hotplug_leave() afterwards. False while memory is going
 * offline, and must not be read.
 */
bool ks_hotplug_enter(void)
{
	if (!ks_hotplug_settle())
		return false;
	if (!down_read_trylock(&readers))
		return false;
	if (!nr_offlining)
		return true;
	up_read(&readers);
	return false;
}

/**
 * ks_hotplug_leave() - end the read that ks_hotplug_enter() began
 */
void ks_hotplug_leave(void)
{
	up_read(&readers);
}

/**
 * ks_hotplug_generation() - get the generation of memory
 *
 * Return: a number that changes when memory goes online or offline.
 */
unsigned int ks_hotplug_generation(void)
{
	return atomic_read(&generation);
}
