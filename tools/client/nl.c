// SPDX-License-Identifier: GPL-2.0-only
/* The netlink channel to the module. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/kmemscope.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "client/absent.h"
#include "client/decode.h"
#include "client/nl.h"
#include "client/reply.h"

/* After that many tries an answer is taken as it is. */
#define MAX_TRIES 5
#define FIRST_PAUSE_NS (20 * 1000 * 1000)
#define TIMEOUT_SECONDS 30

#define RECEIVE_BUFFER_BYTES (1024 * 1024)
#define DATAGRAM_BYTES (64 * 1024)
#define REQUEST_BYTES 4096

struct kms_nl {
	struct mnl_socket *socket;
	uint16_t family;
	uint32_t seq;
	char request[REQUEST_BYTES];
	char datagram[DATAGRAM_BYTES];
};

static enum kms_status socket_open(struct kms_nl *nl, struct kms_error *err)
{
	const struct timeval timeout = { .tv_sec = TIMEOUT_SECONDS };
	int size = RECEIVE_BUFFER_BYTES, on = 1, fd;

	nl->socket = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!nl->socket && errno == EPROTONOSUPPORT)
		return kms_fail(err, KMS_UNSUPPORTED,
				"this kernel has no generic netlink");
	if (!nl->socket || mnl_socket_bind(nl->socket, 0, MNL_SOCKET_AUTOPID))
		return kms_fail(err, KMS_ERROR, "cannot open a netlink socket: %s",
				strerror(errno));

	/* Without these it works, too: with fewer words, or more calls. */
	mnl_socket_setsockopt(nl->socket, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->socket, NETLINK_CAP_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->socket, NETLINK_GET_STRICT_CHK, &on,
			      sizeof(on));
	fd = mnl_socket_get_fd(nl->socket);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)))
		return kms_fail(err, KMS_ERROR, "cannot set a timeout: %s",
				strerror(errno));
	return KMS_OK;
}

static struct nlmsghdr *request_start(struct kms_nl *nl, uint16_t family,
				      uint16_t flags, uint8_t cmd,
				      uint8_t version)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(nl->request);
	struct genlmsghdr *header;

	request->nlmsg_type = family;
	request->nlmsg_flags = NLM_F_REQUEST | flags;
	request->nlmsg_seq = ++nl->seq;
	header = mnl_nlmsg_put_extra_header(request, sizeof(*header));
	header->cmd = cmd;
	header->version = version;
	return request;
}

/* Receive until the answer is complete. */
static enum kms_status answer_receive(struct kms_nl *nl,
				      struct kms_reply *reply,
				      struct kms_error *err)
{
	enum kms_status status;
	ssize_t size;

	while (!reply->done) {
		size = mnl_socket_recvfrom(nl->socket, nl->datagram,
					   sizeof(nl->datagram));
		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return kms_fail(err, KMS_ERROR,
					"no answer from the kernel for %d seconds",
					TIMEOUT_SECONDS);
		if (size < 0)
			return kms_fail(err, KMS_ERROR,
					"cannot receive from the kernel: %s",
					strerror(errno));
		status = kms_reply_take(reply, nl->datagram, size, err);
		if (status)
			return status;
	}
	return KMS_OK;
}

static enum kms_status message_exchange(struct kms_nl *nl,
					struct kms_reply *reply,
					struct kms_error *err)
{
	reply->portid = mnl_socket_get_portid(nl->socket);
	if (mnl_socket_sendto(nl->socket, reply->request,
			      reply->request->nlmsg_len) < 0)
		return kms_fail(err, KMS_ERROR, "cannot send to the kernel: %s",
				strerror(errno));
	return answer_receive(nl, reply, err);
}

static enum kms_status family_take(const struct nlmsghdr *message, void *arg,
				   struct kms_error *err)
{
	struct kms_nl *nl = arg;
	const struct nlattr *attr;

	(void)err;
	mnl_attr_for_each(attr, message, GENL_HDRLEN) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID &&
		    mnl_attr_get_payload_len(attr) == sizeof(uint16_t))
			nl->family = mnl_attr_get_u16(attr);
	}
	return KMS_OK;
}

static enum kms_status family_resolve(struct kms_nl *nl, struct kms_error *err)
{
	struct nlmsghdr *request = request_start(nl, GENL_ID_CTRL, NLM_F_ACK,
						 CTRL_CMD_GETFAMILY, 1);
	struct kms_reply reply = {
		.request = request,
		.family = GENL_ID_CTRL,
		.take = family_take,
		.arg = nl,
	};
	enum kms_status status;

	mnl_attr_put_strz(request, CTRL_ATTR_FAMILY_NAME,
			  KMEMSCOPE_FAMILY_NAME);
	status = message_exchange(nl, &reply, err);
	if (status && err->code == ENOENT)
		return kms_absent_explain(err);
	if (status && err->code)
		return kms_fail(err, KMS_ERROR,
				"cannot look up the module's netlink family: %s",
				strerror(err->code));
	if (!status && !nl->family)
		return kms_absent_explain(err);
	return status;
}

enum kms_status kms_nl_open(struct kms_nl **nl, struct kms_error *err)
{
	enum kms_status status;

	*nl = calloc(1, sizeof(**nl));
	if (!*nl)
		return kms_fail_memory(err);
	/* Two runs must not take each other's answers. */
	(*nl)->seq = (uint32_t)time(NULL);
	status = socket_open(*nl, err);
	if (!status)
		status = family_resolve(*nl, err);
	if (status) {
		kms_nl_close(*nl);
		*nl = NULL;
	}
	return status;
}

