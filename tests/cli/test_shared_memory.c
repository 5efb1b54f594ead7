// SPDX-License-Identifier: GPL-2.0-only
/* Shared memory: tmpfs mounts, segments, open files, and who fills them. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/memory_file.h"
#include "host/meminfo.h"
#include "host/sysv_shm.h"
#include "host/tmpfs.h"
#include "observation_sample.h"

static void mounts_parse(void **state)
{
	static const char text[] =
		"25 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
		"36 25 0:30 / /dev/shm rw shared:3 - tmpfs tmpfs rw,size=4096k\n"
		"37 25 0:31 / /mnt/a\\040b\\012c rw - ramfs none rw\n"
		"38 25 0:32 / /not/one rw - nottmpfs tmpfs rw\n"
		"39 25 0:33 / /source rw - ext4 tmpfs rw\n"
		"40 25 0:34 / /opt rw master:1 propagate_from:2 - devtmpfs udev rw\n"
		"41 25 0:35 / relative rw - tmpfs x rw\n"
		"42 25 0:36 / /no/type rw\n"
		"43 25 0:37 / /cut rw - tmpfs"
		"\n\n44 25\n"
		"45 25 0:38 / /\xff\x1b rw - tmpfs x rw";
	struct kms_tmpfs_mounts mounts = { 0 };

	(void)state;
	assert_true(kms_tmpfs_parse(&mounts, text, 7));
	assert_int_equal(mounts.nr, 4);
	assert_string_equal(mounts.mount[0].device, "0:30");
	assert_string_equal(mounts.mount[0].point, "/dev/shm");
	assert_int_equal(mounts.mount[0].pid, 7);
	assert_true(mounts.mount[0].used_bytes == KMS_UNKNOWN);
	assert_string_equal(mounts.mount[1].point, "/mnt/a b\\x0ac");
	assert_string_equal(mounts.mount[2].device, "0:34");
	assert_string_equal(mounts.mount[3].point, "/\\xff\\x1b");
	assert_ptr_equal(kms_tmpfs_find(&mounts, "0:31"), &mounts.mount[1]);
	assert_null(kms_tmpfs_find(&mounts, "0:3"));
	/* No such process: none of them can be reached. */
	kms_tmpfs_measure(&mounts, 0, "/nowhere");
	assert_int_equal(mounts.nr, 0);
	kms_tmpfs_free(&mounts);
}

static void segments_parse(void **state)
{
	static const char text[] =
		"       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime                   rss                  swap\n"
		" 16843009          5  1600            104857600   812   900      3   106   110   106   110 1700000000          0 1700000000              52428800                  4096\n"
		"-1 4 600 1 2\n"
		"         7          2   666                 4096    10    10      0     0     0     0     0          0          0          0                     0                     0\n"
		"\x01\xff garbage 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9\n";
	const struct kms_segment *segment;
	struct kms_segments segments;

	(void)state;
	assert_true(kms_segments_parse(&segments, text));
	assert_true(segments.known);
	assert_int_equal(segments.nr, 2);
	segment = kms_segments_find(&segments, 5);
	assert_non_null(segment);
	assert_int_equal(segment->maker, 812);
	assert_int_equal(segment->uid, 106);
	assert_int_equal(segment->nr_attached, 3);
	assert_int_equal(segment->bytes, 52428800);
	assert_int_equal(segment->swap_bytes, 4096);
	assert_null(kms_segments_find(&segments, 4));
	kms_segments_free(&segments);
	assert_true(kms_segments_read(&segments, "/nowhere"));
	assert_false(segments.known);
}

