/* SPDX-License-Identifier: GPL-2.0-only */
/* Sockets and the data that waits in them, by the files of /proc/net. */
#ifndef KMS_HOST_SOCKETS_H
#define KMS_HOST_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum kms_socket_family {
	KMS_SOCKET_TCP,
	KMS_SOCKET_UDP,
	KMS_SOCKET_RAW,
	KMS_SOCKET_UNIX,
	KMS_SOCKET_NETLINK,
	KMS_SOCKET_PACKET,
	KMS_NR_SOCKET_FAMILIES,
};

struct kms_socket {
	uint64_t inode;		/* never 0 */
	uint64_t received_bytes;	/* not read yet */
	uint64_t sent_bytes;	/* which the other end has not taken */
	uint32_t pid;		/* of a process that has it; 0: not known */
	uint8_t family;
	bool half_closed;	/* TCP's CLOSE_WAIT: only this end is open */
};

struct kms_sockets {
	struct kms_socket *socket;
	size_t nr;
	bool whole;		/* no socket was left out */
};

/* /proc/net/sockstat: sockets of one network namespace, memory of all. */
struct kms_sockstat {
	bool known;
	uint64_t nr;
	uint64_t nr_tcp;	/* that exist, those in TIME_WAIT apart */
	uint64_t nr_orphans;	/* of TCP, that no process has */
	uint64_t tcp_pages;
	uint64_t udp_pages;
};

struct kms_sockstat kms_sockstat_parse(const char *text);

/*
 * Append the sockets of one file to sockets, until a time of CLOCK_BOOTTIME.
 * False when memory is out.
 */
bool kms_sockets_parse(struct kms_sockets *sockets,
		       enum kms_socket_family family, FILE *file,
		       uint64_t until_ns);

/* Append all sockets of a folder such as /proc/net. */
bool kms_sockets_read(struct kms_sockets *sockets, const char *net,
		      uint64_t until_ns);

void kms_sockets_free(struct kms_sockets *sockets);

#endif /* KMS_HOST_SOCKETS_H */
