/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Expectations of the tests of the BTF reader. They look for members of the
 * struct "wanted".
 */
#ifndef KUNIT_EXPECT_BTF_H
#define KUNIT_EXPECT_BTF_H

#include <linux/types.h>

#include "internals/btf.h"

#include "fake_btf.h"

void expect_btf_opens(struct fake_btf *blob, struct ks_btf *btf);
void expect_btf_refused(struct fake_btf *blob, const char *what, u32 number);
void expect_member(struct kunit *test, const struct ks_btf *btf,
		   const char *name, u32 bit_offset, u32 bits);
void expect_no_member(struct kunit *test, const struct ks_btf *btf,
		      const char *name, int error);
void expect_type_size(struct kunit *test, const struct ks_btf *btf, u32 id,
		      u32 size);

#endif /* KUNIT_EXPECT_BTF_H */
