// SPDX-License-Identifier: GPL-2.0-only
/*
 * Call the BTF reader, and check its answers.
 */
#include <kunit/test.h>
#include <linux/errno.h>

#include "expect_btf.h"

/**
 * expect_btf_opens() - open a valid blob
 * @blob: the blob
 * @btf: set to the opened blob
 */
void expect_btf_opens(struct fake_btf *blob, struct ks_btf *btf)
{
	size_t len;
	u32 *whole = fake_btf_finish(blob, &len);

	KUNIT_ASSERT_EQ(blob->test, 0, ks_btf_open(btf, whole, len));
	KUNIT_EXPECT_EQ(blob->test, blob->nr_types + 1, btf->nr_types);
}

/**
 * expect_btf_refused() - expect that a blob is refused
 * @blob: the blob
 * @what: what is wrong with it
 * @number: a number for the message of a failure
 */
void expect_btf_refused(struct fake_btf *blob, const char *what, u32 number)
{
	struct ks_btf btf;
	size_t len;
	u32 *whole = fake_btf_finish(blob, &len);

	KUNIT_EXPECT_EQ_MSG(blob->test, -EINVAL, ks_btf_open(&btf, whole, len),
			    "%s %u", what, number);
}

/**
 * expect_member() - expect a member
 * @test: the test
 * @btf: an opened blob with a struct "wanted"
 * @name: the member's name
 * @bit_offset: its expected offset
 * @bits: its expected size
 */
void expect_member(struct kunit *test, const struct ks_btf *btf,
		   const char *name, u32 bit_offset, u32 bits)
{
	struct ks_btf_member member = {};
	u32 id;

	KUNIT_ASSERT_EQ(test, 0, ks_btf_find_struct(btf, "wanted", &id));
	KUNIT_EXPECT_EQ_MSG(test, 0,
			    ks_btf_find_member(btf, id, name, &member),
			    "%s", name);
	KUNIT_EXPECT_EQ_MSG(test, bit_offset, member.bit_offset, "%s", name);
	KUNIT_EXPECT_EQ_MSG(test, bits, member.bits, "%s", name);
}

/**
 * expect_no_member() - expect that a member cannot be found
 * @test: the test
 * @btf: an opened blob with a struct "wanted"
 * @name: the member's name
 * @error: the expected error
 */
void expect_no_member(struct kunit *test, const struct ks_btf *btf,
		      const char *name, int error)
{
	struct ks_btf_member member;
	u32 id;

	KUNIT_ASSERT_EQ(test, 0, ks_btf_find_struct(btf, "wanted", &id));
	KUNIT_EXPECT_EQ_MSG(test, error,
			    ks_btf_find_member(btf, id, name, &member),
			    "%s", name);
}

/**
 * expect_type_size() - check the size of a type
 * @test: the test
 * @btf: an opened blob
 * @id: the type
 * @size: its expected bytes
 */
void expect_type_size(struct kunit *test, const struct ks_btf *btf, u32 id,
		      u32 size)
{
	u32 got = 0;

	KUNIT_EXPECT_EQ_MSG(test, 0, ks_btf_size(btf, id, &got), "type %u", id);
	KUNIT_EXPECT_EQ_MSG(test, size, got, "type %u", id);
}
