/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fake record type, with a member of each type.
 */
#ifndef KUNIT_FAKE_RECORD_H
#define KUNIT_FAKE_RECORD_H

#include "record/record.h"

struct fake_record {
	char name[12];
	u32 small;
	u64 large;
	s64 change;
	char note[16];
};

enum {
	FAKE_A_PAD = 1,
	FAKE_A_NAME,
	FAKE_A_SMALL,
	FAKE_A_LARGE,
	FAKE_A_CHANGE,
	FAKE_A_NOTE,
	FAKE_A_MAX = FAKE_A_NOTE,
};

extern const struct ks_kind fake_kind;

struct fake_record fake_record_unset(void);

#endif /* KUNIT_FAKE_RECORD_H */
