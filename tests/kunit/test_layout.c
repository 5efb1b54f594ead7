// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layout resolver on fake kernels: the structs of SLUB in v5.10, v6.1 and
 * v7.1, with their members at offsets of no real kernel.
 */
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/numa.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "internals/layout.h"
#include "internals/symbols.h"

#include "expect_btf.h"

/* Slabs are in struct page; in struct slab; and per_node[] exists. */
enum {
	V5_10 = BIT(0),
	V6_1 = BIT(1),
	V7_1 = BIT(2),
	ALL = V5_10 | V6_1 | V7_1,
};

/* Bytes of each struct, enough for all sizes that the tests try. */
#define LARGE		0x100000

#define NODE_BITS	(MAX_NUMNODES * 64)

/**
 * struct part - a member of a fake kernel
 * @in: the kernels that have it
 * @of: its struct; the members of a struct follow each other
 * @name: its name
 * @id: what the resolver must find it as; KS_NR_MEMBERS for nothing
 * @bit_offset: its offset
 * @bits: its size
 * @any_size: whether it may have any size that fits in a word
 */
struct part {
	u32 in;
	const char *of;
	const char *name;
	enum ks_member id;
	u32 bit_offset;
	u32 bits;
	bool any_size;
};

static const struct part parts[] = {
	{ ALL, "kmem_cache", "flags", KS_CACHE_FLAGS, 64, 32, true },
	{ ALL, "kmem_cache", "name", KS_CACHE_NAME, 128, 64 },
	{ ALL, "kmem_cache", "list", KS_CACHE_LIST, 192, 128 },
	{ ALL, "kmem_cache", "size", KS_CACHE_SIZE, 320, 32, true },
	{ ALL, "kmem_cache", "object_size", KS_CACHE_OBJECT_SIZE, 352, 32,
	  true },
	{ ALL, "kmem_cache", "oo", KS_CACHE_OO, 384, 32 },
	{ ALL, "kmem_cache", "refcount", KS_CACHE_REFCOUNT, 416, 32 },
	{ V5_10 | V6_1, "kmem_cache", "node", KS_CACHE_NODE, 512, NODE_BITS },
	{ V7_1, "kmem_cache", "per_node", KS_CACHE_PER_NODE, 576,
	  2 * NODE_BITS },
	{ V5_10 | V6_1, "kmem_cache", "cpu_slab", KS_CACHE_CPU_SLAB,
	  448 + 2 * NODE_BITS + 192, 64 },
	{ V7_1, "kmem_cache", "cpu_sheaves", KS_CACHE_CPU_SHEAVES,
	  448 + 2 * NODE_BITS + 192, 64 },
	{ V7_1, "kmem_cache", "sheaf_capacity", KS_CACHE_SHEAF_CAPACITY,
	  448 + 2 * NODE_BITS + 256, 32 },
	{ ALL, "kmem_cache", "offset", KS_CACHE_OFFSET,
	  448 + 2 * NODE_BITS + 288, 32 },
	{ V7_1, "kmem_cache_per_node_ptrs", "node", KS_PER_NODE_NODE, 64, 64 },
	{ ALL, "kmem_cache_node", "list_lock", KS_NODE_LIST_LOCK, 0,
	  8 * sizeof(spinlock_t) },
	{ ALL, "kmem_cache_node", "nr_partial", KS_NODE_NR_PARTIAL, 1024, 64,
	  true },
	{ ALL, "kmem_cache_node", "partial", KS_NODE_PARTIAL, 1088, 128 },
	{ ALL, "kmem_cache_node", "nr_slabs", KS_NODE_NR_SLABS, 1216, 64 },
	{ ALL, "kmem_cache_node", "total_objects", KS_NODE_TOTAL_OBJECTS, 1280,
	  64 },
	{ V5_10 | V6_1, "kmem_cache_cpu", "freelist", KS_CPU_FREELIST, 64, 64 },
	{ V5_10 | V6_1, "kmem_cache_cpu", "tid", KS_CPU_TID, 128, 64 },
	{ V5_10, "kmem_cache_cpu", "page", KS_CPU_SLAB, 256, 64 },
	{ V6_1, "kmem_cache_cpu", "slab", KS_CPU_SLAB, 192, 64 },
	{ V7_1, "slub_percpu_sheaves", "main", KS_SHEAVES_MAIN, 64, 64 },
	{ V7_1, "slub_percpu_sheaves", "spare", KS_SHEAVES_SPARE, 192, 64 },
	{ V7_1, "slab_sheaf", "cache", KS_SHEAF_CACHE, 192, 64 },
	{ V7_1, "slab_sheaf", "size", KS_SHEAF_SIZE, 256, 32 },
	{ V7_1, "node_barn", "nr_full", KS_BARN_NR_FULL, 320, 32 },
	{ V5_10, "page", "slab_cache", KS_SLAB_CACHE, 384, 64 },
	{ V5_10, "page", "slab_list", KS_SLAB_LIST, 64, 128 },
	{ V5_10, "page", "inuse", KS_SLAB_INUSE, 320, 16, true },
	{ V5_10, "page", "objects", KS_SLAB_OBJECTS, 336, 15, true },
	/* The newest layout counts, not members that are left over. */
	{ V6_1, "page", "slab_list", KS_NR_MEMBERS, 192, 128 },
	{ V6_1 | V7_1, "slab", "slab_cache", KS_SLAB_CACHE, 320, 64 },
	{ V6_1 | V7_1, "slab", "slab_list", KS_SLAB_LIST, 128, 128 },
	{ V6_1 | V7_1, "slab", "inuse", KS_SLAB_INUSE, 256, 16, true },
	{ V6_1 | V7_1, "slab", "objects", KS_SLAB_OBJECTS, 272, 15, true },
};

