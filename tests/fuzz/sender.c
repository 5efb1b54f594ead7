// SPDX-License-Identifier: GPL-2.0-only
/*
 * Send wrong and random messages to kmemscope's netlink family, in a guest.
 *
 * usage: sender SEED MESSAGES SECONDS
 *
 * Ends after MESSAGES messages or SECONDS seconds. The same seed makes the same
 * choices; answers and their times may still differ. Prints a line of figures.
 */
#include <err.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/kmemscope.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "table/kinds.h"

#define NR_CHANNELS	32
#define BATCH_BYTES	16384
/* The largest part of it that a message uses. */
#define MESSAGE_BYTES	1024

static const struct kms_kind *const kinds[] = {
#include "all_kinds.h"
};

#define NR_KINDS	(sizeof(kinds) / sizeof(*kinds))

struct channel {
	int fd;
	bool stalls;		/* never reads */
	uint32_t job;		/* the last job that it started */
};

static struct {
	unsigned long messages, sockets, records, refused, ended, lost, jobs;
} count;

static struct channel channels[NR_CHANNELS];
static uint16_t family;

static char batch[BATCH_BYTES] __attribute__((aligned(8)));
static size_t used;

static uint64_t state;

static uint64_t draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static bool one_in(unsigned int n)
{
	return draw() % n == 0;
}

/* Small and large numbers are equally likely. */
static uint64_t any_number(void)
{
	return draw() >> draw() % 64;
}

static struct nlmsghdr *begin(uint8_t cmd, uint16_t flags)
{
	struct nlmsghdr *message = (void *)(batch + used);
	struct genlmsghdr *header = NLMSG_DATA(message);

	memset(message, 0, NLMSG_HDRLEN + GENL_HDRLEN);
	message->nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN;
	message->nlmsg_type = family;
	message->nlmsg_flags = NLM_F_REQUEST | flags;
	message->nlmsg_seq = (uint32_t)++count.messages;
	header->cmd = cmd;
	header->version = 1;
	return message;
}

static void end(const struct nlmsghdr *message)
{
	used += NLMSG_ALIGN(message->nlmsg_len);
}

static struct nlattr *put(struct nlmsghdr *message, uint16_t type,
			  const void *payload, size_t size)
{
	struct nlattr *attr = (void *)((char *)message + message->nlmsg_len);

	memset(attr, 0, NLA_ALIGN(NLA_HDRLEN + size));
	attr->nla_len = NLA_HDRLEN + size;
	attr->nla_type = type;
	memcpy(attr + 1, payload, size);
	message->nlmsg_len += NLA_ALIGN(attr->nla_len);
	return attr;
}

static void put_u32(struct nlmsghdr *message, uint16_t type, uint32_t value)
{
	put(message, type, &value, sizeof(value));
}

static void put_u64(struct nlmsghdr *message, uint16_t type, uint64_t value)
{
	put(message, type, &value, sizeof(value));
}

static void put_text(struct nlmsghdr *message, uint16_t type, const char *text)
{
	put(message, type, text, strlen(text) + 1);
}

static const char *any_text(void)
{
	static const char *const texts[] = {
		"dentry", "kmalloc-64", "vma_lock", "Normal", "DMA32", "slab",
		"", "/", "no such", "%s%n", "\377\376\033[2J", "Movable",
	};

	return texts[draw() % (sizeof(texts) / sizeof(*texts))];
}

/* The type is right, and sometimes the value too. */
static struct nlattr *put_column(struct nlmsghdr *message,
				 const struct kms_column *column)
{
	uint64_t number = one_in(2) ? draw() % 3 : any_number();

	switch (column->type) {
	case KMS_TYPE_STRING:
		return put(message, column->attr, any_text(),
			   draw() % 2 + strlen(any_text()) % 12);
	case KMS_TYPE_U32:
		return put(message, column->attr, &number, sizeof(uint32_t));
	default:
		return put(message, column->attr, &number, sizeof(number));
	}
}

