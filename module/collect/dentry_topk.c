// SPDX-License-Identifier: GPL-2.0-only
/*
 * The top-k table. A key without a counter takes over that of the rarest key,
 * with its count. A heap finds the rarest key, and a hash table with chains the
 * counter of a key.
 *
 * A table belongs to one walk, and needs no lock.
 */
#include <linux/atomic.h>
#include <linux/jhash.h>
#include <linux/random.h>
#include <linux/sort.h>

#include "collect/dentry_topk.h"
#include "record/memory.h"

#define NR_HEADS	(2 * KS_MAX_TOPK)

/**
 * struct ks_topk - the table
 * @nr: counters in use
 * @heads: the first counter of each hash, plus 1; 0 where there is none
 * @heap: counters, none rarer than its parent at half its place
 * @counters: the counters
 */
struct ks_topk {
	unsigned int nr;
	u16 heads[NR_HEADS];
	u16 heap[KS_MAX_TOPK];
	struct ks_topk_entry counters[KS_MAX_TOPK];
};

/* Their indices are of 16 bits. */
static_assert(KS_MAX_TOPK < U16_MAX);

/* So that nobody can choose inode numbers that collide. */
static u32 hash_seed;

/**
 * ks_topk_new() - make an empty table
 *
 * Context: Process context, sleeps.
 * Return: the table, or an error pointer: -ENOMEM, or -ENOBUFS when it is more
 * than all readers together may take.
 */
struct ks_topk *ks_topk_new(void)
{
	if (!READ_ONCE(hash_seed))
		cmpxchg(&hash_seed, 0, get_random_u32() | 1);
	return ks_memory_zalloc(sizeof(struct ks_topk));
}

/**
 * ks_topk_free() - free a table
 * @topk: the table
 */
void ks_topk_free(struct ks_topk *topk)
{
	ks_memory_free(topk, sizeof(*topk));
}

/**
 * ks_directory_hash() - hash a key
 * @key: the key
 *
 * Return: the hash.
 */
u32 ks_directory_hash(const struct ks_directory_key *key)
{
	return jhash_3words(lower_32_bits(key->inode) ^ key->generation,
			    upper_32_bits(key->inode), key->device, hash_seed);
}

/**
 * ks_directory_same() - check whether two keys are equal
 * @a: one
 * @b: the other
 *
 * Return: true if they are.
 */
bool ks_directory_same(const struct ks_directory_key *a,
		       const struct ks_directory_key *b)
{
	return a->inode == b->inode && a->device == b->device &&
	       a->generation == b->generation;
}

static u16 *head_of(struct ks_topk *topk,
		    const struct ks_directory_key *key)
{
	return &topk->heads[ks_directory_hash(key) % NR_HEADS];
}

static struct ks_topk_entry *entry_find(struct ks_topk *topk,
					const struct ks_directory_key *key)
{
	u16 i = *head_of(topk, key);

	while (i && !ks_directory_same(&topk->counters[i - 1].key, key))
		i = topk->counters[i - 1].next;
	return i ? &topk->counters[i - 1] : NULL;
}

static void entry_link(struct ks_topk *topk, struct ks_topk_entry *counter)
{
	u16 *head = head_of(topk, &counter->key);

	counter->next = *head;
	*head = counter - topk->counters + 1;
}

static void entry_unlink(struct ks_topk *topk, struct ks_topk_entry *counter)
{
	const u16 me = counter - topk->counters + 1;
	u16 *link = head_of(topk, &counter->key);

	while (*link != me)
		link = &topk->counters[*link - 1].next;
	*link = counter->next;
}

static u64 count_at(const struct ks_topk *topk, unsigned int place)
{
	return topk->counters[topk->heap[place]].count;
}

static void put_at(struct ks_topk *topk, unsigned int place, u16 counter)
{
	topk->heap[place] = counter;
	topk->counters[counter].place = place;
}

/* Moves a counter that grew down past those that are rarer now. */
static void entry_sink(struct ks_topk *topk, unsigned int place)
{
	const u16 counter = topk->heap[place];
	const u64 count = topk->counters[counter].count;
	unsigned int child;

	while ((child = 2 * place + 1) < topk->nr) {
		if (child + 1 < topk->nr &&
		    count_at(topk, child + 1) < count_at(topk, child))
			child++;
		if (count <= count_at(topk, child))
			break;
		put_at(topk, place, topk->heap[child]);
		place = child;
	}
	put_at(topk, place, counter);
}

/*
 * A new counter begins at 0, the minimum: so it goes to the top, and those on
 * its way move down by one.
 */
static struct ks_topk_entry *entry_take_new(struct ks_topk *topk)
{
	struct ks_topk_entry *counter = &topk->counters[topk->nr];
	unsigned int place = topk->nr++;

	while (place) {
		put_at(topk, place, topk->heap[(place - 1) / 2]);
		place = (place - 1) / 2;
	}
	put_at(topk, 0, counter - topk->counters);
	return counter;
}

static struct ks_topk_entry *entry_take_rarest(struct ks_topk *topk)
{
	struct ks_topk_entry *counter = &topk->counters[topk->heap[0]];

	entry_unlink(topk, counter);
	return counter;
}

/**
 * ks_topk_add() - count a key
 * @topk: the table
 * @key: the key
 *
 * Context: Any; does not sleep. Takes steps of the logarithm of KS_MAX_TOPK.
 */
void ks_topk_add(struct ks_topk *topk, const struct ks_directory_key *key)
{
	struct ks_topk_entry *counter = entry_find(topk, key);

	if (!counter) {
		counter = topk->nr < KS_MAX_TOPK ? entry_take_new(topk) :
						     entry_take_rarest(topk);
		counter->key = *key;
		entry_link(topk, counter);
	}
	counter->count++;
	entry_sink(topk, counter->place);
}

static int entry_compare(const void *a, const void *b)
{
	const struct ks_topk_entry *first = a, *second = b;

	if (first->count != second->count)
		return first->count < second->count ? 1 : -1;
	return 0;
}

/**
 * ks_topk_sort() - put the keys in order, the most frequent first
 * @topk: the table; nothing can be added after this
 * @nr: set to how many there are
 *
 * Return: them.
 */
const struct ks_topk_entry *ks_topk_sort(struct ks_topk *topk,
					 unsigned int *nr)
{
	sort(topk->counters, topk->nr, sizeof(*topk->counters),
	     entry_compare, NULL);
	*nr = topk->nr;
	return topk->counters;
}
