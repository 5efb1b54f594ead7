// SPDX-License-Identifier: GPL-2.0-only
/* Sockets and what waits in them, out of the kernel's text. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diagnose/observe/holders.h"
#include "host/process_files.h"
#include "host/sockets.h"
#include "lib/clock.h"

#define FOREVER UINT64_MAX

static struct kms_sockets sockets;

static int begin(void **state)
{
	(void)state;
	sockets = (struct kms_sockets){ .whole = true };
	return 0;
}

static int end(void **state)
{
	(void)state;
	kms_sockets_free(&sockets);
	return 0;
}

static void parse_bytes(enum kms_socket_family family, const char *text,
			size_t len)
{
	FILE *file = fmemopen((void *)text, len, "r");

	assert_non_null(file);
	assert_true(kms_sockets_parse(&sockets, family, file, FOREVER));
	fclose(file);
}

static void parse(enum kms_socket_family family, const char *text)
{
	parse_bytes(family, text, strlen(text));
}

static void tcp(void **state)
{
	(void)state;
	parse(KMS_SOCKET_TCP,
	      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
	      "   0: 00000000:07E8 00000000:0000 0A 00000000:00000080 00:00000000 00000000     0        0 108 1 0000000000000000 100 0 0 10 0\n"
	      "   1: 0100007F:9782 0100007F:0050 08 00000000:0000C000 00:00000000 00000000  1000        0 23456 1 0000000000000000\n"
	      "   2: 0100007F:0050 0100007F:9782 01 00010000:00000000 01:00000015 00000003     0        0 23457 2 0000000000000000\n"
	      "   3: 020200C0:9782 507100CB:0050 06 00000000:00000000 03:000012B5 00000000     0        0 0 3 0000000000000000\n");
	/* One in TIME_WAIT belongs to nobody. */
	assert_int_equal(sockets.nr, 3);
	/* Connections that wait to be accepted are no bytes. */
	assert_int_equal(sockets.socket[0].received_bytes, 0);
	assert_int_equal(sockets.socket[1].inode, 23456);
	assert_int_equal(sockets.socket[1].received_bytes, 0xc000);
	assert_true(sockets.socket[1].half_closed);
	assert_int_equal(sockets.socket[2].sent_bytes, 0x10000);
	assert_false(sockets.socket[2].half_closed);
	assert_true(sockets.whole);
}

static void tcp_of_ipv6(void **state)
{
	(void)state;
	parse(KMS_SOCKET_TCP,
	      "   0: 00000000000000000000000001000000:1F90 00000000000000000000000001000000:0050 01 00000000:00000400 00:00000000 00000000     0        0 777 1 0000000000000000 20 4 0 10 -1\n");
	assert_int_equal(sockets.nr, 1);
	assert_int_equal(sockets.socket[0].inode, 777);
	assert_int_equal(sockets.socket[0].received_bytes, 0x400);
}

static void udp(void **state)
{
	(void)state;
	parse(KMS_SOCKET_UDP,
	      "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n"
	      " 1234: 0100007F:D431 00000000:0000 07 00000000:02BA2F00 00:00000000 00000000     0        0 10457 2 0000000000000000 17\n");
	assert_int_equal(sockets.nr, 1);
	assert_int_equal(sockets.socket[0].received_bytes, 0x2ba2f00);
	/* State 7 is of no meaning there. */
	assert_false(sockets.socket[0].half_closed);
}

static void others(void **state)
{
	(void)state;
	parse(KMS_SOCKET_UNIX,
	      "Num       RefCount Protocol Flags    Type St Inode Path\n"
	      "0000000000000000: 00000003 00000000 00000000 0001 03 15888 /run/a b\n"
	      "0000000000000000: 00000002 00000000 00010000 0001 01 15889 @\x01\xff\n");
	parse(KMS_SOCKET_NETLINK,
	      "sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n"
	      "0000000000000000 15  4294966210 00000001 212992   0        0     2        5        1502    \n");
	parse(KMS_SOCKET_PACKET,
	      "sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n"
	      "0000000000000000 3      3    0003   2     1 65536  0      42424 \n");
	assert_int_equal(sockets.nr, 4);
	assert_int_equal(sockets.socket[0].inode, 15888);
	assert_int_equal(sockets.socket[1].inode, 15889);
	assert_int_equal(sockets.socket[2].inode, 1502);
	assert_int_equal(sockets.socket[2].received_bytes, 212992);
	assert_int_equal(sockets.socket[3].inode, 42424);
	assert_int_equal(sockets.socket[3].received_bytes, 65536);
}

