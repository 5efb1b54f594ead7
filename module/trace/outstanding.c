// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hash of its address decides whether an object is in the sample, so that its
 * allocation and its free are both seen, or neither is. When a group of slots
 * is full the sampling rate doubles. Slots of objects that are no longer in the
 * sample count as free, so nothing has to be cleared.
 *
 * Probes add and remove objects on any CPU and in any context, without a lock:
 * a slot is one word, and changes by one atomic operation.
 */
#include <linux/err.h>
#include <linux/hash.h>
#include <linux/log2.h>

#include "record/memory.h"
#include "trace/outstanding.h"

/* Slots where an object may be: two cache lines. */
#define GROUP		16U

#define MAX_RATE	BIT(20)

/* A slot: 49 bits of an address that is a multiple of 8, and the owner + 1. */
#define OWNER_BITS	15
#define OWNER_MASK	(BIT(OWNER_BITS) - 1)

static size_t objects_bytes(const struct ks_outstanding *objects)
{
	return (objects->group_mask + 1UL) * GROUP * sizeof(*objects->places);
}

/**
 * ks_outstanding_init() - make an empty table
 * @objects: the table; zero it to have one that ks_outstanding_free() takes
 * @places: objects there is room for, a power of 2 and at least 16
 *
 * Return: 0, -ENOMEM, or -ENOBUFS when it is more than all may take.
 */
int ks_outstanding_init(struct ks_outstanding *objects, u32 places)
{
	objects->group_mask = places / GROUP - 1;
	objects->sample_mask = 0;
	objects->places = ks_memory_zalloc(objects_bytes(objects));
	return PTR_ERR_OR_ZERO(objects->places);
}

/**
 * ks_outstanding_free() - free what ks_outstanding_init() made
 * @objects: the table, or one that it did not make
 */
void ks_outstanding_free(struct ks_outstanding *objects)
{
	ks_memory_free(objects->places, objects_bytes(objects));
	objects->places = NULL;
}

/* Multiplies twice, as addresses of objects are far from random. */
static u64 hash_of(u64 address)
{
	u64 hash = (address >> 3) * GOLDEN_RATIO_64;

	return (hash ^ hash >> 32) * GOLDEN_RATIO_64;
}

/* The group uses other bits of the hash than the sample does. */
static atomic64_t *group_of(const struct ks_outstanding *objects, u64 hash)
{
	return objects->places + (hash >> 40 & objects->group_mask) * GROUP;
}

static bool hash_is_sampled(u64 hash, u32 mask)
{
	return !(hash >> 20 & mask);
}

static bool slot_has(u64 place, u64 address)
{
	return place && place >> OWNER_BITS == address >> 3;
}

static u64 address_of(u64 place)
{
	return place >> OWNER_BITS << 3;
}

/* Finds the slot that has the address, or a free one. */
static atomic64_t *slot_find(atomic64_t *group, u64 address, u32 mask, u64 *old)
{
	atomic64_t *free = NULL;
	unsigned int i;
	u64 place;

	for (i = 0; i < GROUP; i++) {
		place = atomic64_read(&group[i]);
		if (slot_has(place, address)) {
			*old = place;
			return &group[i];
		}
		if (!free && !(place &&
			       hash_is_sampled(hash_of(address_of(place)),
					       mask))) {
			free = &group[i];
			*old = place;
		}
	}
	return free;
}

/* Doubles the rate up to MAX_RATE. Another CPU may just have done so. */
static bool rate_raise(struct ks_outstanding *objects, u32 mask)
{
	if (mask + 1 >= MAX_RATE)
		return false;
	cmpxchg(&objects->sample_mask, mask, 2 * mask + 1);
	return true;
}

/**
 * ks_outstanding_add() - add an object that was allocated
 * @objects: the table
 * @address: its physical address, a multiple of 8
 * @owner: the number of its allocator, below KS_MAX_OWNERS
 *
 * Replaces an object at the same address, which was freed unseen.
 *
 * Context: Any, NMI included.
 * Return: false when the object is in the sample, but there was no room.
 */
bool ks_outstanding_add(struct ks_outstanding *objects, u64 address, u32 owner)
{
	const u64 hash = hash_of(address);
	const u64 new = address >> 3 << OWNER_BITS | (owner + 1);
	atomic64_t *group = group_of(objects, hash), *place;
	unsigned int tries;
	u64 old;

	for (tries = 0; tries < 2 * GROUP; tries++) {
		/* Another CPU may raise it. A stale one only adds an object. */
		u32 mask = READ_ONCE(objects->sample_mask);

		if (!hash_is_sampled(hash, mask))
			return true;
		place = slot_find(group, address, mask, &old);
		if (place && (u64)atomic64_cmpxchg(place, old, new) == old)
			return true;
		if (!place && !rate_raise(objects, mask))
			return false;
	}
	return false;
}

/**
 * ks_outstanding_follows() - check whether an object is in the sample
 * @objects: the table
 * @address: its physical address
 *
 * Context: Any, NMI included.
 * Return: the sampling rate if it is, else 0.
 */
u32 ks_outstanding_follows(const struct ks_outstanding *objects, u64 address)
{
	const u32 mask = READ_ONCE(objects->sample_mask);

	return hash_is_sampled(hash_of(address), mask) ? mask + 1 : 0;
}

/**
 * ks_outstanding_thin() - halve the sample
 * @objects: the table
 *
 * Context: Any, NMI included.
 */
void ks_outstanding_thin(struct ks_outstanding *objects)
{
	rate_raise(objects, READ_ONCE(objects->sample_mask));
}

/**
 * ks_outstanding_remove() - remove an object that was freed
 * @objects: the table
 * @address: its physical address
 *
 * Context: Any, NMI included.
 * Return: true if it was there.
 */
bool ks_outstanding_remove(struct ks_outstanding *objects, u64 address)
{
	const u64 hash = hash_of(address);
	atomic64_t *group = group_of(objects, hash);
	unsigned int i;
	u64 place;

	/* Another CPU may raise it, which drops this object as well. */
	if (!hash_is_sampled(hash, READ_ONCE(objects->sample_mask)))
		return false;
	for (i = 0; i < GROUP; i++) {
		place = atomic64_read(&group[i]);
		if (slot_has(place, address))
			return (u64)atomic64_cmpxchg(&group[i], place, 0) ==
			       place;
	}
	return false;
}

/**
 * ks_outstanding_count() - count the objects in the sample by owner
 * @objects: a table that nothing is added to any more
 * @counts: the counts to add to
 * @nr: number of owners
 */
void ks_outstanding_count(const struct ks_outstanding *objects, u32 *counts,
			  u32 nr)
{
	const u32 places = (objects->group_mask + 1) * GROUP;
	u32 i, owner;
	u64 place;

	for (i = 0; i < places; i++) {
		place = atomic64_read(&objects->places[i]);
		owner = (place & OWNER_MASK) - 1;
		if (place && owner < nr &&
		    hash_is_sampled(hash_of(address_of(place)),
				    objects->sample_mask))
			counts[owner]++;
	}
}
