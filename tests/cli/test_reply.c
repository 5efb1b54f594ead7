// SPDX-License-Identifier: GPL-2.0-only
/* Answers as datagrams: their end, refusals, and messages of others. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "client/decode.h"
#include "client/reply.h"
#include "message.h"
#include "sample.h"

#define FAMILY 100
#define SEQ 42
#define PORT 7

struct world {
	_Alignas(8) char request_buffer[1024];
	_Alignas(8) char buffer[8192];
	size_t used;
	struct nlmsghdr *last;
	struct kms_rows rows;
	struct kms_reply reply;
	struct kms_error err;
};

static enum kms_status take(const struct nlmsghdr *message, void *arg,
			    struct kms_error *err)
{
	return kms_decode_row(message, arg, err);
}

static int world_make(void **state)
{
	static struct world world;
	struct nlmsghdr *request;

	memset(&world, 0, sizeof(world));
	request = message_begin(world.request_buffer, FAMILY, SEQ, 1);
	mnl_attr_put_u32(request, SAMPLE_ATTR + SAMPLE_NODE, 9);
	mnl_attr_put_strz(request, SAMPLE_ATTR + SAMPLE_NAME, "no\nsuch");
	mnl_attr_put_u64(request, SAMPLE_ATTR + SAMPLE_SIZE_BYTES, 5000000000);
	world.rows.kind = &sample;
	world.reply = (struct kms_reply){
		.request = request,
		.kind = &sample,
		.family = FAMILY,
		.portid = PORT,
		.take = take,
		.arg = &world.rows,
	};
	*state = &world;
	return 0;
}

static int world_end(void **state)
{
	struct world *world = *state;

	kms_rows_free(&world->rows);
	return 0;
}

static struct nlmsghdr *add(struct world *world, uint16_t type)
{
	world->last = mnl_nlmsg_put_header(world->buffer + world->used);
	world->last->nlmsg_type = type;
	world->last->nlmsg_seq = SEQ;
	world->last->nlmsg_pid = PORT;
	return world->last;
}

static void added(struct world *world)
{
	world->used += NLMSG_ALIGN(world->last->nlmsg_len);
}

static void add_record(struct world *world, uint32_t node, uint16_t flags)
{
	struct nlmsghdr *message = add(world, FAMILY);

	message->nlmsg_flags |= flags;
	mnl_nlmsg_put_extra_header(message, GENL_HDRLEN);
	mnl_attr_put_u32(message, SAMPLE_ATTR + SAMPLE_NODE, node);
	added(world);
}

static struct nlmsghdr *add_done(struct world *world, int code)
{
	struct nlmsghdr *message = add(world, NLMSG_DONE);
	int *error = mnl_nlmsg_put_extra_header(message, sizeof(code));

	*error = code;
	added(world);
	return message;
}

static struct nlmsghdr *add_error(struct world *world, int code)
{
	struct nlmsghdr *message = add(world, NLMSG_ERROR);
	struct nlmsgerr *error;

	error = mnl_nlmsg_put_extra_header(message, sizeof(*error));
	error->error = code;
	error->msg = *world->reply.request;
	message->nlmsg_flags |= NLM_F_CAPPED | NLM_F_ACK_TLVS;
	return message;
}

static enum kms_status receive(struct world *world)
{
	enum kms_status status;

	status = kms_reply_take(&world->reply, world->buffer, world->used,
				&world->err);
	world->used = 0;
	return status;
}

static void takes_rows_until_done(void **state)
{
	struct world *world = *state;

	add_record(world, 1, 0);
	add_record(world, 2, 0);
	assert_int_equal(receive(world), KMS_OK);
	assert_false(world->reply.done);
	add_record(world, 3, 0);
	add_done(world, 0);
	assert_int_equal(receive(world), KMS_OK);
	assert_true(world->reply.done);
	assert_false(world->reply.interrupted);
	assert_int_equal(world->rows.nr, 3);
}

static void skips_what_is_not_ours(void **state)
{
	struct world *world = *state;

	add_record(world, 1, 0);
	world->last->nlmsg_seq = SEQ - 1;
	add_record(world, 1, 0);
	world->last->nlmsg_pid = PORT + 1;
	add_record(world, 1, 0);
	world->last->nlmsg_type = FAMILY + 1;
	add(world, NLMSG_NOOP);
	added(world);
	add_record(world, 5, 0);
	assert_int_equal(receive(world), KMS_OK);
	assert_int_equal(world->rows.nr, 1);
	assert_int_equal(world->rows.row[0][SAMPLE_NODE].magnitude, 5);
}

static void sees_interruption(void **state)
{
	struct world *world = *state;

	add_record(world, 1, NLM_F_DUMP_INTR);
	add_record(world, 2, 0);
	add_done(world, 0);
	assert_int_equal(receive(world), KMS_OK);
	assert_true(world->reply.interrupted);
	assert_int_equal(world->rows.nr, 2);
}

static void sees_interruption_at_the_end(void **state)
{
	struct world *world = *state;

	add_done(world, 0)->nlmsg_flags |= NLM_F_DUMP_INTR;
	assert_int_equal(receive(world), KMS_OK);
	assert_true(world->reply.interrupted);
}

static void acknowledgment_ends(void **state)
{
	struct world *world = *state;

	add_error(world, 0);
	added(world);
	assert_int_equal(receive(world), KMS_OK);
	assert_true(world->reply.done);
}

static void error_in_the_middle_of_a_dump(void **state)
{
	struct world *world = *state;
	struct nlmsghdr *message;

	add_record(world, 1, 0);
	message = add(world, NLMSG_DONE);
	*(int *)mnl_nlmsg_put_extra_header(message, sizeof(int)) = -ENODEV;
	message->nlmsg_flags |= NLM_F_ACK_TLVS;
	mnl_attr_put_strz(message, NLMSGERR_ATTR_MSG, "it went away");
	added(world);
	assert_int_equal(receive(world), KMS_ERROR);
	assert_int_equal(world->err.code, ENODEV);
	assert_string_equal(world->err.text, "it went away");
}

static void refusal_names_the_attribute(void **state)
{
	struct world *world = *state;
	struct nlmsghdr *message = add_error(world, -ENOENT);

	mnl_attr_put_strz(message, NLMSGERR_ATTR_MSG, "no such node");
	mnl_attr_put_u32(message, NLMSGERR_ATTR_OFFS,
			 NLMSG_HDRLEN + GENL_HDRLEN);
	added(world);
	assert_int_equal(receive(world), KMS_ERROR);
	assert_int_equal(world->err.code, ENOENT);
	assert_string_equal(world->err.text, "no such node (node 9)");
}

static void refusal_escapes_text(void **state)
{
	struct world *world = *state;
	struct nlmsghdr *message = add_error(world, -ENOENT);

	mnl_attr_put_strz(message, NLMSGERR_ATTR_MSG, "\033[31mred");
	mnl_attr_put_u32(message, NLMSGERR_ATTR_OFFS,
			 NLMSG_HDRLEN + GENL_HDRLEN + 8);
	added(world);
	assert_int_equal(receive(world), KMS_ERROR);
	assert_string_equal(world->err.text,
			    "\\x1b[31mred (name no\\x0asuch)");
}

/* All of its 64 bits */
static void refusal_of_a_large_number(void **state)
{
	struct world *world = *state;
	struct nlmsghdr *message = add_error(world, -EINVAL);

	mnl_attr_put_strz(message, NLMSGERR_ATTR_MSG, "too large");
	mnl_attr_put_u32(message, NLMSGERR_ATTR_OFFS,
			 NLMSG_HDRLEN + GENL_HDRLEN + 20);
	added(world);
	assert_int_equal(receive(world), KMS_ERROR);
	assert_string_equal(world->err.text,
			    "too large (size_bytes 5000000000)");
}