static void put_garbage(struct nlmsghdr *message)
{
	uint64_t bytes[16];
	size_t i;

	for (i = 0; i < sizeof(bytes) / sizeof(*bytes); i++)
		bytes[i] = draw();
	put(message, draw() % (one_in(4) ? 0x10000 : 64), bytes,
	    draw() % sizeof(bytes));
}

/* Nested attributes, with lengths that are right or too long. */
static void put_nested(struct nlmsghdr *message)
{
	uint16_t inner[24];
	size_t i;

	for (i = 0; i < sizeof(inner) / sizeof(*inner); i += 2) {
		inner[i] = sizeof(inner) - 2 * i;
		inner[i + 1] = NLA_F_NESTED | draw() % 16;
	}
	if (one_in(2))
		inner[draw() % 24] = draw();
	put(message, NLA_F_NESTED | draw() % 16, inner, sizeof(inner));
}

static uint16_t any_flags(void)
{
	return one_in(3) ? NLM_F_DUMP : one_in(3) ? draw() : 0;
}

static uint8_t any_command(void)
{
	return one_in(8) ? draw() : draw() % (KMEMSCOPE_CMD_MAX + 2);
}

/* Never switch off here: off_and_on() does, and only for a moment. */
static bool switches(const struct nlmsghdr *message)
{
	const struct genlmsghdr *header = NLMSG_DATA(message);

	return header->cmd == KMEMSCOPE_CMD_STATUS_SET;
}

/* A valid request, or one with a single error. */
static void nearly_sound(struct channel *channel)
{
	const struct kms_kind *kind = kinds[draw() % NR_KINDS];
	struct nlmsghdr *message = begin(kind->cmd, NLM_F_DUMP);
	const struct kms_column *column;
	struct nlattr *attr = NULL;
	unsigned int i;

	for (i = 1 + draw() % 4; i; i--) {
		column = &kind->columns[draw() % kind->nr_columns];
		if (column->key || one_in(4))
			attr = put_column(message, column);
	}
	/* Rarely a whole dump: it takes as long as hundreds of refusals. */
	if (!attr)
		put_garbage(message);
	if (kind->job_attr && one_in(3))
		put_u32(message, kind->job_attr,
			one_in(2) ? channel->job : any_number());
	if (attr && one_in(3))
		attr->nla_len = one_in(2) ? draw() : attr->nla_len + 4 -
						     draw() % 8;
	if (attr && one_in(4))
		attr->nla_type ^= 1 << draw() % 16;
	if (one_in(8))
		put_nested(message);
	end(message);
}

static void garbage(struct channel *channel)
{
	struct nlmsghdr *message = begin(any_command(), any_flags());
	unsigned int i;

	(void)channel;
	if (switches(message))
		message->nlmsg_flags |= NLM_F_DUMP;
	for (i = one_in(16) ? 0 : 1 + draw() % 4; i; i--)
		one_in(5) ? put_nested(message) : put_garbage(message);
	if (one_in(16))
		message->nlmsg_type = draw() % 64;
	end(message);
}

/* A message with a wrong length must be the last of a datagram. */
static void wrong_length(struct channel *channel)
{
	struct nlmsghdr *message = begin(any_command(), any_flags());

	(void)channel;
	if (switches(message))
		message->nlmsg_flags |= NLM_F_DUMP;
	put_garbage(message);
	end(message);
	message->nlmsg_len = one_in(2) ? draw() % 64 : any_number();
}

static void job_start(struct channel *channel)
{
	struct nlmsghdr *message;

	/* A channel that never reads keeps its jobs: start few, as all count. */
	if (channel->stalls && !one_in(16))
		return;
	message = begin(KMEMSCOPE_CMD_JOB_START, 0);
	put_text(message, KMEMSCOPE_A_JOB_KIND, one_in(16) ? any_text() :
		 one_in(3) ? "trace" : one_in(2) ? "dentry" :
		 kinds[draw() % NR_KINDS]->name);
	if (!one_in(16))
		put_u64(message, KMEMSCOPE_A_JOB_BUDGET_NS,
			one_in(16) ? any_number() : draw() % 20000000);
	if (!one_in(4))
		put_text(message, KMEMSCOPE_A_JOB_CACHE,
			 one_in(4) ? any_text() : "dentry");
	if (!one_in(16))
		put_u64(message, KMEMSCOPE_A_JOB_DURATION_NS,
			one_in(16) ? any_number() : draw() % 50000000);
	if (one_in(2))
		put(message, KMEMSCOPE_A_JOB_STACKS, "", 0);
	if (one_in(16))
		put_garbage(message);
	end(message);
}

