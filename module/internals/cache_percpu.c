// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts a cache's per-CPU free objects, without a lock.
 *
 * The lists belong to other CPUs and change meanwhile. Each list is read
 * between two reads of a number that changes with it. If these differ the list
 * is read again, and at last counted with the error that its geometry allows. A
 * pointer from memory that may be reused is checked before it is followed: it
 * must point to RAM, to a slab of this cache, to the start of an object. Reads
 * survive a fault, but a read of device memory is no fault.
 */
#include <linux/compiler.h>
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/percpu.h>
#include <linux/reciprocal_div.h>
#include <linux/swab.h>

#include "internals/cache.h"
#include "internals/cache_percpu.h"
#include "internals/layout.h"
#include "internals/lock_hold.h"
#include "internals/peek.h"

#define TRIES		3	/* reads of a CPU's lists */

/*
 * Slabs on a CPU's partial list. SLUB keeps about 10 slabs of small objects,
 * unless somebody raised cpu_partial. A longer list is not counted.
 */
#define MAX_CPU_PARTIAL	64

/* In a barn; SLUB keeps 10 (v6.18 to v7.3). */
#define MAX_FULL_SHEAVES	1024

/**
 * struct geometry - the layout of a cache's objects
 * @cache: the cache
 * @size: bytes from one object to the next
 * @by_size: divides by @size
 * @offset: of the free pointer in a free object
 * @red_left_pad: bytes before an object in a debugged cache
 * @random: the secret of hardened free pointers
 * @hardened: whether free pointers are hardened
 * @objects: objects in a new slab
 * @sheaf_capacity: objects of a full sheaf, 0 when the cache has none
 */
struct geometry {
	const struct kmem_cache *cache;
	u64 size;
	struct reciprocal_value by_size;
	u64 offset;
	u64 red_left_pad;
	u64 random;
	bool hardened;
	u32 objects;
	u64 sheaf_capacity;
};

/**
 * struct tally - one read of a CPU's lists
 * @nr_taken: free objects that their slabs count as in use
 * @nr_left: free objects that their slabs count as free
 * @bound: upper bound of both together
 */
struct tally {
	u64 nr_taken;
	u64 nr_left;
	u64 bound;
};

/* Reads a member that some kernels lack, as 0 there. */
static int read_if_there(const void *object, enum ks_member id, u64 *value)
{
	*value = 0;
	return ks_layout_has(id) ? ks_layout_read(object, id, value) : 0;
}

static int read_pointer(const void *object, enum ks_member id,
			const void **value)
{
	u64 word;

	if (ks_layout_read(object, id, &word))
		return -EFAULT;
	*value = (const void *)(unsigned long)word;
	return 0;
}

static int read_geometry(const struct kmem_cache *cache, struct geometry *g)
{
	u64 oo;

	g->cache = cache;
	g->hardened = ks_layout_has(KS_CACHE_RANDOM);
	if (ks_layout_read(cache, KS_CACHE_SIZE, &g->size) ||
	    ks_layout_read(cache, KS_CACHE_OO, &oo) ||
	    ks_layout_read(cache, KS_CACHE_OFFSET, &g->offset) ||
	    read_if_there(cache, KS_CACHE_RED_LEFT_PAD, &g->red_left_pad) ||
	    read_if_there(cache, KS_CACHE_RANDOM, &g->random) ||
	    read_if_there(cache, KS_CACHE_SHEAF_CAPACITY, &g->sheaf_capacity))
		return -EFAULT;
	g->objects = oo & KS_OO_OBJECTS;
	if (!g->size || g->offset >= g->size)
		return -EBADMSG;
	g->by_size = reciprocal_value(g->size);
	return 0;
}

/* Checks for memory of kmalloc() or the page allocator. */
static bool is_in_ram(const void *pointer)
{
	return virt_addr_valid(pointer);
}

#if defined(CONFIG_SPARSEMEM) && !defined(CONFIG_SPARSEMEM_VMEMMAP)

/*
 * Here page_to_pfn() uses the section number in the page's flags. In memory
 * that is no struct page that may be any number, even of a section that does
 * not exist.
 */
