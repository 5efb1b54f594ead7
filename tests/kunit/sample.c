// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kind of record for the tests, as spec/generate would write it.
 */
#include <linux/kernel.h>

#include "sample.h"

static const struct ks_field sample_fields[] = {
	KS_FIELD_STRING(struct sample_record, name, SAMPLE_NAME),
	KS_FIELD_U32(struct sample_record, small, SAMPLE_SMALL),
	KS_FIELD_U64(struct sample_record, large, SAMPLE_LARGE),
	KS_FIELD_S64(struct sample_record, change, SAMPLE_CHANGE),
	KS_FIELD_STRING(struct sample_record, note, SAMPLE_NOTE),
};

const struct ks_kind sample_kind = {
	.name = "sample",
	.size = sizeof(struct sample_record),
	.fields = sample_fields,
	.nr_fields = ARRAY_SIZE(sample_fields),
	.pad = SAMPLE_PAD,
	.max_attr = SAMPLE_MAX,
};

/**
 * sample_unset() - make a record of which nothing is known
 *
 * Return: the record.
 */
struct sample_record sample_unset(void)
{
	return (struct sample_record) {
		.small = U32_MAX,
		.large = U64_MAX,
		.change = S64_MIN,
	};
}
