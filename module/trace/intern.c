// SPDX-License-Identifier: GPL-2.0-only
/*
 * Probes add keys on any CPU and in any context, without a lock; nobody removes
 * one. A probe claims a slot first and copies the key next. Another probe
 * cannot wait for a busy slot, as it may have interrupted the one that fills
 * it: it takes the next slot. So a key may have two slots, and
 * ks_intern_first() finds the one that stands for all.
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/overflow.h>
#include <linux/string.h>

#include "record/memory.h"
#include "trace/intern.h"

/* Slots read for one key. A table that is nearly full counts as full. */
#define MAX_PROBES	64

/*
 * The state of a slot. That of a ready slot is the hash of its key with the bit
 * SLOT_READY set, and so is above the other two.
 */
#define SLOT_FREE	0
#define SLOT_BUSY	1
#define SLOT_READY	2

static size_t states_bytes(const struct ks_intern *in)
{
	return array_size(in->mask + 1UL, sizeof(*in->states));
}

static size_t keys_bytes(const struct ks_intern *in)
{
	return array_size(in->mask + 1UL, in->key_size);
}

/**
 * ks_intern_init() - make an empty table
 * @in: the table; a zeroed one can be passed to ks_intern_free(), too
 * @places: slots, a power of 2
 * @key_size: bytes of a key, a multiple of 4
 *
 * Return: 0, -ENOMEM, or -ENOBUFS when it is more than all may take.
 */
int ks_intern_init(struct ks_intern *in, u32 places, u32 key_size)
{
	int err;

	in->mask = places - 1;
	in->key_size = key_size;
	in->states = ks_memory_zalloc(states_bytes(in));
	in->keys = ks_memory_zalloc(keys_bytes(in));
	err = PTR_ERR_OR_ZERO(in->states);
	if (!err)
		err = PTR_ERR_OR_ZERO(in->keys);
	if (err)
		ks_intern_free(in);
	return err;
}

/**
 * ks_intern_free() - free a table
 * @in: the table, or a zeroed one
 */
void ks_intern_free(struct ks_intern *in)
{
	ks_memory_free(in->states, states_bytes(in));
	ks_memory_free(in->keys, keys_bytes(in));
	in->states = NULL;
	in->keys = NULL;
}

static void *slot_key(const struct ks_intern *in, u32 index)
{
	return in->keys + (size_t)index * in->key_size;
}

static bool slot_has_key(const struct ks_intern *in, u32 index, u32 state,
			 const void *key)
{
	/* Pairs with the release in slot_claim(): the key is there by then. */
	return smp_load_acquire(&in->states[index]) == state &&
	       !memcmp(slot_key(in, index), key, in->key_size);
}

static bool slot_claim(struct ks_intern *in, u32 index, u32 state,
		       const void *key)
{
	/* Other CPUs claim slots, too; the cmpxchg() decides. */
	if (READ_ONCE(in->states[index]) != SLOT_FREE ||
	    cmpxchg(&in->states[index], SLOT_FREE, SLOT_BUSY) != SLOT_FREE)
		return false;
	memcpy(slot_key(in, index), key, in->key_size);
	/* Pairs with the acquire in slot_has_key(). */
	smp_store_release(&in->states[index], state);
	return true;
}

/**
 * ks_intern_add() - give a key its number
 * @in: the table
 * @key: the key
 *
 * Context: Any, NMI included.
 * Return: the number of its slot, or -ENOSPC.
 */
int ks_intern_add(struct ks_intern *in, const void *key)
{
	const u32 state = jhash2(key, in->key_size / 4, 0) | SLOT_READY;
	u32 i, index = state >> 2;

	for (i = 0; i < MAX_PROBES && i <= in->mask; i++, index++) {
		index &= in->mask;
		if (slot_has_key(in, index, state, key) ||
		    slot_claim(in, index, state, key))
			return index;
		/* Another CPU may just have put the same key there. */
		if (slot_has_key(in, index, state, key))
			return index;
	}
	return -ENOSPC;
}

/**
 * ks_intern_key() - get a key
 * @in: a table that nothing is added to any more
 * @index: the slot; while keys are added, one that ks_intern_add() returned
 *
 * Return: the key, or NULL when the slot has none.
 */
const void *ks_intern_key(const struct ks_intern *in, u32 index)
{
	return in->states[index] >= SLOT_READY ? slot_key(in, index) : NULL;
}

/**
 * ks_intern_first() - find the slot that stands for all slots of a key
 * @in: a table that nothing is added to any more
 * @index: a slot with the key
 *
 * Return: the first slot with the same key.
 */
u32 ks_intern_first(const struct ks_intern *in, u32 index)
{
	u32 first = in->states[index] >> 2 & in->mask;

	while (first != index &&
	       !slot_has_key(in, first, in->states[index], slot_key(in, index)))
		first = (first + 1) & in->mask;
	return first;
}