static bool find_pfn(const void *page, unsigned long *pfn)
{
	struct mem_section *section = NULL;
	unsigned long nr;
	u64 flags;

	static_assert(!offsetof(struct page, flags));
	if (ks_peek_u64(page, &flags))
		return false;
	nr = (flags >> SECTIONS_PGSHIFT) & SECTIONS_MASK;
	if (nr < NR_MEM_SECTIONS)
		section = __nr_to_section(nr);
	if (!valid_section(section))
		return false;
	*pfn = (const struct page *)page - __section_mem_map_addr(section);
	return true;
}

#else

static bool find_pfn(const void *page, unsigned long *pfn)
{
	*pfn = page_to_pfn((const struct page *)page);
	return true;
}

#endif

static bool is_slab_of(const struct geometry *g, const void *slab)
{
	unsigned long pfn;
	const void *cache;

	return IS_ALIGNED((unsigned long)slab, __alignof__(struct page)) &&
	       find_pfn(slab, &pfn) &&
	       pfn_valid(pfn) && pfn_to_page(pfn) == slab &&
	       !read_pointer(slab, KS_SLAB_CACHE, &cache) && cache == g->cache;
}

/* Reads a slab's counts, and checks them against each other. */
static int read_slab(const struct geometry *g, const void *slab, u64 *inuse,
		     u64 *objects)
{
	if (!is_slab_of(g, slab) ||
	    ks_layout_read(slab, KS_SLAB_INUSE, inuse) ||
	    ks_layout_read(slab, KS_SLAB_OBJECTS, objects) ||
	    *inuse > *objects || *objects > g->objects)
		return -EAGAIN;
	return 0;
}

/* A division for each object takes longer than all else. */
static bool is_start_of_object(const struct geometry *g, u32 offset)
{
	return reciprocal_divide(offset, g->by_size) * g->size == offset;
}

/* Reads the free pointer of an object, and decodes a hardened one. */
static int read_free_pointer(const struct geometry *g, const void *object,
			     const void **next)
{
	const unsigned long *place = object + g->offset;
	unsigned long value;

	if (ks_peek_pointer(place, &value))
		return -EAGAIN;
	if (g->hardened)
		value ^= g->random ^ swab((unsigned long)place);
	*next = (const void *)value;
	return 0;
}

/* Counts the objects of a freelist, all of which must be on the slab. */
static int count_freelist(const struct geometry *g, const void *slab,
			  u64 objects, const void *object, u64 *nr)
{
	const void *first = page_address((const struct page *)slab) +
			    g->red_left_pad;
	const u64 bytes = objects * g->size;
	u64 offset;

	for (*nr = 0; object; (*nr)++) {
		offset = object - first;
		if (*nr == objects || offset >= bytes ||
		    !is_start_of_object(g, offset) ||
		    read_free_pointer(g, object, &object))
			return -EAGAIN;
	}
	return 0;
}

/* Counts free objects of a cpu slab: its freelist, and remote frees. */
static int count_cpu_slab(const struct geometry *g, const void *cpu_slab,
			  struct tally *tally)
{
	const void *slab, *object;
	u64 inuse, objects, nr;

	if (read_pointer(cpu_slab, KS_CPU_SLAB, &slab) ||
	    read_pointer(cpu_slab, KS_CPU_FREELIST, &object))
		return -EFAULT;
	if (!slab)
		return object ? -EAGAIN : 0;
	if (read_slab(g, slab, &inuse, &objects))
		return -EAGAIN;
	if (count_freelist(g, slab, objects, object, &nr) || nr > inuse)
		return -EAGAIN;
	tally->nr_taken += nr;
	tally->nr_left += objects - inuse;
	return 0;
}

/* Counts free objects on a CPU's partial slabs. */
static int count_cpu_partial(const struct geometry *g, const void *cpu_slab,
			     struct tally *tally)
{
	const void *first, *slab, *again;
	u64 inuse, objects;
	unsigned int nr = 0;

