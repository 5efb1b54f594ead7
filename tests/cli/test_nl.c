// SPDX-License-Identifier: GPL-2.0-only
/*
 * The netlink channel against a kernel that is played here: the functions of
 * libmnl that would reach a real one are defined in this file instead.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <linux/kmemscope.h>
#include <stdlib.h>
#include <string.h>

#include "client/nl.h"
#include "lib/array.h"
#include "message.h"
#include "sample.h"

#define FAMILY 33
#define PORT 7

/* What the kernel does with one request after the look-up of the family. */
struct step {
	int rows;
	bool interrupted;
	int code;		/* in a NLMSG_ERROR, or after rows in a DONE */
	const char *text;
	int receive_errno;	/* recv() fails instead */
};

static struct {
	int lookup_code;
	const struct step *steps;
	size_t nr_steps;
	size_t asked;
	uint64_t request[512];
	uint64_t answer[1024];
	size_t size;
	int receive_errno;
} played;

struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
	(void)bus;
	(void)flags;
	return (struct mnl_socket *)&played;
}

int mnl_socket_bind(struct mnl_socket *nl, unsigned int groups, pid_t pid)
{
	(void)nl;
	(void)groups;
	(void)pid;
	return 0;
}

int mnl_socket_setsockopt(const struct mnl_socket *nl, int type, void *buf,
			  socklen_t len)
{
	(void)nl;
	(void)type;
	(void)buf;
	(void)len;
	return 0;
}

/* A pipe's end would do as well: its options are set, nothing is read. */
int mnl_socket_get_fd(const struct mnl_socket *nl)
{
	static int fd = -1;

	(void)nl;
	if (fd < 0)
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return fd;
}

unsigned int mnl_socket_get_portid(const struct mnl_socket *nl)
{
	(void)nl;
	return PORT;
}

int mnl_socket_close(struct mnl_socket *nl)
{
	(void)nl;
	return 0;
}

static struct nlmsghdr *message_add(uint16_t type, uint16_t flags)
{
	const struct nlmsghdr *request = (void *)played.request;
	struct nlmsghdr *message;

	message = mnl_nlmsg_put_header((char *)played.answer + played.size);
	message->nlmsg_type = type;
	message->nlmsg_flags = flags;
	message->nlmsg_seq = request->nlmsg_seq;
	message->nlmsg_pid = PORT;
	return message;
}

static void message_end(const struct nlmsghdr *message)
{
	played.size += NLMSG_ALIGN(message->nlmsg_len);
}

static void error_add(int code, const char *text)
{
	struct nlmsghdr *message = message_add(NLMSG_ERROR, NLM_F_CAPPED |
							    NLM_F_ACK_TLVS);
	struct nlmsgerr *error;

	error = mnl_nlmsg_put_extra_header(message, sizeof(*error));
	error->error = -code;
	if (text)
		mnl_attr_put_strz(message, NLMSGERR_ATTR_MSG, text);
	message_end(message);
}

static void lookup_answer(void)
{
	struct nlmsghdr *message;

	if (!played.lookup_code) {
		message = message_add(GENL_ID_CTRL, 0);
		mnl_nlmsg_put_extra_header(message, GENL_HDRLEN);
		mnl_attr_put_u16(message, CTRL_ATTR_FAMILY_ID, FAMILY);
		/* A module from the future */
		mnl_attr_put_u32(message, CTRL_ATTR_VERSION, 99);
		message_end(message);
	}
	error_add(played.lookup_code, NULL);
}

static void step_answer(const struct step *step)
{
	uint16_t flags = step->interrupted ? NLM_F_DUMP_INTR : 0;
	struct nlmsghdr *message;
	int i;

	for (i = 0; i < step->rows; i++) {
		message = message_add(FAMILY, flags);
		mnl_nlmsg_put_extra_header(message, GENL_HDRLEN);
		mnl_attr_put_u32(message, SAMPLE_ATTR + SAMPLE_NODE, i);
		message_end(message);
	}
	if (step->code && !step->rows) {
		error_add(step->code, step->text);
		return;
	}
	message = message_add(NLMSG_DONE, flags);
	*(int *)mnl_nlmsg_put_extra_header(message, sizeof(int)) = -step->code;
	message_end(message);
}