static void refusal_after_the_whole_request(void **state)
{
	struct world *world = *state;
	const struct nlmsghdr *request = world->reply.request;
	size_t rest = request->nlmsg_len - NLMSG_HDRLEN;
	struct nlmsghdr *message = add_error(world, -EINVAL);

	message->nlmsg_flags &= ~NLM_F_CAPPED;
	memcpy(mnl_nlmsg_put_extra_header(message, rest),
	       mnl_nlmsg_get_payload(request), rest);
	mnl_attr_put_strz(message, NLMSGERR_ATTR_MSG, "not so");
	mnl_attr_put_u32(message, NLMSGERR_ATTR_MISS_TYPE,
			 SAMPLE_ATTR + SAMPLE_NAME);
	added(world);
	assert_int_equal(receive(world), KMS_ERROR);
	assert_string_equal(world->err.text, "not so (name)");
}

static void refusal_with_wild_lengths(void **state)
{
	struct world *world = *state;
	struct nlmsghdr *message = add_error(world, -EINVAL);
	struct nlmsgerr *error = mnl_nlmsg_get_payload(message);

	message->nlmsg_flags &= ~NLM_F_CAPPED;
	error->msg.nlmsg_len = 0xfffffff0;
	mnl_attr_put_u32(message, NLMSGERR_ATTR_OFFS, 0xfffffff0);
	added(world);
	assert_int_equal(receive(world), KMS_ERROR);
	assert_int_equal(world->err.code, EINVAL);
	assert_string_equal(world->err.text, "");
}