static void meminfo_parses(void **state)
{
	struct kms_meminfo meminfo = kms_meminfo_parse(
		"SwapCached: 8 kB\nCached:   1000 kB\nBuffers: 24 kB\n"
		"Unevictable:     600 kB\nMlocked: -\nShmem: 100 kB\n"
		"Active(file): 100 kB\nInactive(file): 300 kB\n"
		"SwapTotal: 10 kB\nSwapFree: 99999999999999999999 kB\n"
		"Hugepagesize: 2048 MB\n");

	(void)state;
	assert_int_equal(meminfo.cached, 1000 * 1024);
	assert_true(meminfo.mlocked == KMS_UNKNOWN);
	assert_true(meminfo.huge_page == KMS_UNKNOWN);
	assert_true(kms_meminfo_swapped(&meminfo) == KMS_UNKNOWN);
	assert_int_equal(kms_meminfo_pinned_cache(&meminfo), 524 * 1024);
	meminfo.unevictable = 4096;
	assert_int_equal(kms_meminfo_pinned_cache(&meminfo), 4096);
	meminfo.inactive_file = 10000 * 1024;
	assert_int_equal(kms_meminfo_pinned_cache(&meminfo), 0);
	meminfo = kms_meminfo_parse("");
	assert_true(kms_meminfo_pinned_cache(&meminfo) == KMS_UNKNOWN);
	assert_true(kms_meminfo_swapped(&meminfo) == KMS_UNKNOWN);
}

/* This process has a memfd open, and a deleted file that is not in memory. */
static void open_files(void **state)
{
	const uint32_t pid = (uint32_t)getpid();
	struct kms_memory_search search = {
		.proc = "/proc", .pids = &pid, .nr_pids = 1,
		.until_ns = UINT64_MAX,
	};
	struct kms_memory_files files;
	char text[4096] = "x";
	int fd = memfd_create("a\n\xff", MFD_CLOEXEC), again, i;

	(void)state;
	assert_true(fd >= 0);
	again = dup(fd);
	for (i = 0; i < 512; i++)
		assert_int_equal(write(fd, text, sizeof(text)), sizeof(text));
	assert_true(kms_memory_files_read(&files, &search));
	assert_true(files.whole);
	assert_int_equal(files.nr, 1);
	assert_int_equal(files.file[0].pid, pid);
	assert_int_equal(files.file[0].bytes, 2 * MIB);
	assert_true(files.file[0].writable);
	assert_true(files.file[0].deleted);
	assert_true(files.file[0].changed);
	assert_non_null(strstr(files.file[0].name, "/memfd:a\\x0a\\xff"));
	kms_memory_files_free(&files);
	/* Not written to since the end of time */
	search.since_ns = UINT64_MAX;
	assert_true(kms_memory_files_read(&files, &search));
	assert_false(files.file[0].changed);
	kms_memory_files_free(&files);
	close(fd);
	close(again);
}

/* 16 GiB; shared memory grows by 500 MiB in 10 s. */
static void grows(void)
{
	host();
	host_moments();
	HOST_PAGES(file_pages, 400000, 400000, 400000);
	HOST_PAGES(shmem_pages, 10000, 10000 + 38400, 10000 + 128000);
	task_at(KMS_HOST_BEFORE, 88, 1, "cases");
	task_at(KMS_HOST_AFTER, 88, 1, "cases");
}

/* A file that a process has open. */
static struct kms_memory_file *file_open(uint64_t device, uint32_t pid,
					 const char *name, uint64_t bytes)
{
	struct kms_memory_files *open = &obs.shared_files.open;
	struct kms_memory_file *file;

	open->whole = true;
	obs.shared_files.observed = true;
	open->file = realloc(open->file, (open->nr + 1) * sizeof(*file));
	assert_non_null(open->file);
	file = &open->file[open->nr++];
	*file = (struct kms_memory_file){
		.device = device, .inode = open->nr, .bytes = bytes,
		.pid = pid, .writable = true, .changed = true,
		.name = strdup(name),
	};
	file->deleted = strstr(name, " (deleted)");
	return file;
}

static void deleted_file(void **state)
{
	const struct kms_finding *finding;

	(void)state;
	grows();
	tmpfs(KMS_HOST_BEFORE, 30, "/dev/shm", 0);
	tmpfs(KMS_HOST_AFTER, 30, "/dev/shm", 500 * MIB);
	file_open(30, 88, "/dev/shm/godwit.log (deleted)", 500 * MIB);
	judge();
	finding = only(KMS_FINDING_SHARED_MEMORY);
	assert_string_equal(finding->cause, "shared_memory");
	assert_int_equal(finding->sure, KMS_CERTAIN);
	assert_int_equal(finding->holder[0].pid, 88);
	assert_string_equal(finding->directory[0].path, "/dev/shm");
	assert_string_equal(verdict.summary,
			    "cases (process 88) fills deleted file /dev/shm/godwit.log by 50.0 MiB/s; memory is full in 2 minutes");
	expect_words("stop or restart cases (process 88): its exit frees this memory");
	expect_words("kill 88");
}