/* Any bytes, and lines that end anywhere: nothing of it is a socket. */
static void odd_lines(void **state)
{
	static const char odd[] =
		"\0\0\0\n"
		"   0: \n"
		"   1: 0100007F\n"
		"   2: 0100007F:9782 0100007F:0050 01\n"
		"   3: 0100007F:9782 0100007F:0050 01 00000000:00000000 00:00000000 00000000     0        0\n"
		"   x: 0100007F:9782 0100007F:0050 01 00000000:00000000 00:00000000 00000000     0        0 5\n"
		"\xff\xfe\x80 1 2 3 4 5 6 7 8 9\n"
		"   4: ";
	size_t family;

	(void)state;
	for (family = 0; family < KMS_NR_SOCKET_FAMILIES; family++)
		parse_bytes(family, odd, sizeof(odd) - 1);
	assert_int_equal(sockets.nr, 0);
}

static void many_lines(void **state)
{
	static const char line[] =
		"%6u: 0100007F:9782 0100007F:0050 01 00000000:00000010 00:00000000 00000000     0        0 %u 1 0000000000000000\n";
	FILE *file = tmpfile();
	unsigned int i;

	(void)state;
	assert_non_null(file);
	for (i = 1; i <= 100000; i++)
		fprintf(file, line, i, i);
	rewind(file);
	assert_true(kms_sockets_parse(&sockets, KMS_SOCKET_TCP, file, FOREVER));
	assert_int_equal(sockets.nr, 100000);
	assert_int_equal(sockets.socket[99999].inode, 100000);
	assert_true(sockets.whole);
	/* Without time it ends, and says so. */
	rewind(file);
	assert_true(kms_sockets_parse(&sockets, KMS_SOCKET_TCP, file, 0));
	assert_in_range(sockets.nr, 100000, 101000);
	assert_false(sockets.whole);
	fclose(file);
}

static void sockstat(void **state)
{
	struct kms_sockstat stat = kms_sockstat_parse(
		"sockets: used 1319\n"
		"TCP: inuse 40 orphan 3 tw 7 alloc 121 mem 9413\n"
		"UDP: inuse 5 mem 198\nUDPLITE: inuse 0\nRAW: inuse 0\n"
		"FRAG: inuse 0 memory 0\n");

	(void)state;
	assert_true(stat.known);
	assert_int_equal(stat.nr, 1319);
	assert_int_equal(stat.nr_tcp, 121);
	assert_int_equal(stat.nr_orphans, 3);
	assert_int_equal(stat.tcp_pages, 9413);
	assert_int_equal(stat.udp_pages, 198);
	assert_false(kms_sockstat_parse("").known);
	assert_false(kms_sockstat_parse("sockets: used 1\nTCP: inuse 4\n").known);
	/* "memory" is not "mem". */
	assert_false(kms_sockstat_parse("sockets: used 1\nTCP: orphan 0 alloc 1 mem 2\nUDP: inuse 4 memory 7\n").known);
}

/* What waits is of the process that has the socket. */
static void owners(void **state)
{
	struct kms_socket_owner owner[] = { { 9, 90 }, { 7, 70 }, { 8, 80 } };
	struct kms_socket_owners all = { owner, 3 };

	(void)state;
	parse(KMS_SOCKET_NETLINK, "0 0 0 0 100 0 0 2 0 7\n0 0 0 0 1 0 0 2 0 6\n");
	kms_sockets_own(&sockets, &all);
	assert_int_equal(sockets.socket[0].pid, 70);
	assert_int_equal(sockets.socket[1].pid, 0);
}

static void this_host(void **state)
{
	(void)state;
	assert_true(kms_sockets_read(&sockets, "/proc/net", FOREVER));
	assert_true(sockets.whole);
	assert_true(kms_sockets_read(&sockets, "/nonexistent", FOREVER));
	/* No time: nothing is read. */
	assert_true(kms_sockets_read(&sockets, "/proc/net", 0));
	assert_false(sockets.whole);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tcp), TEST(tcp_of_ipv6), TEST(udp), TEST(others),
		TEST(odd_lines), TEST(many_lines), TEST(sockstat),
		TEST(owners), TEST(this_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
