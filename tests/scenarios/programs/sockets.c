// SPDX-License-Identifier: GPL-2.0-only
/* Sockets that are never closed, or never read; and such as are. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "program.h"

#define BACKLOG 4096
#define BLOCK_KIB 64

/* Who sends what nobody reads. It is innocent. */
#define SENDER "whimbrel"

static char data[64 * KIB];

/* An address of a family, with its length. */
struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_un local;
		struct sockaddr_nl netlink;
	};
	socklen_t size;
};

static int socket_make(int family, int type)
{
	int fd = socket(family, type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		fail("socket");
	return fd;
}

/* Bind to any port of loopback, or any local name. */
static struct address socket_bind(int fd, int family)
{
	struct address address = { .size = sizeof(address.in) };

	address.any.sa_family = family;
	if (family == AF_INET)
		address.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else
		address.size = sizeof(sa_family_t);
	if (bind(fd, &address.any, address.size))
		die("bind");
	address.size = sizeof(address.local);
	if (getsockname(fd, &address.any, &address.size))
		die("getsockname");
	return address;
}

static int socket_listen(int family, struct address *address)
{
	int fd = socket_make(family, SOCK_STREAM);

	*address = socket_bind(fd, family);
	if (listen(fd, BACKLOG))
		die("listen");
	return fd;
}

static int socket_connect(int family, int type, const struct address *address)
{
	int fd = socket_make(family, type);

	if (connect(fd, &address->any, address->size))
		die("connect");
	return fd;
}

/* NR connections more each MS: both ends are ours, and stay open. */
static void tcp(char **arg)
{
	unsigned long nr = number(arg[0]), ms = number(arg[1]), i;
	struct address address;
	int listener = socket_listen(AF_INET, &address);

	for (ready();; pace(ms)) {
		for (i = 0; i < nr; i++) {
			socket_connect(AF_INET, SOCK_STREAM, &address);
			if (accept(listener, NULL, NULL) < 0)
				die("accept");
		}
	}
}

/* The same, but each is used and closed. */
static void tcp_closed(char **arg)
{
	unsigned long nr = number(arg[0]), ms = number(arg[1]), i;
	struct address address;
	int listener = socket_listen(AF_INET, &address);

	for (ready();; pace(ms)) {
		for (i = 0; i < nr; i++) {
			int ours = socket_connect(AF_INET, SOCK_STREAM,
						  &address);
			int theirs = accept(listener, NULL, NULL);

			if (write(ours, data, KIB) != KIB ||
			    read(theirs, data, KIB) != KIB)
				die("connection");
			close(ours);
			close(theirs);
		}
	}
}

/* NR sockets more each MS, bound to a port. */
static void udp(char **arg)
{
	unsigned long nr = number(arg[0]), ms = number(arg[1]), i;

	for (ready();; pace(ms))
		for (i = 0; i < nr; i++)
			socket_bind(socket_make(AF_INET, SOCK_DGRAM), AF_INET);
}

/* NR pairs more each MS. */
static void local(char **arg)
{
	unsigned long nr = number(arg[0]), ms = number(arg[1]), i;
	int pair[2];

	for (ready();; pace(ms))
		for (i = 0; i < nr; i++)
			if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
				fail("socketpair");
}

/* NR packet sockets more each MS, with a ring of KIB each. */
static void packet(char **arg)
{
	unsigned long kib = number(arg[0]), nr = number(arg[1]), i;
	unsigned long ms = number(arg[2]);
	struct tpacket_req ring = {
		.tp_block_size = BLOCK_KIB * KIB,
		.tp_block_nr = kib / BLOCK_KIB,
		.tp_frame_size = 2 * KIB,
		.tp_frame_nr = kib / 2,
	};

	for (ready();; pace(ms)) {
		for (i = 0; i < nr; i++) {
			int fd = socket_make(AF_PACKET, SOCK_RAW);

			if (setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &ring,
				       sizeof(ring)))
				fail("ring");
		}
	}
}

static void receive_buffer(int fd, int bytes)
{
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		die("SO_RCVBUFFORCE");
}