	if (!ks_layout_has(KS_CPU_PARTIAL))
		return 0;
	if (read_pointer(cpu_slab, KS_CPU_PARTIAL, &first))
		return -EFAULT;
	for (slab = first; slab; nr++) {
		if (nr == MAX_CPU_PARTIAL)
			return -E2BIG;
		if (read_slab(g, slab, &inuse, &objects) ||
		    read_pointer(slab, KS_SLAB_NEXT, &slab))
			return -EAGAIN;
		tally->nr_left += objects - inuse;
	}
	if (read_pointer(cpu_slab, KS_CPU_PARTIAL, &again))
		return -EFAULT;
	return again == first ? 0 : -EAGAIN;
}

static int count_cpu_slabs(const struct geometry *g, const void *cpu_slab,
			   struct tally *tally)
{
	u64 before, after;
	int err;

	tally->bound += (1 + MAX_CPU_PARTIAL) * g->objects;
	if (ks_layout_read(cpu_slab, KS_CPU_TID, &before))
		return -EFAULT;
	smp_rmb();	/* the lists between the two readings of tid */
	err = count_cpu_slab(g, cpu_slab, tally) ?:
	      count_cpu_partial(g, cpu_slab, tally);
	if (err)
		return err;
	smp_rmb();	/* and the second one after them */
	if (ks_layout_read(cpu_slab, KS_CPU_TID, &after))
		return -EFAULT;
	return after == before ? 0 : -EAGAIN;
}

/*
 * Leaves out the sheaf of kfree_rcu(): its objects are in use until they are
 * freed, as those that wait in call_rcu() are.
 */
static const enum ks_member sheaf_members[] = {
	KS_SHEAVES_MAIN, KS_SHEAVES_SPARE,
};

/**
 * struct sheaf - one read of a CPU's sheaf
 * @address: where it is, or NULL when there is none
 * @size: objects in it
 */
struct sheaf {
	const void *address;
	u64 size;
};

static int read_sheaf(const struct geometry *g, const void *sheaves,
		      enum ks_member id, struct sheaf *sheaf)
{
	const void *cache;

	sheaf->size = 0;
	if (read_pointer(sheaves, id, &sheaf->address))
		return -EFAULT;
	if (!sheaf->address)
		return 0;
	if (!is_in_ram(sheaf->address) ||
	    read_pointer(sheaf->address, KS_SHEAF_CACHE, &cache) ||
	    cache != g->cache ||
	    ks_layout_read(sheaf->address, KS_SHEAF_SIZE, &sheaf->size) ||
	    sheaf->size > g->sheaf_capacity)
		return -EAGAIN;
	return 0;
}

/* Reads a sheaf again. Its address was checked by the first read. */
static int check_sheaf(const void *sheaves, enum ks_member id,
		       const struct sheaf *sheaf)
{
	const void *address;
	u64 size = 0;

	if (read_pointer(sheaves, id, &address))
		return -EFAULT;
	if (address != sheaf->address ||
	    (address && ks_layout_read(address, KS_SHEAF_SIZE, &size)) ||
	    size != sheaf->size)
		return -EAGAIN;
	return 0;
}

/*
 * Sheaves have no transaction ID like a cpu slab's tid, so read all, and then
 * all again, and require the same sheaves and sizes. This misses one that was
 * swapped in between and swapped back.
 */
static int count_sheaves(const struct geometry *g, const void *sheaves,
			 struct tally *tally)
{
	struct sheaf read[ARRAY_SIZE(sheaf_members)];
	unsigned int i;
	int err;

	tally->bound += 2 * g->sheaf_capacity;
	for (i = 0; i < ARRAY_SIZE(read); i++) {
		err = read_sheaf(g, sheaves, sheaf_members[i], &read[i]);
		if (err)
			return err;
		tally->nr_taken += read[i].size;
	}
	smp_rmb();	/* the second reads after the first */
	for (i = 0; i < ARRAY_SIZE(read); i++) {
		err = check_sheaf(sheaves, sheaf_members[i], &read[i]);
		if (err)
			return err;
	}
	return 0;
}

static const void *part_of_cpu(const struct kmem_cache *cache,
			       enum ks_member id, unsigned int cpu)
{
	u64 value;