static void named_file(void **state)
{
	(void)state;
	grows();
	tmpfs(KMS_HOST_BEFORE, 30, "/run", 0);
	tmpfs(KMS_HOST_AFTER, 30, "/run", 500 * MIB);
	file_open(30, 88, "/run/log/big", 500 * MIB);
	judge();
	expect_words("cases (process 88) fills /run/log/big by 50.0 MiB/s");
	/* Its exit frees nothing. */
	expect_no_words("kill");
	expect_words("its exit ends the growth, but frees nothing");
	expect_words("du -xah -- /run");
}

static void file_that_nobody_has_open(void **state)
{
	(void)state;
	grows();
	tmpfs(KMS_HOST_BEFORE, 30, "/run", 0);
	tmpfs(KMS_HOST_AFTER, 30, "/run", 500 * MIB);
	obs.shared_files.grown = strdup("/run/log/journal");
	obs.shared_files.grown_bytes = 490 * MIB;
	judge();
	expect_words("/run/log/journal grows by 50.0 MiB/s");
	expect_words("who writes there: no process has such a file open now");
	assert_int_equal(only(KMS_FINDING_SHARED_MEMORY)->nr_holders, 0);
	expect_no_words("kill");
}

/* Who reads a file that another one fills is innocent. */
static void reader_of_a_file(void **state)
{
	(void)state;
	grows();
	tmpfs(KMS_HOST_BEFORE, 30, "/run", 0);
	tmpfs(KMS_HOST_AFTER, 30, "/run", 500 * MIB);
	file_open(30, 88, "/run/log/big", 500 * MIB)->writable = false;
	judge();
	assert_int_equal(only(KMS_FINDING_SHARED_MEMORY)->nr_holders, 0);
	expect_no_words("cases");
}

static void many_memfds(void **state)
{
	int i;

	(void)state;
	grows();
	for (i = 0; i < 50; i++)
		file_open(1, 88, "/memfd:bittern (deleted)", 10 * MIB);
	judge();
	expect_words("cases (process 88) fills 50 deleted files in memory by 50.0 MiB/s");
}

static void one_memfd(void **state)
{
	(void)state;
	grows();
	file_open(1, 88, "/memfd:bittern (deleted)", 600 * MIB);
	judge();
	expect_words("cases (process 88) fills memfd bittern by 50.0 MiB/s");
	expect_words("kill 88");
}

static void mapped_memory(void **state)
{
	(void)state;
	grows();
	obs.host[KMS_HOST_AFTER].processes.process[1].shmem_bytes = 500 * MIB;
	judge();
	expect_words("cases (process 88) fills shared memory by 50.0 MiB/s");
}

static void segment_of_a_dead_process(void **state)
{
	struct kms_segments *segments = &obs.host[KMS_HOST_AFTER].segments;

	(void)state;
	grows();
	assert_true(kms_segments_parse(segments,
		"7 5 600 600000000 812 900 0 106 0 0 0 0 0 0 524288000 0\n"));
	judge();
	expect_words("shared memory segment 5 grows by 50.0 MiB/s");
	expect_words("ipcs -m -p");
	expect_no_words("kill");
}

/* Each is new, attached and kept: its process is the one that maps more. */
static void many_segments(void **state)
{
	struct kms_segments *segments = &obs.host[KMS_HOST_AFTER].segments;
	char text[8192] = "", *end = text;
	unsigned int i;

	(void)state;
	grows();
	for (i = 0; i < 50; i++)
		end += sprintf(end, "0 %u 600 10485760 88 88 1 0 0 0 0 0 0 0 10485760 0\n",
			       i);
	assert_true(kms_segments_parse(segments, text));
	obs.host[KMS_HOST_AFTER].processes.process[1].shmem_bytes = 500 * MIB;
	/* A small file that changed has nothing to do with it. */
	file_open(1, 89, "/memfd:x (deleted)", 4096);
	judge();
	expect_words("cases (process 88) fills 50 shared memory segments by 50.0 MiB/s");
	expect_no_words("kill");
}

