// SPDX-License-Identifier: GPL-2.0-only
/* Sockets and the data that waits in them, by the files of /proc/net. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/sockets.h"
#include "lib/array.h"
#include "lib/clock.h"

/* Ask the clock after each batch of lines. */
#define BATCH 256

/* A host with more than this has other worries: 40 MiB of memory here. */
#define MAX_SOCKETS 1000000

/* States of TCP, from the kernel's include/net/tcp_states.h. */
#define STATE_CLOSE_WAIT 0x08
#define STATE_LISTEN 0x0a

/* The numbers of a line that begins with key. */
static const char *line_of(const char *text, const char *key)
{
	size_t len = strlen(key);

	while (text && strncmp(text, key, len)) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return text ? text + len : NULL;
}

/* A number after a word in a line: "mem 12" */
static bool word_parse(const char *line, const char *word, uint64_t *number)
{
	size_t end = line ? strcspn(line, "\n") : 0, len = strlen(word), i;

	for (i = 0; i + len < end; i++)
		if (line[i] == ' ' && !strncmp(line + i + 1, word, len) &&
		    line[i + 1 + len] == ' ')
			return sscanf(line + i + 1 + len, " %" SCNu64,
				      number) == 1;
	return false;
}

struct kms_sockstat kms_sockstat_parse(const char *text)
{
	const char *all = line_of(text, "sockets:");
	const char *tcp = line_of(text, "TCP:");
	const char *udp = line_of(text, "UDP:");
	struct kms_sockstat stat = { 0 };

	stat.known = word_parse(all, "used", &stat.nr) &&
		     word_parse(tcp, "alloc", &stat.nr_tcp) &&
		     word_parse(tcp, "orphan", &stat.nr_orphans) &&
		     word_parse(tcp, "mem", &stat.tcp_pages) &&
		     word_parse(udp, "mem", &stat.udp_pages);
	return stat;
}

/*
 * SLOT: LOCAL REMOTE STATE SENT:RECEIVED TIMER:WHEN RETRIES UID TIMEOUT INODE;
 * addresses are in hexadecimal digits, those of IPv6 longer.
 */
static bool inet_parse(struct kms_socket *socket, const char *line)
{
	unsigned int state;

	if (sscanf(line, " %*[0-9]: %*[0-9A-Fa-f:] %*[0-9A-Fa-f:] %x %" SCNx64
		   ":%" SCNx64 " %*x:%*x %*x %*u %*u %" SCNu64, &state,
		   &socket->sent_bytes, &socket->received_bytes,
		   &socket->inode) != 4)
		return false;
	if (socket->family != KMS_SOCKET_TCP)
		return true;
	socket->half_closed = state == STATE_CLOSE_WAIT;
	/* There it is the number of connections that wait. */
	if (state == STATE_LISTEN)
		socket->received_bytes = 0;
	return true;
}

/* ADDRESS: REFERENCES PROTOCOL FLAGS TYPE STATE INODE PATH */
static bool unix_parse(struct kms_socket *socket, const char *line)
{
	return sscanf(line, "%*[0-9A-Fa-f]: %*x %*x %*x %*x %*x %" SCNu64,
		      &socket->inode) == 1;
}

/* ADDRESS PROTOCOL PORT GROUPS RECEIVED SENT DUMP LOCKS DROPS INODE */
static bool netlink_parse(struct kms_socket *socket, const char *line)
{
	return sscanf(line, "%*[0-9A-Fa-f] %*u %*d %*x %" SCNu64 " %" SCNu64
		      " %*u %*u %*u %" SCNu64, &socket->received_bytes,
		      &socket->sent_bytes, &socket->inode) == 3;
}

/* ADDRESS REFERENCES TYPE PROTOCOL INTERFACE RUNNING RECEIVED USER INODE */
static bool packet_parse(struct kms_socket *socket, const char *line)
{
	return sscanf(line, "%*[0-9A-Fa-f] %*d %*d %*x %*d %*d %" SCNu64
		      " %*u %" SCNu64, &socket->received_bytes,
		      &socket->inode) == 2;
}

static bool (*const parsers[KMS_NR_SOCKET_FAMILIES])(struct kms_socket *socket,
						     const char *line) = {
	[KMS_SOCKET_TCP] = inet_parse,
	[KMS_SOCKET_UDP] = inet_parse,
	[KMS_SOCKET_RAW] = inet_parse,
	[KMS_SOCKET_UNIX] = unix_parse,
	[KMS_SOCKET_NETLINK] = netlink_parse,
	[KMS_SOCKET_PACKET] = packet_parse,
};

static bool socket_add(struct kms_sockets *sockets, struct kms_socket socket)
{
	struct kms_socket *more;

	/* The room doubles at each power of two. */
	if (!(sockets->nr & (sockets->nr - 1))) {
		more = realloc(sockets->socket,
			       (2 * sockets->nr + 1) * sizeof(*more));
		if (!more)
			return false;
		sockets->socket = more;
	}
	sockets->socket[sockets->nr++] = socket;
	return true;
}

bool kms_sockets_parse(struct kms_sockets *sockets,
		       enum kms_socket_family family, FILE *file,
		       uint64_t until_ns)
{
	bool complete = true;
	char *line = NULL;
	size_t room = 0, nr = 0;

	while (complete && getline(&line, &room, file) >= 0) {
		struct kms_socket socket = { .family = family };

		if (sockets->nr >= MAX_SOCKETS ||
		    (++nr % BATCH == 0 && kms_now_ns() >= until_ns)) {
			sockets->whole = false;
			break;
		}
		/* What is closing has no inode, and belongs to nobody. */
		if (parsers[family](&socket, line) && socket.inode)
			complete = socket_add(sockets, socket);
	}
	free(line);
	return complete;
}

bool kms_sockets_read(struct kms_sockets *sockets, const char *net,
		      uint64_t until_ns)
{
	static const struct {
		const char *name;
		enum kms_socket_family family;
	} files[] = {
		/* Those that mostly have few lines come first. */
		{ "packet", KMS_SOCKET_PACKET },
		{ "raw", KMS_SOCKET_RAW }, { "raw6", KMS_SOCKET_RAW },
		{ "netlink", KMS_SOCKET_NETLINK },
		{ "udp", KMS_SOCKET_UDP }, { "udp6", KMS_SOCKET_UDP },
		{ "tcp", KMS_SOCKET_TCP }, { "tcp6", KMS_SOCKET_TCP },
		{ "unix", KMS_SOCKET_UNIX },
	};
	bool complete = true;
	char path[300];
	FILE *file;
	size_t i;

	for (i = 0; complete && i < ARRAY_SIZE(files); i++) {
		if (kms_now_ns() >= until_ns) {
			sockets->whole = false;
			break;
		}
		snprintf(path, sizeof(path), "%.250s/%s", net, files[i].name);
		/* A kernel need not have all of them. */
		file = fopen(path, "re");
		if (!file)
			continue;
		complete = kms_sockets_parse(sockets, files[i].family, file,
					     until_ns);
		fclose(file);
	}
	return complete;
}

void kms_sockets_free(struct kms_sockets *sockets)
{
	free(sockets->socket);
	*sockets = (struct kms_sockets){ 0 };
}
