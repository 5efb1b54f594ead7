/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kind of record for the tests, with a member of each type.
 */
#ifndef KUNIT_SAMPLE_H
#define KUNIT_SAMPLE_H

#include "record/record.h"

struct sample_record {
	char name[12];
	u32 small;
	u64 large;
	s64 change;
	char note[16];
};

enum {
	SAMPLE_PAD = 1,
	SAMPLE_NAME,
	SAMPLE_SMALL,
	SAMPLE_LARGE,
	SAMPLE_CHANGE,
	SAMPLE_NOTE,
	SAMPLE_MAX = SAMPLE_NOTE,
};

extern const struct ks_kind sample_kind;

struct sample_record sample_unset(void);

#endif /* KUNIT_SAMPLE_H */
