// SPDX-License-Identifier: GPL-2.0-only
/* From a netlink message to a row. */
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <string.h>

#include "client/decode.h"
#include "lib/text.h"

static enum kms_status length_wrong(const struct kms_rows *rows,
				    const struct kms_column *column, size_t len,
				    struct kms_error *err)
{
	return kms_fail(err, KMS_ERROR,
			"the kernel sent %s of %s with a wrong size of %zu bytes",
			column->name, rows->kind->name, len);
}

static enum kms_status string_decode(const struct nlattr *attr,
				     struct kms_value *value,
				     struct kms_error *err)
{
	const char *bytes = mnl_attr_get_payload(attr);
	size_t len = strnlen(bytes, mnl_attr_get_payload_len(attr));

	if (!len)
		return KMS_OK;
	value->text = kms_text_escape(bytes, len);
	if (!value->text)
		return kms_fail_memory(err);
	value->presence = KMS_TEXT;
	return KMS_OK;
}

static enum kms_status attr_decode(const struct nlattr *attr,
				   const struct kms_rows *rows,
				   const struct kms_column *column,
				   struct kms_value *value,
				   struct kms_error *err)
{
	size_t len = mnl_attr_get_payload_len(attr);
	const void *payload = mnl_attr_get_payload(attr);
	uint32_t u32;
	uint64_t u64;
	int64_t s64;

	if (column->type == KMS_TYPE_STRING)
		return string_decode(attr, value, err);
	if (len != (column->type == KMS_TYPE_U32 ? sizeof(u32) : sizeof(u64)))
		return length_wrong(rows, column, len, err);

	/* Netlink aligns payloads to only 4 bytes. */
	switch (column->type) {
	case KMS_TYPE_U32:
		memcpy(&u32, payload, sizeof(u32));
		*value = kms_value_unsigned(u32);
		break;
	case KMS_TYPE_U64:
		memcpy(&u64, payload, sizeof(u64));
		*value = kms_value_unsigned(u64);
		break;
	default:
		memcpy(&s64, payload, sizeof(s64));
		*value = kms_value_signed(s64);
		break;
	}
	return KMS_OK;
}

enum kms_status kms_decode_row(const struct nlmsghdr *message,
			       struct kms_rows *rows, struct kms_error *err)
{
	/* Not libmnl's tail, which is aligned up and may lie beyond the end. */
	const char *end = (const char *)message + message->nlmsg_len;
	const struct kms_kind *kind = rows->kind;
	const struct nlattr *attr;
	enum kms_status status;
	struct kms_value *row;
	size_t column;

	if (mnl_nlmsg_get_payload_len(message) < GENL_HDRLEN)
		return kms_fail(err, KMS_ERROR,
				"the kernel sent a truncated %s record",
				kind->name);
	row = kms_rows_add(rows);
	if (!row)
		return kms_fail_memory(err);

	attr = mnl_nlmsg_get_payload_offset(message, GENL_HDRLEN);
	while (mnl_attr_ok(attr, end - (const char *)attr)) {
		if (kms_kind_find_attr(kind, mnl_attr_get_type(attr),
				       &column)) {
			kms_value_clear(&row[column]);
			status = attr_decode(attr, rows, &kind->columns[column],
					     &row[column], err);
			if (status)
				return status;
		}
		attr = mnl_attr_next(attr);
	}
	if ((const char *)attr < end)
		return kms_fail(err, KMS_ERROR,
				"the kernel sent a truncated %s record",
				kind->name);
	return KMS_OK;
}
