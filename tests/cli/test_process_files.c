// SPDX-License-Identifier: GPL-2.0-only
/* Open files by process and by kind. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diagnose/observe/files.h"
#include "host/process_files.h"
#include "lib/clock.h"

#define FOREVER UINT64_MAX
#define NR 50

static void kinds_by_link(void **state)
{
	static const struct {
		const char *link;
		enum kms_file_kind kind;
	} links[] = {
		{ "socket:[123]", KMS_FILE_SOCKET },
		{ "pipe:[9]", KMS_FILE_PIPE },
		{ "anon_inode:[eventfd]", KMS_FILE_EVENTFD },
		{ "anon_inode:[eventpoll]", KMS_FILE_EPOLL },
		{ "anon_inode:[timerfd]", KMS_FILE_TIMERFD },
		{ "anon_inode:inotify", KMS_FILE_INOTIFY },
		{ "anon_inode:bpf-map", KMS_FILE_BPF_MAP },
		{ "anon_inode:bpf-prog", KMS_FILE_BPF },
		{ "anon_inode:bpf_link", KMS_FILE_BPF },
		{ "anon_inode:[io_uring]", KMS_FILE_IO_URING },
		{ "anon_inode:[perf_event]", KMS_FILE_PERF },
		{ "anon_inode:[new thing]", KMS_FILE_OTHER },
		{ "/memfd:bittern (deleted)", KMS_FILE_MEMFD },
		{ "/tmp/socket:[1]", KMS_FILE_ON_DISK },
		{ "/", KMS_FILE_ON_DISK },
		{ "net:[4026531840]", KMS_FILE_OTHER },
		{ "", KMS_FILE_OTHER },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		assert_int_equal(kms_file_kind_of(links[i].link),
				 links[i].kind);
}

static void inodes_of_sockets(void **state)
{
	uint64_t inode = 5;

	(void)state;
	assert_true(kms_socket_inode("socket:[123]", &inode));
	assert_int_equal(inode, 123);
	assert_true(kms_socket_inode("socket:[18446744073709551614]", &inode));
	assert_false(kms_socket_inode("socket:[]", &inode));
	assert_false(kms_socket_inode("socket:[12", &inode));
	assert_false(kms_socket_inode("socket:[12] (deleted)", &inode));
	assert_false(kms_socket_inode("socket:[-1]", &inode));
	assert_false(kms_socket_inode("socket:[99999999999999999999999999]",
				      &inode));
	assert_false(kms_socket_inode("/tmp/socket:[12]", &inode));
}

/* This process, with files that are known. */
static void this_process(void **state)
{
	struct kms_process_memory self = { .pid = (uint32_t)getpid() };
	struct kms_process_memories all = { &self, 1, true };
	struct kms_file_budget budget = { 100000, FOREVER };
	struct kms_socket_owners owners = { 0 };
	struct kms_file_kinds kinds = { 0 };
	struct kms_open_files files, more;
	int event[NR], pair[2], i;
	struct stat stat;

	(void)state;
	assert_true(kms_open_files_count(&files, "/proc", &all, FOREVER));
	for (i = 0; i < NR; i++)
		event[i] = eventfd(0, 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_true(kms_open_files_count(&more, "/proc", &all, FOREVER));
	assert_int_equal(more.nr, 1);
	assert_true(more.whole);
	assert_int_equal(more.process[0].nr - files.process[0].nr, NR + 2);
	assert_ptr_equal(kms_open_files_find(&more, self.pid), more.process);
	assert_null(kms_open_files_find(&more, self.pid + 1));

	assert_true(kms_file_kinds_read(&kinds, &owners, "/proc", self.pid,
					&budget));
	assert_true(kinds.whole);
	assert_int_equal(kinds.nr[KMS_FILE_EVENTFD], NR);
	assert_true(kinds.nr[KMS_FILE_SOCKET] >= 2);
	assert_int_equal(owners.nr, kinds.nr[KMS_FILE_SOCKET]);
	assert_int_equal(fstat(pair[0], &stat), 0);
	for (i = 0; i < (int)owners.nr; i++)
		if (owners.owner[i].inode == stat.st_ino)
			break;
	assert_true(i < (int)owners.nr);
	assert_int_equal(owners.owner[i].pid, self.pid);

	for (i = 0; i < NR; i++)
		close(event[i]);
	close(pair[0]);
	close(pair[1]);
	free(owners.owner);
	kms_open_files_free(&files);
	kms_open_files_free(&more);
}

/* What is too much is cut, and the result says so. */
static void bounds(void **state)
{
	struct kms_file_budget budget = { 1, FOREVER };
	struct kms_socket_owners owners = { 0 };
	struct kms_process_memory *many = calloc(1000, sizeof(*many));
	struct kms_process_memories all = { many, 1000, true };
	struct kms_file_kinds kinds = { 0 };
	struct kms_open_files files;

	(void)state;
	assert_non_null(many);
	assert_true(kms_file_kinds_read(&kinds, &owners, "/proc",
					(uint32_t)getpid(), &budget));
	assert_false(kinds.whole);
	assert_int_equal(budget.nr_links, 0);
	/* A process that has gone has no files. */
	assert_true(kms_file_kinds_read(&kinds, &owners, "/proc", 0, &budget));
	assert_false(kinds.whole);
	assert_true(kms_open_files_count(&files, "/proc", &all, 0));
	assert_false(files.whole);
	kms_open_files_free(&files);
	free(owners.owner);
	free(many);
}

/* Before v6.2 the entries are counted, as in any other folder. */
static void entries_are_counted(void **state)
{
	char folder[] = "/tmp/files-XXXXXX", path[128], command[128];
	struct kms_process_memory one[] = { { .pid = 7 }, { .pid = 8 } };
	struct kms_process_memories all = { one, 2, true };
	struct kms_open_files files;
	int i;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/7", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/7/fd", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	for (i = 0; i < 5; i++) {
		snprintf(path, sizeof(path), "%s/7/fd/%d", folder, i);
		assert_int_equal(symlink("socket:[4]", path), 0);
	}
	assert_true(kms_open_files_count(&files, folder, &all, FOREVER));
	/* The other has gone. */
	assert_int_equal(files.nr, 1);
	assert_int_equal(files.process[0].pid, 7);
	assert_int_equal(files.process[0].nr, 5);
	kms_open_files_free(&files);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

static void cgroup_counts(void **state)
{
	struct kms_cgroup_counts counts =
		kms_cgroup_counts_parse("nr_descendants 42\nnr_subsys_cpu 3\nnr_dying_descendants 17\nnr_dying_subsys_cpu 0\n");

	(void)state;
	assert_true(counts.known);
	assert_int_equal(counts.nr, 42);
	assert_int_equal(counts.nr_dying, 17);
	assert_false(kms_cgroup_counts_parse("").known);
	assert_false(kms_cgroup_counts_parse("nr_descendants 42\n").known);
	assert_false(kms_cgroup_counts_parse("nr_descendants x\nnr_dying_descendants 1\n").known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_by_link),
		cmocka_unit_test(inodes_of_sockets),
		cmocka_unit_test(this_process),
		cmocka_unit_test(bounds),
		cmocka_unit_test(entries_are_counted),
		cmocka_unit_test(cgroup_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