static void nothing_explains_it(void **state)
{
	const struct kms_finding *finding;

	(void)state;
	grows();
	judge();
	finding = only(KMS_FINDING_SHARED_MEMORY);
	assert_int_equal(finding->sure, KMS_LIKELY);
	expect_words("shared memory grows by 50.0 MiB/s");
	expect_words("deleted files, memfd or GPU objects");
}

static void limit_comes_first(void **state)
{
	const struct kms_finding *finding;

	(void)state;
	grows();
	tmpfs(KMS_HOST_BEFORE, 30, "/run", 0);
	tmpfs(KMS_HOST_AFTER, 30, "/run", 500 * MIB)->limit_bytes = 1500 * MIB;
	judge();
	finding = only(KMS_FINDING_SHARED_MEMORY);
	assert_true(finding->full_seconds == KMS_UNKNOWN);
	expect_words("its limit of 1.5 GiB is reached in 20 s, before memory is full; then writes fail");
	expect_no_words("memory is full in");
}

static void mount_of_a_container(void **state)
{
	const struct kms_finding *finding;

	(void)state;
	grows();
	tmpfs(KMS_HOST_BEFORE, 50, "/dev/shm", 0)->pid = 700;
	tmpfs(KMS_HOST_AFTER, 50, "/dev/shm", 500 * MIB)->pid = 700;
	judge();
	finding = only(KMS_FINDING_SHARED_MEMORY);
	assert_null(finding->directory[0].path);
	expect_words("/dev/shm in another mount namespace, process 700");
	expect_no_words("du -xah");
}

static void large_stock(void **state)
{
	const struct kms_finding *finding;

	(void)state;
	host();
	host_moments();
	HOST_PAGES(file_pages, 1400000, 1400000, 1400000);
	HOST_PAGES(shmem_pages, 1048576, 1048576, 1048576);
	tmpfs(KMS_HOST_BEFORE, 30, "/dev/shm", 4000 * MIB);
	tmpfs(KMS_HOST_AFTER, 30, "/dev/shm", 4000 * MIB);
	judge();
	finding = only(KMS_FINDING_SHARED_MEMORY);
	assert_int_equal(finding->severity, KMS_NOTICE);
	expect_words("4.0 GiB, 25 % of memory, is shared memory, most of it in /dev/shm");
	expect_no_words("kill");
}

static void stock_of_deleted_files(void **state)
{
	(void)state;
	host();
	host_moments();
	HOST_PAGES(file_pages, 1400000, 1400000, 1400000);
	HOST_PAGES(shmem_pages, 1048576, 1048576, 1048576);
	task_at(KMS_HOST_AFTER, 88, 1, "cases");
	file_open(30, 88, "/tmp/x (deleted)", 4000 * MIB)->changed = false;
	judge();
	expect_words("4.0 GiB, 25 % of memory, is shared memory: deleted file /tmp/x, kept by cases (process 88)");
}

/* Of the page cache, in KiB */
static void meminfo(uint64_t cached, uint64_t file, uint64_t unevictable,
		    uint64_t mlocked)
{
	size_t i;

	for (i = 0; i < KMS_NR_MOMENTS; i++)
		obs.moment[i].meminfo = (struct kms_meminfo){
			.cached = cached * 1024, .shmem = 40000 * 1024,
			.active_file = file * 1024,
			.unevictable = unevictable * 1024,
			.mlocked = mlocked * 1024,
			.swap_total = KMS_UNKNOWN, .swap_free = KMS_UNKNOWN,
			.huge_page = KMS_UNKNOWN,
		};
}