ssize_t mnl_socket_sendto(const struct mnl_socket *nl, const void *buf,
			  size_t len)
{
	const struct nlmsghdr *request = buf;
	const struct step *step;

	(void)nl;
	assert_true(len <= sizeof(played.request));
	memcpy(played.request, buf, len);
	played.size = 0;
	played.receive_errno = 0;
	if (request->nlmsg_type == GENL_ID_CTRL) {
		lookup_answer();
		return (ssize_t)len;
	}
	assert_int_equal(request->nlmsg_type, FAMILY);
	assert_true(played.asked < played.nr_steps);
	step = &played.steps[played.asked++];
	played.receive_errno = step->receive_errno;
	step_answer(step);
	return (ssize_t)len;
}

ssize_t mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf,
			    size_t size)
{
	size_t got = played.size;

	(void)nl;
	if (played.receive_errno) {
		errno = played.receive_errno;
		return -1;
	}
	assert_true(got && got <= size);
	memcpy(buf, played.answer, got);
	played.size = 0;
	return (ssize_t)got;
}

/* Dump once against these steps and say how many of them were used. */
static enum kms_status dump(const struct step *steps, size_t nr,
			    struct kms_rows *rows, struct kms_error *err)
{
	struct kms_request request = kms_request_rows(&sample);
	enum kms_status status;
	struct kms_nl *nl;

	rows->kind = &sample;
	played.steps = steps;
	played.nr_steps = nr;
	played.asked = 0;
	played.lookup_code = 0;
	assert_int_equal(kms_nl_open(&nl, err), KMS_OK);
	status = kms_nl_dump(nl, &request, rows, err);
	kms_nl_close(nl);
	return status;
}

static void whole_dump_is_asked_for_once(void **state)
{
	static const struct step steps[] = { { .rows = 3 } };
	struct kms_rows rows = { 0 };
	struct kms_error err;

	(void)state;
	assert_int_equal(dump(steps, ARRAY_SIZE(steps), &rows, &err), KMS_OK);
	assert_int_equal(rows.nr, 3);
	kms_rows_free(&rows);
}

static void interrupted_dump_is_asked_for_again(void **state)
{
	static const struct step steps[] = {
		{ .rows = 5, .interrupted = true },
		{ .code = EBUSY },
		{ .rows = 1, .code = EINTR },
		{ .rows = 2 },
	};
	struct kms_rows rows = { 0 };
	struct kms_error err;

	(void)state;
	assert_int_equal(dump(steps, ARRAY_SIZE(steps), &rows, &err), KMS_OK);
	assert_int_equal(played.asked, 4);
	assert_int_equal(rows.nr, 2);
	kms_rows_free(&rows);
}

static void always_interrupted_is_partial(void **state)
{
	static const struct step steps[] = {
		{ .rows = 1, .interrupted = true },
		{ .rows = 2, .interrupted = true },
		{ .rows = 3, .interrupted = true },
		{ .rows = 4, .interrupted = true },
		{ .rows = 5, .interrupted = true },
	};
	struct kms_rows rows = { 0 };
	struct kms_error err;

	(void)state;
	assert_int_equal(dump(steps, ARRAY_SIZE(steps), &rows, &err),
			 KMS_PARTIAL);
	assert_int_equal(played.asked, 5);
	assert_int_equal(rows.nr, 5);
	assert_non_null(strstr(err.text, "partial"));
	kms_rows_free(&rows);
}

