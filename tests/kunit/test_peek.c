// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inline reads: mapped kernel memory is read, and nothing else is touched.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "internals/peek.h"

static void reads_what_is_there(struct kunit *test)
{
	static const u64 constant = 0x0123456789abcdef;
	const void *pointer = test, *got;
	u64 *page = (u64 *)__get_free_page(GFP_KERNEL);
	u64 word;
	u8 byte;

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, 0, ks_peek_u64(&constant, &word));
	KUNIT_EXPECT_EQ(test, constant, word);
	page[511] = 0x55aa;
	KUNIT_EXPECT_EQ(test, 0, ks_peek_u64(&page[511], &word));
	KUNIT_EXPECT_EQ(test, 0x55aaULL, word);
	KUNIT_EXPECT_EQ(test, 0, ks_peek_u8(&page[511], &byte));
	KUNIT_EXPECT_EQ(test, 0xaa, byte);
	KUNIT_EXPECT_EQ(test, 0, ks_peek_pointer(&pointer, &got));
	KUNIT_EXPECT_PTR_EQ(test, pointer, got);
	free_page((unsigned long)page);
}

/* User addresses, a non-canonical one, holes, and the vsyscall page. */
static void refuses_what_is_not(struct kunit *test)
{
	static const unsigned long nowhere[] = {
		0, 8, 0x1000, 0x7ffffffff000, 0x0080000000000000,
		0x8000000000000000, 0xfeffffffffffffff, -10UL << 20,
		-4096UL, -8UL, -1UL,
	};
	u64 word = 7;
	u8 byte = 7;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(nowhere); i++) {
		const void *from = (const void *)nowhere[i];

		KUNIT_EXPECT_EQ_MSG(test, -EFAULT, ks_peek_u64(from, &word),
				    "at %lx", nowhere[i]);
		KUNIT_EXPECT_EQ_MSG(test, -EFAULT, ks_peek_u8(from, &byte),
				    "at %lx", nowhere[i]);
	}
}

/* A kernel address that was mapped before. */
static void survives_what_went_away(struct kunit *test)
{
	void *memory = vmalloc(PAGE_SIZE);
	u64 word;

	KUNIT_ASSERT_NOT_NULL(test, memory);
	/* A guard page follows it. */
	KUNIT_EXPECT_EQ(test, -EFAULT, ks_peek_u64(memory + PAGE_SIZE, &word));
	KUNIT_EXPECT_EQ(test, -EFAULT,
			ks_peek_u64(memory + PAGE_SIZE - 4, &word));
	vfree(memory);
}

static struct kunit_case peek_cases[] = {
	KUNIT_CASE(reads_what_is_there),
	KUNIT_CASE(refuses_what_is_not),
	KUNIT_CASE(survives_what_went_away),
	{}
};

static struct kunit_suite peek_suite = {
	.name = "kmemscope_peek",
	.test_cases = peek_cases,
};

kunit_test_suite(peek_suite);
