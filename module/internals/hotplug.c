// SPDX-License-Identifier: GPL-2.0-only
/*
 * Follows memory hotplug by the kernel's notifier.
 */
#include <linux/atomic.h>
#include <linux/memory.h>
#include <linux/notifier.h>
#include <linux/rwsem.h>

#include "internals/compat/hotplug.h"
#include "internals/hotplug.h"
#include "internals/symbols.h"

/*
 * Protects: nr_offlining, and with it that no zone loses its per-CPU memory, and
 * no page that is online its struct, while a reader is inside. Both is done when
 * the kernel sends KS_MEM_OFFLINE_ENDS: the zone has other memory by then, and
 * the pages' sections are offline, so that a reader who comes in does not find
 * them by pfn_to_online_page(). Their structs are freed after that, if at all.
 * Ordering: innermost; readers only try, and hold it for the CPUs of one zone or
 * node, or for a block of pages.
 */
static DECLARE_RWSEM(readers);
static unsigned int nr_offlining;

/*
 * Whether all that went offline before ks_hotplug_init() has ended: nothing was
 * told of that.
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
 * ks_hotplug_init() - begin to follow memory hotplug
 *
 * Memory that was already going offline is not known of: until that ends, as
 * ks_hotplug_settle() finds out after this, there are no readers.
 *
 * Context: Process context, sleeps.
 * Return: 0, or an error.
 */
int ks_hotplug_init(void)
{
	return register_memory_notifier(&memory_block);
}

/**
 * ks_hotplug_exit() - stop following it
 */
void ks_hotplug_exit(void)
{
	unregister_memory_notifier(&memory_block);
}

/**
 * ks_hotplug_settle() - see whether all is known of
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
 * ks_hotplug_enter() - begin to read what CPUs keep for zones
 *
 * Context: Process context.
 * Return: true; call ks_hotplug_leave() after. False while memory is going
 * offline: then it may not be read.
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
 * ks_hotplug_leave() - end what ks_hotplug_enter() began
 */
void ks_hotplug_leave(void)
{
	up_read(&readers);
}

/**
 * ks_hotplug_generation() - tell one state of memory from another
 *
 * Return: a number that changes when memory went online or offline.
 */
unsigned int ks_hotplug_generation(void)
{
	return atomic_read(&generation);
}