static void off_is_unsupported(void **state)
{
	struct world *world = *state;

	add_error(world, -EOPNOTSUPP);
	added(world);
	assert_int_equal(receive(world), KMS_UNSUPPORTED);
	assert_int_equal(world->err.code, EOPNOTSUPP);
}

static void lost_answer_is_an_error(void **state)
{
	struct world *world = *state;

	add(world, NLMSG_OVERRUN);
	added(world);
	assert_int_equal(receive(world), KMS_ERROR);
}

static void cut_anywhere_is_an_error(void **state)
{
	struct world *world = *state;
	size_t whole, len;

	add_record(world, 1, 0);
	add_done(world, 0);
	whole = world->used;
	for (len = 1; len < whole; len++) {
		enum kms_status status;

		world->reply.done = false;
		status = kms_reply_take(&world->reply, world->buffer, len,
					&world->err);
		/* Between two messages an answer may go on in the next one */
		if (len == whole - 20)
			assert_int_equal(status, KMS_OK);
		else
			assert_int_equal(status, KMS_ERROR);
	}
}

static void length_beyond_all_is_an_error(void **state)
{
	static const uint32_t lengths[] = {
		UINT32_MAX, UINT32_MAX - 3, 0x80000000, INT32_MAX, 15, 0,
	};
	struct world *world = *state;
	size_t i;

	for (i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		/* One that is skipped, and so would be looked at for ever. */
		add_record(world, 1, 0);
		world->last->nlmsg_seq = SEQ - 1;
		world->last->nlmsg_len = lengths[i];
		assert_int_equal(receive(world), KMS_ERROR);
	}
}

static void error_without_counterpart_is_an_error(void **state)
{
	struct world *world = *state;

	add_error(world, INT32_MIN);
	added(world);
	assert_int_equal(receive(world), KMS_ERROR);
	world->reply.done = false;
	add_done(world, INT32_MIN);
	assert_int_equal(receive(world), KMS_ERROR);
}

static void short_error_is_an_error(void **state)
{
	struct world *world = *state;

	add(world, NLMSG_ERROR);
	added(world);
	assert_int_equal(receive(world), KMS_ERROR);
	assert_int_equal(world->err.code, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_make, world_end)
	static const struct CMUnitTest tests[] = {
		TEST(takes_rows_until_done),
		TEST(skips_what_is_not_ours),
		TEST(sees_interruption),
		TEST(sees_interruption_at_the_end),
		TEST(acknowledgment_ends),
		TEST(error_in_the_middle_of_a_dump),
		TEST(refusal_names_the_attribute),
		TEST(refusal_escapes_text),
		TEST(refusal_of_a_large_number),
		TEST(refusal_after_the_whole_request),
		TEST(refusal_with_wild_lengths),
		TEST(off_is_unsupported),
		TEST(lost_answer_is_an_error),
		TEST(cut_anywhere_is_an_error),
		TEST(length_beyond_all_is_an_error),
		TEST(error_without_counterpart_is_an_error),
		TEST(short_error_is_an_error),
	};

	return cmocka_run_group_tests_name("reply", tests, NULL, NULL);
}
