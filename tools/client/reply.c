// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's answer to one netlink request, datagram by datagram. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <limits.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/reply.h"
#include "lib/text.h"

/* What the kernel sends beside the error number. */
struct extack {
	const char *text;
	size_t text_len;
	uint32_t offset;	/* of the attribute it refuses, in the request */
	uint32_t missing;	/* type of an attribute it misses */
};

static enum kms_status fail_short(struct kms_error *err)
{
	return kms_fail(err, KMS_ERROR, "the kernel sent a truncated message");
}

static void extack_parse(const struct nlmsghdr *message, size_t skip,
			 struct extack *extack)
{
	/* Not libmnl's tail, which is aligned up and may lie beyond the end. */
	const char *end = (const char *)message + message->nlmsg_len;
	const struct nlattr *attr;
	uint16_t len;

	if (!(message->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    mnl_nlmsg_get_payload_len(message) < skip)
		return;
	attr = mnl_nlmsg_get_payload_offset(message, skip);
	while (mnl_attr_ok(attr, end - (const char *)attr)) {
		len = mnl_attr_get_payload_len(attr);
		switch (mnl_attr_get_type(attr)) {
		case NLMSGERR_ATTR_MSG:
			extack->text = mnl_attr_get_payload(attr);
			extack->text_len = len;
			break;
		case NLMSGERR_ATTR_OFFS:
			if (len == sizeof(uint32_t))
				extack->offset = mnl_attr_get_u32(attr);
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			if (len == sizeof(uint32_t))
				extack->missing = mnl_attr_get_u32(attr);
			break;
		}
		attr = mnl_attr_next(attr);
	}
}

/* Read a number of any width that attributes have. */
static unsigned long long number_read(const struct nlattr *attr)
{
	switch (mnl_attr_get_payload_len(attr)) {
	case sizeof(uint8_t):
		return mnl_attr_get_u8(attr);
	case sizeof(uint16_t):
		return mnl_attr_get_u16(attr);
	case sizeof(uint32_t):
		return mnl_attr_get_u32(attr);
	default:
		return mnl_attr_get_u64(attr);
	}
}

/* Write the name and value of the request's attribute at offset. */
static void attr_print(const struct kms_reply *reply, size_t offset,
		       char *buffer, size_t size)
{
	const char *start = (const char *)reply->request;
	const struct kms_column *column;
	const struct nlattr *attr;
	char *text = NULL;
	size_t index, at;

	mnl_attr_for_each(attr, reply->request, GENL_HDRLEN) {
		at = (const char *)attr - start;
		if (offset < at || offset >= at + attr->nla_len ||
		    !kms_kind_find_attr(reply->kind, mnl_attr_get_type(attr),
					&index))
			continue;
		column = &reply->kind->columns[index];
		if (column->type == KMS_TYPE_STRING) {
			text = kms_text_escape(mnl_attr_get_payload(attr),
					       mnl_attr_get_payload_len(attr));
			snprintf(buffer, size, "%s %s", column->name,
				 text ? text : "");
			free(text);
		} else {
			snprintf(buffer, size, "%s %llu", column->name,
				 number_read(attr));
		}
	}
}

static enum kms_status refused(const struct kms_reply *reply, int code,
			       const struct extack *extack,
			       struct kms_error *err)
{
	char which[256] = "";
	char *text = NULL;
	size_t index;

	if (extack->offset && reply->kind)
		attr_print(reply, extack->offset, which, sizeof(which));
	else if (extack->missing && reply->kind &&
		 kms_kind_find_attr(reply->kind, extack->missing, &index))
		snprintf(which, sizeof(which), "%s",
			 reply->kind->columns[index].name);

	if (extack->text_len)
		text = kms_text_escape(extack->text, extack->text_len);
	if (!text && *which)
		text = strdup(strerror(code));
	kms_fail(err, KMS_ERROR, "%s%s%s%s", text ? text : "",
		 *which ? " (" : "", which, *which ? ")" : "");
	free(text);
	err->code = code;
	return code == EOPNOTSUPP ? KMS_UNSUPPORTED : KMS_ERROR;
}

static enum kms_status error_take(struct kms_reply *reply,
				  const struct nlmsghdr *message,
				  struct kms_error *err)
{
	const struct nlmsgerr *body = mnl_nlmsg_get_payload(message);
	struct extack extack = { 0 };
	size_t skip = sizeof(*body);

	if (mnl_nlmsg_get_payload_len(message) < sizeof(*body))
		return fail_short(err);
	reply->done = true;
	if (!body->error)
		return KMS_OK;
	/* It is no errno, and cannot be negated. */
	if (body->error == INT_MIN)
		return fail_short(err);
	/* The refused request follows, unless the kernel capped it. */
	if (!(message->nlmsg_flags & NLM_F_CAPPED))
		skip += NLMSG_ALIGN(body->msg.nlmsg_len) - NLMSG_HDRLEN;
	extack_parse(message, skip, &extack);
	return refused(reply, abs(body->error), &extack, err);
}

static enum kms_status done_take(struct kms_reply *reply,
				 const struct nlmsghdr *message,
				 struct kms_error *err)
{
	struct extack extack = { 0 };
	int code = 0;

	reply->done = true;
	if (mnl_nlmsg_get_payload_len(message) >= sizeof(code))
		memcpy(&code, mnl_nlmsg_get_payload(message), sizeof(code));
	if (code >= 0)
		return KMS_OK;
	if (code == INT_MIN)
		return fail_short(err);
	extack_parse(message, NLMSG_ALIGN(sizeof(code)), &extack);
	return refused(reply, -code, &extack, err);
}

static enum kms_status message_take(struct kms_reply *reply,
				    const struct nlmsghdr *message,
				    struct kms_error *err)
{
	/* The answer to a request that was given up may still arrive. */
	if (!mnl_nlmsg_seq_ok(message, reply->request->nlmsg_seq) ||
	    !mnl_nlmsg_portid_ok(message, reply->portid))
		return KMS_OK;
	if (message->nlmsg_flags & NLM_F_DUMP_INTR)
		reply->interrupted = true;
	switch (message->nlmsg_type) {
	case NLMSG_NOOP:
		return KMS_OK;
	case NLMSG_OVERRUN:
		return kms_fail(err, KMS_ERROR, "the kernel lost an answer");
	case NLMSG_ERROR:
		return error_take(reply, message, err);
	case NLMSG_DONE:
		return done_take(reply, message, err);
	}
	if (message->nlmsg_type != reply->family)
		return KMS_OK;
	return reply->take(message, reply->arg, err);
}

/* Not libmnl's test: to that, lengths beyond INT_MAX are negative. */
static bool message_ok(const struct nlmsghdr *message, int left)
{
	return left >= (int)sizeof(*message) &&
	       message->nlmsg_len >= sizeof(*message) &&
	       message->nlmsg_len <= (size_t)left;
}

enum kms_status kms_reply_take(struct kms_reply *reply, const void *data,
			       size_t size, struct kms_error *err)
{
	const struct nlmsghdr *message = data;
	enum kms_status status;
	int left = (int)size;

	while (!reply->done && message_ok(message, left)) {
		status = message_take(reply, message, err);
		if (status)
			return status;
		message = mnl_nlmsg_next(message, &left);
	}
	/* Padding after the last message can only make left negative. */
	if (!reply->done && left > 0)
		return fail_short(err);
	return KMS_OK;
}