static void job_end(struct channel *channel)
{
	struct nlmsghdr *message;

	message = begin(one_in(2) ? KMEMSCOPE_CMD_JOB_STOP :
			KMEMSCOPE_CMD_JOB_FINISH, one_in(4) ? draw() : 0);
	if (!one_in(16))
		put_u32(message, KMEMSCOPE_A_JOB_ID, one_in(4) ? any_number() :
			channel->job);
	end(message);
}

static void whole_dump(struct channel *channel)
{
	(void)channel;
	end(begin(kinds[draw() % NR_KINDS]->cmd, NLM_F_DUMP));
}

static void on(void)
{
	struct nlmsghdr *message = begin(KMEMSCOPE_CMD_STATUS_SET, 0);

	put_u32(message, KMEMSCOPE_A_STATUS_ENABLED, 1);
	end(message);
}

static void off_and_on(struct channel *channel)
{
	struct nlmsghdr *message = begin(KMEMSCOPE_CMD_STATUS_SET, 0);

	put_u32(message, KMEMSCOPE_A_STATUS_ENABLED, 0);
	end(message);
	whole_dump(channel);
	job_start(channel);
	on();
}

static void fill_batch(struct channel *channel)
{
	/* Refusals are the cheapest; collecting takes milliseconds. */
	static const struct {
		void (*add)(struct channel *channel);
		unsigned int weight;
	} ways[] = {
		{ garbage, 840 }, { nearly_sound, 100 }, { job_end, 40 },
		{ job_start, 12 }, { whole_dump, 6 }, { off_and_on, 2 },
	};
	size_t want = draw() % (BATCH_BYTES - 8 * MESSAGE_BYTES), way;
	unsigned int left;

	used = 0;
	do {
		left = draw() % 1000;
		for (way = 0; left >= ways[way].weight; way++)
			left -= ways[way].weight;
		ways[way].add(channel);
	} while (used < want);
	if (one_in(4))
		wrong_length(channel);
}

static void open_channel(struct channel *channel)
{
	static const int rooms[] = { 1, 4096, 65536, 1 << 20 };
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int yes = 1, room = rooms[draw() % 4];

	channel->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
			     NETLINK_GENERIC);
	if (channel->fd < 0 ||
	    bind(channel->fd, (void *)&address, sizeof(address)))
		err(1, "netlink socket");
	channel->stalls = one_in(4);
	channel->job = 0;
	if (one_in(2))
		setsockopt(channel->fd, SOL_NETLINK, NETLINK_EXT_ACK, &yes,
			   sizeof(yes));
	if (one_in(2))
		setsockopt(channel->fd, SOL_NETLINK, NETLINK_CAP_ACK, &yes,
			   sizeof(yes));
	setsockopt(channel->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	count.sockets++;
}

/* The number of a started job, from its answer. */
static void take_job(struct channel *channel, const struct nlmsghdr *message)
{
	const struct genlmsghdr *header = NLMSG_DATA(message);
	const char *at = (const char *)(header + 1);
	const char *stop = (const char *)message + message->nlmsg_len;

	if (header->cmd != KMEMSCOPE_CMD_JOB_START)
		return;
	count.jobs++;
	while (at + NLA_HDRLEN + sizeof(uint32_t) <= stop) {
		const struct nlattr *attr = (const void *)at;

		if (attr->nla_type == KMEMSCOPE_A_JOB_ID)
			memcpy(&channel->job, attr + 1, sizeof(uint32_t));
		at += NLA_ALIGN(attr->nla_len);
	}
}