void kms_nl_close(struct kms_nl *nl)
{
	if (!nl)
		return;
	if (nl->socket)
		mnl_socket_close(nl->socket);
	free(nl);
}

static bool number_put(struct nlmsghdr *message,
		       const struct kms_column *column, uint64_t number)
{
	if (column->type == KMS_TYPE_U32)
		return mnl_attr_put_u32_check(message, REQUEST_BYTES,
					      column->attr, (uint32_t)number);
	return mnl_attr_put_u64_check(message, REQUEST_BYTES, column->attr,
				      number);
}

static enum kms_status request_encode(struct nlmsghdr *message,
				      const struct kms_request *request,
				      struct kms_error *err)
{
	const struct kms_filter *filter = request->filters;
	const struct kms_column *column;
	size_t i;
	bool fits;

	for (i = 0; i < request->nr_filters; i++, filter++) {
		column = &request->kind->columns[filter->column];
		if (column->type == KMS_TYPE_STRING)
			fits = mnl_attr_put_strz_check(message, REQUEST_BYTES,
						       column->attr,
						       filter->text);
		else
			fits = number_put(message, column, filter->number);
		if (!fits)
			return kms_fail(err, KMS_ERROR, "%s is too long",
					column->name);
	}
	if (request->flag &&
	    !mnl_attr_put_check(message, REQUEST_BYTES, request->flag->attr, 0,
				NULL))
		return kms_fail(err, KMS_ERROR, "the request is too long");
	if (request->job)
		mnl_attr_put_u32(message, request->kind->job_attr,
				 request->job);
	return KMS_OK;
}

/* Add a text to a refusal of the kernel that has none. */
static enum kms_status refusal_explain(const struct kms_request *request,
				       enum kms_status status,
				       struct kms_error *err)
{
	const struct kms_error said = *err;
	int code = err->code;

	if (code == EPERM && *said.text)
		/* The module names the missing capability. */
		status = kms_fail(err, KMS_ERROR,
				  "not permitted: %s in the initial user namespace",
				  said.text);
	else if (code == EPERM)
		status = kms_fail(err, KMS_ERROR,
				  "not permitted: this needs %s in the initial user namespace",
				  request->needs);
	else if (code == ENOENT && !*err->text)
		/* Only a family that is gone is refused without a text. */
		status = kms_absent_explain(err);
	else if (code == EOPNOTSUPP && !*err->text)
		status = kms_fail(err, KMS_UNSUPPORTED,
				  "the loaded module does not know this command; it may be older than this program");
	else if (code && !*err->text)
		status = kms_fail(err, status, "the kernel refused: %s",
				  strerror(code));
	err->code = code;
	return status;
}

static enum kms_status row_take(const struct nlmsghdr *message, void *arg,
				struct kms_error *err)
{
	return kms_decode_row(message, arg, err);
}

static enum kms_status request_try(struct kms_nl *nl,
				   const struct kms_request *request,
				   uint16_t flags, struct kms_rows *rows,
				   struct kms_error *err)
{
	struct kms_reply reply = {
		.kind = request->kind,
		.family = nl->family,
		.take = row_take,
		.arg = rows,
	};
	struct nlmsghdr *message;
	enum kms_status status;

	message = request_start(nl, nl->family, flags, request->cmd,
				KMEMSCOPE_FAMILY_VERSION);
	reply.request = message;
	err->code = 0;
	status = request_encode(message, request, err);
	if (!status)
		status = message_exchange(nl, &reply, err);
	if (!status && reply.interrupted && request->job)
		return kms_fail(err, KMS_PARTIAL,
				"the answer is partial: records changed while the job ran");
	if (!status && reply.interrupted)
		return kms_fail(err, KMS_PARTIAL,
				"the answer is partial: the kernel's lists changed during each of %d tries",
				MAX_TRIES);
	return status;
}

/* Does it help to try again soon? */
static bool is_temporary(enum kms_status status, const struct kms_error *err)
{
	return status == KMS_PARTIAL || err->code == EBUSY ||
	       err->code == EINTR || err->code == EAGAIN;
}

static enum kms_status request_carry(struct kms_nl *nl,
				     const struct kms_request *request,
				     uint16_t flags, struct kms_rows *rows,
				     struct kms_error *err)
{
	struct timespec pause = { .tv_nsec = FIRST_PAUSE_NS };
	size_t before = rows->nr;
	enum kms_status status;
	int try;

	for (try = 1; ; try++) {
		status = request_try(nl, request, flags, rows, err);
		/* The answer of a job can be taken only once. */
		if (!status || !is_temporary(status, err) || request->job ||
		    try == MAX_TRIES)
			break;
		kms_rows_cut(rows, before);
		nanosleep(&pause, NULL);
		pause.tv_nsec *= 2;
	}
	if (status && status != KMS_PARTIAL)
		status = refusal_explain(request, status, err);
	return status;
}

enum kms_status kms_nl_dump(struct kms_nl *nl,
			    const struct kms_request *request,
			    struct kms_rows *rows, struct kms_error *err)
{
	return request_carry(nl, request, NLM_F_DUMP, rows, err);
}

enum kms_status kms_nl_do(struct kms_nl *nl, const struct kms_request *request,
			  struct kms_rows *rows, struct kms_error *err)
{
	return request_carry(nl, request, NLM_F_ACK, rows, err);
}
