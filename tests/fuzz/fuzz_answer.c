// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzz the reader's decoder, from datagrams to rows.
 *
 * An input is the number of a record type, and datagrams, each after its length
 * in two bytes. Their messages answer a request with the numbers below, which
 * tests/fuzz/seeds.py uses too.
 */
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/decode.h"
#include "client/reply.h"
#include "table/kinds.h"

#define FAMILY	0x20
#define SEQ	1
#define PORT	1

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct kms_kind *const kinds[] = {
#include "all_kinds.h"
};

#define NR_KINDS	(sizeof(kinds) / sizeof(*kinds))

static void must_hold(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

/* Make a request with all keys, because a refusal names one of them. */
static void make_request(struct nlmsghdr *message, const struct kms_kind *kind)
{
	struct genlmsghdr *header;
	size_t i;

	message->nlmsg_type = FAMILY;
	message->nlmsg_seq = SEQ;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->cmd = kind->cmd;
	header->version = 1;
	for (i = 0; i < kind->nr_columns; i++) {
		const struct kms_column *column = &kind->columns[i];

		if (!column->key)
			continue;
		if (column->type == KMS_TYPE_STRING)
			mnl_attr_put_strz(message, column->attr, "a\nb");
		else
			mnl_attr_put_u32(message, column->attr, 7);
	}
}

static enum kms_status take_row(const struct nlmsghdr *message, void *arg,
				struct kms_error *err)
{
	return kms_decode_row(message, arg, err);
}

/* Texts of the kernel are printed to terminals. */
static void check_text(const char *text)
{
	must_hold(text, "there is a text");
	for (; *text; text++)
		must_hold((unsigned char)*text >= ' ' && *text != 0x7f,
			  "text has no control characters");
}

static void check_value(const struct kms_value *value,
			const struct kms_column *column)
{
	if (value->presence == KMS_ABSENT)
		return;
	must_hold((value->presence == KMS_TEXT) ==
		  (column->type == KMS_TYPE_STRING),
		  "a value has the type of its column");
	if (value->presence == KMS_TEXT)
		check_text(value->text);
	else
		must_hold(kms_value_fits(value, column),
			  "a number fits its column");
}

static void check_rows(const struct kms_rows *rows)
{
	size_t i, column;

	for (i = 0; i < rows->nr; i++)
		for (column = 0; column < rows->kind->nr_columns; column++)
			check_value(&rows->row[i][column],
				    &rows->kind->columns[column]);
}

/* In memory of its exact size, so that ASan sees a read behind it. */
static enum kms_status take_datagram(struct kms_reply *reply,
				     const uint8_t *data, size_t size,
				     struct kms_error *err)
{
	enum kms_status status;
	void *mine = malloc(size);

	if (!mine)
		return KMS_OK;
	memcpy(mine, data, size);
	status = kms_reply_take(reply, mine, size, err);
	free(mine);
	return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char room[MNL_NLMSG_HDRLEN + 4096] __attribute__((aligned(8)));
	struct nlmsghdr *request = mnl_nlmsg_put_header(room);
	struct kms_error err = { 0 };
	struct kms_rows rows = { 0 };
	struct kms_reply reply = {
		.request = request,
		.family = FAMILY,
		.portid = PORT,
		.take = take_row,
		.arg = &rows,
	};
	enum kms_status status = KMS_OK;
	size_t len;

	if (!size)
		return 0;
	rows.kind = kinds[*data++ % NR_KINDS];
	size--;
	reply.kind = rows.kind;
	make_request(request, rows.kind);
	while (!status && !reply.done && size > 2) {
		len = data[0] | data[1] << 8;
		data += 2;
		size -= 2;
		if (len > size)
			len = size;
		status = take_datagram(&reply, data, len, &err);
		data += len;
		size -= len;
	}
	check_rows(&rows);
	if (status)
		check_text(err.text);
	kms_rows_free(&rows);
	return 0;
}
