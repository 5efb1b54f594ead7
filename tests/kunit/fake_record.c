// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fake record type, in the form that spec/generate writes.
 */
#include <linux/kernel.h>

#include "fake_record.h"

static const struct ks_field fake_fields[] = {
	KS_FIELD_STRING(struct fake_record, name, FAKE_A_NAME),
	KS_FIELD_U32(struct fake_record, small, FAKE_A_SMALL),
	KS_FIELD_U64(struct fake_record, large, FAKE_A_LARGE),
	KS_FIELD_S64(struct fake_record, change, FAKE_A_CHANGE),
	KS_FIELD_STRING(struct fake_record, note, FAKE_A_NOTE),
};

const struct ks_kind fake_kind = {
	.name = "sample",
	.size = sizeof(struct fake_record),
	.fields = fake_fields,
	.nr_fields = ARRAY_SIZE(fake_fields),
	.pad = FAKE_A_PAD,
	.max_attr = FAKE_A_MAX,
};

/**
 * fake_record_unset() - make a record in which all is unknown
 *
 * Return: the record.
 */
struct fake_record fake_record_unset(void)
{
	return (struct fake_record) {
		.small = U32_MAX,
		.large = U64_MAX,
		.change = S64_MIN,
	};
}