static void ramfs(void **state)
{
	(void)state;
	host();
	host_moments();
	HOST_PAGES(file_pages, 1310720, 1310720, 1310720);
	meminfo(5242880, 100000, 5000000, 0);
	tmpfs(KMS_HOST_AFTER, 40, "/mnt/ram", 4800 * MIB)->is_ramfs = true;
	judge();
	expect_words("is in ramfs /mnt/ram: the kernel cannot reclaim it");
	expect_words("4.8 GiB page cache that cannot be reclaimed");
}

/* Who has the file open that grows in a ramfs */
static void ramfs_that_grows(void **state)
{
	const struct kms_finding *finding;
	size_t i;

	(void)state;
	host();
	host_moments();
	meminfo(400000, 100000, 300000, 0);
	for (i = 0; i < KMS_NR_MOMENTS; i++) {
		obs.moment[i].meminfo.cached += EACH(0, 30, 100)[i] * MIB;
		obs.moment[i].meminfo.unevictable += EACH(0, 30, 100)[i] * MIB;
	}
	task_at(KMS_HOST_AFTER, 88, 1, "dipper");
	tmpfs(KMS_HOST_AFTER, 40, "/mnt/ram", 100 * MIB)->is_ramfs = true;
	file_open(40, 88, "/mnt/ram/archive", 100 * MIB);
	judge();
	finding = only(KMS_FINDING_SHARED_MEMORY);
	assert_int_equal(finding->holder[0].pid, 88);
	assert_string_equal(finding->directory[0].path, "/mnt/ram");
	expect_words("dipper (process 88) fills /mnt/ram/archive by 10.0 MiB/s");
	expect_no_words("kill");
}

static void locked_files(void **state)
{
	(void)state;
	host();
	host_moments();
	HOST_PAGES(file_pages, 1310720, 1310720, 1310720);
	meminfo(5242880, 100000, 5000000, 5000000);
	task_at(KMS_HOST_AFTER, 9, 1, "vmtouch")->locked_bytes = 4800 * MIB;
	judge();
	expect_words("is in locked page cache");
	expect_words("vmtouch (process 9): locked memory, 4.7 GiB");
}

/* Healthy: */

static void page_cache_is_none(void **state)
{
	(void)state;
	host();
	host_moments();
	HOST_PAGES(file_pages, 1310720, 1400000, 1600000);
	meminfo(6400000, 6300000, 60000, 0);
	judge();
	assert_int_equal(verdict.nr_findings, 0);
	expect_no_words("cannot be reclaimed");
}

static void at_rest(void **state)
{
	(void)state;
	host();
	host_moments();
	HOST_PAGES(shmem_pages, 600000, 600000, 600000);
	tmpfs(KMS_HOST_BEFORE, 30, "/run", 2300 * MIB);
	tmpfs(KMS_HOST_AFTER, 30, "/run", 2300 * MIB);
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

static void little_growth(void **state)
{
	(void)state;
	host();
	host_moments();
	HOST_PAGES(shmem_pages, 10000, 11000, 13000);
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

static void file_that_comes_and_goes(void **state)
{
	(void)state;
	grows();
	obs.shmem_peak = (struct kms_peak){ 140000, 60000 };
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

static void file_that_was_copied_at_once(void **state)
{
	(void)state;
	host();
	host_moments();
	HOST_PAGES(shmem_pages, 10000, 138000, 138000);
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mounts_parse),
		cmocka_unit_test(segments_parse),
		cmocka_unit_test(meminfo_parses),
		cmocka_unit_test(open_files),
		TEST(deleted_file),
		TEST(named_file),
		TEST(file_that_nobody_has_open),
		TEST(reader_of_a_file),
		TEST(many_memfds),
		TEST(one_memfd),
		TEST(mapped_memory),
		TEST(segment_of_a_dead_process),
		TEST(many_segments),
		TEST(nothing_explains_it),
		TEST(limit_comes_first),
		TEST(mount_of_a_container),
		TEST(large_stock),
		TEST(stock_of_deleted_files),
		TEST(ramfs),
		TEST(ramfs_that_grows),
		TEST(locked_files),
		TEST(page_cache_is_none),
		TEST(at_rest),
		TEST(little_growth),
		TEST(file_that_comes_and_goes),
		TEST(file_that_was_copied_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