static void failures_are_explained(void **state)
{
	static const struct {
		struct step step;
		enum kms_status status;
		const char *text;
	} cases[] = {
		{ { .code = EPERM }, KMS_ERROR,
		  "needs CAP_NET_ADMIN in the initial user namespace" },
		{ { .code = EPERM, .text = "CAP_X is needed" }, KMS_ERROR,
		  "permitted: CAP_X is needed in the initial user namespace" },
		{ { .code = EOPNOTSUPP, .text = "it is off" }, KMS_UNSUPPORTED,
		  "it is off" },
		{ { .code = EOPNOTSUPP }, KMS_UNSUPPORTED, "older" },
		{ { .code = ENOENT, .text = "no such thing" }, KMS_ERROR,
		  "no such thing" },
		{ { .code = ENOENT }, KMS_UNSUPPORTED, "kernel module" },
		{ { .code = ENOBUFS }, KMS_ERROR, "No buffer space" },
		{ { .rows = 2, .code = EIO }, KMS_ERROR, "Input/output error" },
		{ { .receive_errno = EAGAIN }, KMS_ERROR, "no answer" },
		{ { .receive_errno = ENOMEM }, KMS_ERROR,
		  "cannot receive from the kernel: Cannot allocate memory" },
	};
	struct kms_rows rows = { 0 };
	struct kms_error err;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(dump(&cases[i].step, 1, &rows, &err),
				 cases[i].status);
		if (!strstr(err.text, cases[i].text))
			fail_msg("'%s' lacks '%s'", err.text, cases[i].text);
	}
	kms_rows_free(&rows);
}

static void busy_kernel_is_not_asked_for_ever(void **state)
{
	static const struct step steps[] = {
		{ .code = EBUSY }, { .code = EBUSY }, { .code = EBUSY },
		{ .code = EBUSY }, { .code = EBUSY, .text = "still busy" },
	};
	struct kms_rows rows = { 0 };
	struct kms_error err;

	(void)state;
	assert_int_equal(dump(steps, ARRAY_SIZE(steps), &rows, &err),
			 KMS_ERROR);
	assert_string_equal(err.text, "still busy");
	kms_rows_free(&rows);
}

static void absent_family_is_unsupported(void **state)
{
	struct kms_error err;
	struct kms_nl *nl;

	(void)state;
	played.lookup_code = ENOENT;
	assert_int_equal(kms_nl_open(&nl, &err), KMS_UNSUPPORTED);
	assert_null(nl);
	played.lookup_code = EPERM;
	assert_int_equal(kms_nl_open(&nl, &err), KMS_ERROR);
	assert_non_null(strstr(err.text, "Operation not permitted"));
}

static void filters_are_sent(void **state)
{
	static const struct step steps[] = { { .rows = 1 } };
	const struct nlmsghdr *sent = (void *)played.request;
	struct kms_request request = kms_request_rows(&sample);
	struct kms_rows rows = { .kind = &sample };
	const struct nlattr *attr;
	struct kms_error err;
	struct kms_nl *nl;
	char name[5000];

	(void)state;
	played.steps = steps;
	played.nr_steps = ARRAY_SIZE(steps);
	played.asked = 0;
	played.lookup_code = 0;
	request.filters[0] = (struct kms_filter){ SAMPLE_NODE, NULL, 4711 };
	request.filters[1] = (struct kms_filter){ SAMPLE_NAME, "a name", 0 };
	request.nr_filters = 2;
	assert_int_equal(kms_nl_open(&nl, &err), KMS_OK);
	assert_int_equal(kms_nl_dump(nl, &request, &rows, &err), KMS_OK);
	attr = mnl_nlmsg_get_payload_offset(sent, GENL_HDRLEN);
	assert_int_equal(mnl_attr_get_type(attr), SAMPLE_ATTR + SAMPLE_NODE);
	assert_int_equal(mnl_attr_get_u32(attr), 4711);
	attr = mnl_attr_next(attr);
	assert_string_equal(mnl_attr_get_str(attr), "a name");

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	request.filters[1].text = name;
	assert_int_equal(kms_nl_dump(nl, &request, &rows, &err), KMS_ERROR);
	assert_string_equal(err.text, "name is too long");
	kms_nl_close(nl);
	kms_rows_free(&rows);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_dump_is_asked_for_once),
		cmocka_unit_test(interrupted_dump_is_asked_for_again),
		cmocka_unit_test(always_interrupted_is_partial),
		cmocka_unit_test(failures_are_explained),
		cmocka_unit_test(busy_kernel_is_not_asked_for_ever),
		cmocka_unit_test(absent_family_is_unsupported),
		cmocka_unit_test(filters_are_sent),
	};

	return cmocka_run_group_tests_name("nl", tests, NULL, NULL);
}