static void buffer_send(int fd, size_t bytes)
{
	ssize_t sent = send(fd, data, bytes, MSG_NOSIGNAL);

	if (sent != (ssize_t)bytes)
		die("send");
}

/* The child: KIB in messages of 1 KiB each MS, to one socket. */
static void messages_send(int family, int type, const struct address *address,
			  unsigned long kib, unsigned long ms)
{
	int fd = socket_connect(family, type, address);
	unsigned long i;

	for (name_set(SENDER);; pace(ms))
		for (i = 0; i < kib; i++)
			buffer_send(fd, KIB);
}

/* One socket with a large buffer, which this process never reads. */
static void messages_queue(int family, int type, char **arg, int reads)
{
	int fd = socket_make(family, type);
	struct address address;
	pid_t pid;

	receive_buffer(fd, 900 * MIB);
	address = socket_bind(fd, family);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		/* Only the receiver holds its socket. */
		close(fd);
		messages_send(family, type, &address, number(arg[0]),
			      number(arg[1]));
	}
	for (ready(); reads; )
		if (recv(fd, data, sizeof(data), 0) < 0)
			die("recv");
	stay();
}

static void udp_queue(char **arg)
{
	messages_queue(AF_INET, SOCK_DGRAM, arg, 0);
}

static void udp_read(char **arg)
{
	messages_queue(AF_INET, SOCK_DGRAM, arg, 1);
}

/* The child: a new connection each MS, with KIB in it. */
static void streams_send(int family, const struct address *address,
			 unsigned long kib, unsigned long ms)
{
	for (name_set(SENDER);; pace(ms))
		buffer_send(socket_connect(family, SOCK_STREAM, address),
			    kib * KIB);
}

/* Connections are accepted, and never read. */
static void streams_queue(int family, char **arg)
{
	struct address address;
	int listener = socket_listen(family, &address);
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid) {
		close(listener);
		streams_send(family, &address, number(arg[0]), number(arg[1]));
	}
	for (ready();;)
		if (accept(listener, NULL, NULL) < 0)
			die("accept");
}

static void tcp_queue(char **arg)
{
	streams_queue(AF_INET, arg);
}

static void local_queue(char **arg)
{
	streams_queue(AF_UNIX, arg);
}

/* The child: messages of 1 KiB to the netlink port of its parent. */
static void netlink_send(unsigned int port, unsigned long kib, unsigned long ms)
{
	const struct sockaddr_nl to = {
		.nl_family = AF_NETLINK,
		.nl_pid = port,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
			NETLINK_USERSOCK);
	struct nlmsghdr *header = (struct nlmsghdr *)data;
	unsigned long i;

	header->nlmsg_len = KIB;
	for (name_set(SENDER);; pace(ms))
		for (i = 0; i < kib; i++)
			if (sendto(fd, data, KIB, 0, (struct sockaddr *)&to,
				   sizeof(to)) != KIB)
				die("sendto");
}

static void netlink_queue(char **arg)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
			NETLINK_USERSOCK);
	socklen_t size = sizeof(address);
	pid_t pid;

	if (fd < 0)
		fail("netlink");
	receive_buffer(fd, 900 * MIB);
	if (bind(fd, (struct sockaddr *)&address, size) ||
	    getsockname(fd, (struct sockaddr *)&address, &size))
		die("bind");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		close(fd);
		netlink_send(address.nl_pid, number(arg[0]), number(arg[1]));
	}
	ready();
	stay();
}

const struct mode modes[] = {
	{ "tcp", 2, "NR MS", tcp },
	{ "tcp-closed", 2, "NR MS", tcp_closed },
	{ "udp", 2, "NR MS", udp },
	{ "unix", 2, "NR MS", local },
	{ "packet", 3, "KIB NR MS", packet },
	{ "udp-queue", 2, "KIB MS", udp_queue },
	{ "udp-read", 2, "KIB MS", udp_read },
	{ "tcp-queue", 2, "KIB MS", tcp_queue },
	{ "unix-queue", 2, "KIB MS", local_queue },
	{ "netlink-queue", 2, "KIB MS", netlink_queue },
	{ NULL, 0, NULL, NULL },
};