/* The first part of a kernel, from this one on. */
static const struct part *part_from(const struct part *part, u32 kernel)
{
	while (part < parts + ARRAY_SIZE(parts) && !(part->in & kernel))
		part++;
	return part;
}

#define for_each_part(_part, _kernel)					\
	for ((_part) = part_from(parts, _kernel);			\
	     (_part) < parts + ARRAY_SIZE(parts);			\
	     (_part) = part_from((_part) + 1, _kernel))

static const u32 kernels[] = { V5_10, V6_1, V7_1 };

static void kernel_name(const u32 *kernel, char *name)
{
	strscpy(name, *kernel == V5_10 ? "v5.10" : *kernel == V6_1 ? "v6.1" :
		"v7.1", KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(kernel, kernels, kernel_name);

static u32 kernel_of(struct kunit *test)
{
	return *(const u32 *)test->param_value;
}

/* Replaces a function of symbols.c. */
static const char *pretended;

bool ks_pretend_missing(const char *name)
{
	return pretended && !strcmp(pretended, name);
}

static u32 part_type(struct fake_btf *blob, u32 bytes)
{
	/* An array of bytes: the resolver checks sizes, and not types. */
	return fake_btf_array(blob, fake_btf_int(blob, 1), bytes);
}

/* Add a struct with all its parts, which start at `begin`. */
static void add_struct(struct fake_btf *blob, const struct part *begin,
		       u32 kernel, const struct part *other,
		       const struct part *instead)
{
	const struct part *part;
	u32 types[ARRAY_SIZE(parts)] = {};
	u32 nr = 0;

	for_each_part(part, kernel) {
		const struct part *p = part == other ? instead : part;

		if (!p || strcmp(part->of, begin->of))
			continue;
		types[part - parts] = part_type(blob, DIV_ROUND_UP(p->bits, 8));
		nr++;
	}
	fake_btf_type(blob, FAKE_STRUCT | FAKE_BITFIELDS, begin->of, nr, LARGE);
	for_each_part(part, kernel) {
		const struct part *p = part == other ? instead : part;

		if (p && !strcmp(part->of, begin->of))
			fake_btf_member(blob, p->name, types[part - parts],
					FAKE_BITS(p->bit_offset,
						  p->bits % 8 ? p->bits : 0));
	}
}

/* A fake kernel in which a part is replaced, or missing. */
static struct fake_btf *kernel_btf(struct kunit *test, u32 kernel,
				   const struct part *other,
				   const struct part *instead)
{
	struct fake_btf *blob = fake_btf_small(test);
	const char *last = "";
	const struct part *part;

	for_each_part(part, kernel) {
		if (strcmp(last, part->of))
			add_struct(blob, part, kernel, other, instead);
		last = part->of;
	}
	return blob;
}

static int resolve_layout(struct fake_btf *blob, char *reason, size_t size)
{
	struct ks_btf btf;
	int error;

	expect_btf_opens(blob, &btf);
	error = ks_layout_resolve(&btf, reason, size) ?:
		ks_layout_resolve_cached(&btf, reason, size);
	ks_btf_close(&btf);
	return error;
}

/* A reason starts with the member's name in the newest kernel. */
static const char *member_newest_name(struct kunit *test, enum ks_member id)
{
	const struct part *part, *newest = NULL;
	char *name = kunit_kzalloc(test, 64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, name);
	for_each_part(part, ALL)
		if (part->id == id)
			newest = part;
	KUNIT_ASSERT_NOT_NULL(test, newest);
	snprintf(name, 64, "%s.%s", newest->of, newest->name);
	return name;
}

static void expect_failure(struct kunit *test, struct fake_btf *blob, int error,
			   enum ks_member id, const char *why)
{
	char reason[128] = "", wanted[128];

	snprintf(wanted, sizeof(wanted), "%s: %s", member_newest_name(test, id),
		 why);
	KUNIT_EXPECT_EQ_MSG(test, error,
			    resolve_layout(blob, reason, sizeof(reason)), "%s",
			    wanted);
	KUNIT_EXPECT_STREQ(test, wanted, reason);
}

static void expect_resolved(struct kunit *test, struct fake_btf *blob)
{
	char reason[128] = "";

	KUNIT_EXPECT_EQ_MSG(test, 0,
			    resolve_layout(blob, reason, sizeof(reason)), "%s",
			    reason);
}

static void finds_all_members(struct kunit *test)
{
	const u32 kernel = kernel_of(test);
	const struct part *part;
	u32 id, nr = 0, nr_found = 0;

	expect_resolved(test, kernel_btf(test, kernel, NULL, NULL));
	for_each_part(part, kernel) {
		if (part->id == KS_NR_MEMBERS)
			continue;
		nr++;
		KUNIT_EXPECT_TRUE_MSG(test, ks_layout_has(part->id), "%s.%s",
				      part->of, part->name);
		KUNIT_EXPECT_EQ_MSG(test, part->bit_offset / 8,
				    ks_layout_offset(part->id), "%s.%s",
				    part->of, part->name);
		KUNIT_EXPECT_EQ_MSG(test, part->bits / 8,
				    ks_layout_size(part->id), "%s.%s",
				    part->of, part->name);
	}
	/* And it finds no member that this kernel lacks. */
	for (id = 0; id < KS_NR_MEMBERS; id++)
		nr_found += ks_layout_has(id);
	KUNIT_EXPECT_EQ(test, nr, nr_found);
}

/*
 * Without per_node v7.1 would have to have node, and without cpu_slab v6.1
 * cpu_sheaves.
 */
static enum ks_member member_blamed(const struct part *part)
{
	switch (part->id) {
	case KS_CACHE_PER_NODE:
		return KS_CACHE_NODE;
	case KS_CACHE_CPU_SLAB:
		return KS_CACHE_CPU_SHEAVES;
	default:
		return part->id;
	}
}

static void names_what_is_missing(struct kunit *test)
{
	const u32 kernel = kernel_of(test);
	const struct part *part;

	for_each_part(part, kernel) {
		struct fake_btf *blob;

		/* In v6.1 struct page has another one left over. */
		if (part->id == KS_NR_MEMBERS ||
		    (kernel == V6_1 && part->id == KS_SLAB_LIST))
			continue;
		blob = kernel_btf(test, kernel, part, NULL);
		expect_failure(test, blob, -ENOENT, member_blamed(part),
			       "not in this kernel's BTF");
	}
}

static void takes_the_older_place(struct kunit *test)
{
	const struct part *part, *left = NULL;

	for_each_part(part, V6_1)
		if (part->id == KS_NR_MEMBERS)
			left = part;
	KUNIT_ASSERT_NOT_NULL(test, left);
	for_each_part(part, V6_1)
		if (part->id == KS_SLAB_LIST)
			expect_resolved(test,
					kernel_btf(test, V6_1, part, NULL));
	KUNIT_EXPECT_EQ(test, left->bit_offset / 8,
			ks_layout_offset(KS_SLAB_LIST));

	pretended = "slab.slab_list";
	expect_resolved(test, kernel_btf(test, V6_1, NULL, NULL));
	KUNIT_EXPECT_EQ(test, left->bit_offset / 8,
			ks_layout_offset(KS_SLAB_LIST));
}

static void refuses_other_sizes(struct kunit *test)
{
	static const char why[] = "has another size than expected";
	const u32 kernel = kernel_of(test);
	const struct part *part;

	for_each_part(part, kernel) {
		struct part other = *part;

		if (part->id == KS_NR_MEMBERS)
			continue;
		/* A member of any size must still fit in a word. */
		other.bits = part->any_size ? 72 : part->bits + 8;
		expect_failure(test, kernel_btf(test, kernel, part, &other),
			       -EBADMSG, part->id, why);
		other.bits = part->any_size ? 0 : part->bits - 8;
		expect_failure(test, kernel_btf(test, kernel, part, &other),
			       -EBADMSG, part->id, why);
	}
}

static void takes_numbers_of_other_sizes(struct kunit *test)
{
	const struct part *part;

	for_each_part(part, V6_1) {
		struct part other = *part;

		if (!part->any_size)
			continue;
		other.bits = part->bits == 64 ? 32 : 8;
		expect_resolved(test, kernel_btf(test, V6_1, part, &other));
		KUNIT_EXPECT_EQ_MSG(test, other.bits / 8,
				    ks_layout_size(part->id), "%s.%s",
				    part->of, part->name);
	}
}

/* A number must not cross a word; larger members must start with a word. */
static void refuses_members_across_words(struct kunit *test)
{
	const struct part *part;

	for_each_part(part, V7_1) {
		struct part other = *part;

		other.bit_offset = ALIGN(part->bit_offset, 64) + 64 - 8;
		expect_failure(test, kernel_btf(test, V7_1, part, &other),
			       -EBADMSG, part->id,
			       "has another size than expected");
	}
}

static void says_what_is_corrupt(struct kunit *test)
{
	struct fake_btf *blob = fake_btf_small(test);
	u32 word = fake_btf_int(blob, 8);

	fake_btf_type(blob, FAKE_STRUCT, "kmem_cache", 2, 8);
	fake_btf_member(blob, "name", word, 0);
	fake_btf_member(blob, "list", 99, 64);
	expect_failure(test, blob, -EINVAL, KS_CACHE_LIST,
		       "its BTF is corrupt");
}

static void pretends_that_one_is_missing(struct kunit *test)
{
	pretended = "kmem_cache.oo";
	expect_failure(test, kernel_btf(test, V7_1, NULL, NULL), -ENOENT,
		       KS_CACHE_OO, "not in this kernel's BTF");
	pretended = "kmem_cache.o";
	expect_resolved(test, kernel_btf(test, V7_1, NULL, NULL));
}

static void forgets_the_kernel_before(struct kunit *test)
{
	struct fake_btf *blob = fake_btf_small(test);
	u32 id;

	expect_resolved(test, kernel_btf(test, V7_1, NULL, NULL));
	expect_resolved(test, kernel_btf(test, V6_1, NULL, NULL));
	KUNIT_EXPECT_FALSE(test, ks_layout_has(KS_CACHE_PER_NODE));
	KUNIT_EXPECT_FALSE(test, ks_layout_has(KS_PER_NODE_NODE));
	expect_failure(test, blob, -ENOENT, KS_CACHE_NAME,
		       "not in this kernel's BTF");
	for (id = 0; id < KS_NR_MEMBERS; id++)
		KUNIT_EXPECT_FALSE(test, ks_layout_has(id));
}

static void cuts_its_reason(struct kunit *test)
{
	char reason[16];

	memset(reason, 'x', sizeof(reason));
	KUNIT_EXPECT_EQ(test, -ENOENT,
			resolve_layout(fake_btf_small(test), reason, 12));
	KUNIT_EXPECT_STREQ(test, "kmem_cache.", reason);
	KUNIT_EXPECT_EQ(test, 'x', reason[12]);
}

static void expect_read(struct kunit *test, const void *object,
			enum ks_member id, u64 wanted)
{
	u64 value = 0;

	KUNIT_EXPECT_EQ(test, 0, ks_layout_read(object, id, &value));
	KUNIT_EXPECT_EQ_MSG(test, wanted, value, "member %u", id);
}

static void reads_numbers(struct kunit *test)
{
	u64 object[32];

	memset(object, 0xff, sizeof(object));
	expect_resolved(test, kernel_btf(test, V7_1, NULL, NULL));
	/* Both halves of a word, the whole word, and some bits. */
	object[5] = 0x1122334455667788;
	expect_read(test, object, KS_CACHE_SIZE, 0x55667788);
	expect_read(test, object, KS_CACHE_OBJECT_SIZE, 0x11223344);
	object[2] = 0x8899aabbccddeeff;
	expect_read(test, object, KS_CACHE_NAME, 0x8899aabbccddeeff);
	object[4] = 0xffffffff81237654;
	expect_read(test, object, KS_SLAB_INUSE, 0x7654);
	expect_read(test, object, KS_SLAB_OBJECTS, 0x0123);
}

static void survives_faults(struct kunit *test)
{
	/* A user address, and a kernel address that is not mapped. */
	static const unsigned long nowhere[] = { 0, 64, -4096UL };
	u64 value;
	u32 i;

	expect_resolved(test, kernel_btf(test, V7_1, NULL, NULL));
	for (i = 0; i < ARRAY_SIZE(nowhere); i++) {
		const void *object = (const void *)nowhere[i];

		KUNIT_EXPECT_EQ(test, -EFAULT,
				ks_layout_read(object, KS_CACHE_OO, &value));
		KUNIT_EXPECT_EQ(test, -EFAULT,
				ks_layout_read(object, KS_CACHE_NAME, &value));
	}
}

static int layout_init(struct kunit *test)
{
	pretended = NULL;
	return 0;
}

static struct kunit_case layout_cases[] = {
	KUNIT_CASE_PARAM(finds_all_members, kernel_gen_params),
	KUNIT_CASE_PARAM(names_what_is_missing, kernel_gen_params),
	KUNIT_CASE(takes_the_older_place),
	KUNIT_CASE_PARAM(refuses_other_sizes, kernel_gen_params),
	KUNIT_CASE(takes_numbers_of_other_sizes),
	KUNIT_CASE(refuses_members_across_words),
	KUNIT_CASE(says_what_is_corrupt),
	KUNIT_CASE(pretends_that_one_is_missing),
	KUNIT_CASE(forgets_the_kernel_before),
	KUNIT_CASE(cuts_its_reason),
	KUNIT_CASE(reads_numbers),
	KUNIT_CASE(survives_faults),
	{}
};

static struct kunit_suite layout_suite = {
	.name = "kmemscope_layout",
	.init = layout_init,
	.test_cases = layout_cases,
};

kunit_test_suite(layout_suite);