/* The kernel's messages must be valid, whatever it got. */
static void take(struct channel *channel, const char *data, size_t size)
{
	while (size) {
		const struct nlmsghdr *message = (const void *)data;
		size_t whole;

		if (size < sizeof(*message) ||
		    message->nlmsg_len < sizeof(*message) ||
		    message->nlmsg_len > size)
			errx(1, "the kernel sent a message of a wrong length");
		if (message->nlmsg_type == NLMSG_DONE) {
			count.ended++;
		} else if (message->nlmsg_type == NLMSG_ERROR) {
			count.refused++;
		} else {
			count.records++;
			take_job(channel, message);
		}
		whole = NLMSG_ALIGN(message->nlmsg_len);
		whole = whole < size ? whole : size;
		data += whole;
		size -= whole;
	}
}

static void drain(struct channel *channel, unsigned int most)
{
	static char room[1 << 17] __attribute__((aligned(8)));
	ssize_t size;

	while (most--) {
		size = recv(channel->fd, room, sizeof(room), MSG_DONTWAIT);
		if (size > 0) {
			take(channel, room, size);
			continue;
		}
		if (size < 0 && errno == EAGAIN)
			return;
		count.lost++;
	}
}

static void step(void)
{
	struct channel *channel = &channels[draw() % NR_CHANNELS];

	if (one_in(16)) {
		close(channel->fd);
		open_channel(channel);
	}
	fill_batch(channel);
	if (send(channel->fd, batch, used, MSG_DONTWAIT) < 0)
		count.lost++;
	if (!channel->stalls)
		drain(channel, 1 + draw() % 64);
}

static void find_family(void)
{
	char room[4096] __attribute__((aligned(8)));
	struct channel channel;
	struct nlmsghdr *message;
	const char *at;

	open_channel(&channel);
	family = GENL_ID_CTRL;
	message = begin(CTRL_CMD_GETFAMILY, 0);
	put_text(message, CTRL_ATTR_FAMILY_NAME, KMEMSCOPE_FAMILY_NAME);
	if (send(channel.fd, message, message->nlmsg_len, 0) < 0 ||
	    recv(channel.fd, room, sizeof(room), 0) < 0)
		err(1, "asking for the family");
	message = (void *)room;
	if (message->nlmsg_type != GENL_ID_CTRL)
		errx(1, "there is no family " KMEMSCOPE_FAMILY_NAME);
	for (at = room + NLMSG_HDRLEN + GENL_HDRLEN;
	     at < room + message->nlmsg_len;
	     at += NLA_ALIGN(((const struct nlattr *)at)->nla_len))
		if (((const struct nlattr *)at)->nla_type ==
		    CTRL_ATTR_FAMILY_ID)
			memcpy(&family, at + NLA_HDRLEN, sizeof(family));
	close(channel.fd);
}

int main(int argc, char **argv)
{
	unsigned long most;
	time_t started = time(NULL);
	unsigned int i;

	if (argc != 4)
		errx(2, "usage: sender SEED MESSAGES SECONDS");
	state = strtoull(argv[1], NULL, 0) * 2 + 1;
	most = strtoul(argv[2], NULL, 0);
	find_family();
	for (i = 0; i < NR_CHANNELS; i++)
		open_channel(&channels[i]);
	while (count.messages < most &&
	       time(NULL) - started < strtol(argv[3], NULL, 0))
		step();
	used = 0;
	on();
	open_channel(&channels[0]);
	if (send(channels[0].fd, batch, used, 0) < 0)
		err(1, "switching on");
	printf("seed %s: %lu messages in %ld s by %lu sockets; came back: %lu refusals, %lu records, %lu dumps to the end, %lu jobs; %lu sends or receives failed\n",
	       argv[1], count.messages, (long)(time(NULL) - started),
	       count.sockets, count.refused, count.records, count.ended,
	       count.jobs, count.lost);
	return 0;
}