	if (read_if_there(cache, id, &value) || !value)
		return NULL;
	return per_cpu_ptr((void __percpu *)(unsigned long)value, cpu);
}

static int read_cpu(const struct geometry *g, unsigned int cpu,
		    struct tally *tally)
{
	const void *cpu_slab = part_of_cpu(g->cache, KS_CACHE_CPU_SLAB, cpu);
	const void *sheaves = NULL;
	int err = 0, again = 0;

	if (g->sheaf_capacity)
		sheaves = part_of_cpu(g->cache, KS_CACHE_CPU_SHEAVES, cpu);
	*tally = (struct tally){};
	/* v6.18 and v6.19 have both, and the bound must cover both. */
	if (cpu_slab)
		again = count_cpu_slabs(g, cpu_slab, tally);
	if (again && again != -EAGAIN)
		return again;
	if (sheaves)
		err = count_sheaves(g, sheaves, tally);
	return err ?: again;
}

static int count_cpu(const struct geometry *g, unsigned int cpu,
		     struct ks_percpu *cached)
{
	unsigned int tries;
	struct tally tally;
	int err = -EAGAIN;

	for (tries = 0; err == -EAGAIN && tries < TRIES; tries++)
		err = read_cpu(g, cpu, &tally);
	if (err && err != -EAGAIN)
		return err;
	cached->nr_taken += tally.nr_taken;
	cached->nr_left += tally.nr_left;
	if (err)
		cached->error += tally.bound;
	return 0;
}

/* Reads the barn of a node, or NULL where there is none. */
static int read_barn(const struct kmem_cache *cache, int nid,
		     const void **barn)
{
	struct kmem_cache_node *node;
	int err;

	*barn = NULL;
	if (ks_layout_has(KS_PER_NODE_BARN))
		return read_pointer(ks_cache_per_node(cache, nid),
				    KS_PER_NODE_BARN, barn);
	if (!ks_layout_has(KS_NODE_BARN))
		return -ENOENT;
	err = ks_cache_node(cache, nid, &node);
	if (err)
		return err == -ENOENT ? 0 : err;
	return read_pointer(node, KS_NODE_BARN, barn);
}

static int count_barns(const struct geometry *g, struct ks_percpu *cached)
{
	const void *barn;
	u64 nr_full;
	int nid, err;

	if (!g->sheaf_capacity)
		return 0;
	for_each_online_node(nid) {
		err = read_barn(g->cache, nid, &barn);
		if (err)
			return err;
		if (!barn)
			continue;
		if (!is_in_ram(barn) ||
		    ks_layout_read(barn, KS_BARN_NR_FULL, &nr_full) ||
		    nr_full > MAX_FULL_SHEAVES)
			return -EBADMSG;
		cached->nr_taken += nr_full * g->sheaf_capacity;
	}
	return 0;
}

/**
 * ks_percpu_count() - count a cache's per-CPU free objects
 * @cache: the cache
 * @until_ns: the ks_hold_clock() to stop at, after at least one more CPU
 * @cached: zeroed for the first call, which later ones continue
 *
 * Takes no lock. A CPU costs a few cache lines, and one for each free object on
 * its cpu slab.
 *
 * Context: slab_mutex held.
 * Return: 0 when all CPUs are counted, -EAGAIN when some are left, or another
 * error when the count is unknown.
 */
int ks_percpu_count(const struct kmem_cache *cache, u64 until_ns,
		    struct ks_percpu *cached)
{
	struct geometry g;
	unsigned int cpu;
	int err;

	err = read_geometry(cache, &g);
	if (err)
		return err;
	/* An offline CPU keeps its lists until they are flushed. */
	for_each_possible_cpu(cpu) {
		if (cpu < cached->next_cpu)
			continue;
		err = count_cpu(&g, cpu, cached);
		if (err)
			return err;
		cached->next_cpu = cpu + 1;
		if (cpu + 1 < nr_cpu_ids && ks_hold_clock() > until_ns)
			return -EAGAIN;
	}
	cached->next_cpu = nr_cpu_ids;
	return count_barns(&g, cached);
}
