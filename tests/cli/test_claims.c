// SPDX-License-Identifier: GPL-2.0-only
/* What a verdict must not claim, and what it must not advise. */
#include "observation_sample.h"

static void a_share_is_of_the_growth(void **state)
{
	const struct kms_finding *found;

	(void)state;
	allocator(leak(9), "context=softirq", 890);
	judge();
	found = only(KMS_FINDING_UNRECLAIMABLE_SLAB);
	assert_int_equal(found->sure, KMS_LIKELY);
	assert_int_equal(found->allocator[0].share_permille, 9);
	assert_int_equal(found->allocator[0].traced_permille, 1000);
	expect_words("Verdict: the kmalloc-256 cache grows by 7.3 MiB/s: unreclaimable objects, 0.9 % by [softirq], 99 % untraced");
	expect_words("- 100 % of what was traced (0.9 % of the growth)  [softirq]");
	expect_words("account for only 0.9 % of it");
}

static void allocations_without_an_allocator(void **state)
{
	struct kms_trace *trace = leak(990);

	(void)state;
	allocator(trace, "context=task name=innocent uid=0 pid=7", 1000);
	trace->total.nr_allocs = 1000000;
	trace->total.nr_dropped = 900000;
	judge();
	assert_int_equal(only(KMS_FINDING_UNRECLAIMABLE_SLAB)->sure,
			 KMS_LIKELY);
	assert_int_equal(only(KMS_FINDING_UNRECLAIMABLE_SLAB)->allocator[0].share_permille,
			 99);
	expect_words("9.9 % by innocent, 90 % untraced");
	expect_words("too many traced allocations have no allocator");
	expect_no_words("# effect: ends 100 % of the growth");
}

static void more_allocations_than_growth(void **state)
{
	(void)state;
	allocator(leak(2000), "context=task name=busy uid=0 pid=7", 1000);
	judge();
	assert_int_equal(only(KMS_FINDING_UNRECLAIMABLE_SLAB)->sure,
			 KMS_LIKELY);
	assert_false(only(KMS_FINDING_UNRECLAIMABLE_SLAB)->attributed);
	expect_words("100 % of traced allocations by busy");
	expect_words("the trace missed frees");
}

static void growth_without_a_count(void **state)
{
	struct kms_trace *trace = leak(990);

	(void)state;
	trace->total.explained_permille = KMS_UNKNOWN;
	allocator(trace, "context=task name=some uid=0 pid=7", 1000);
	judge();
	assert_int_equal(only(KMS_FINDING_UNRECLAIMABLE_SLAB)->allocator[0].share_permille,
			 KMS_UNKNOWN);
	expect_words("- 100 % of what was traced  some");
	expect_words("their share of the growth is unknown");
}

static void kworkers_are_one_by_their_work(void **state)
{
	struct kms_trace *trace = leak(990);
	const struct kms_finding *found;
	char words[128];
	size_t i;

	(void)state;
	for (i = 0; i < 64; i++) {
		snprintf(words, sizeof(words),
			 "context=kthread name=kworker/%zu:1 uid=0 pid=%zu stack=%zu",
			 i, i + 100, i % 2 + 1);
		allocator(trace, words, 100);
	}
	record_add(&trace->stacks.any, "stack=1 depth=0 symbol=__kmalloc+0x1/0x2");
	record_add(&trace->stacks.any, "stack=1 depth=1 symbol=drv_work+0x10/0x20%%20[drv]");
	record_add(&trace->stacks.any, "stack=1 depth=2 symbol=process_one_work+0x1/0x2");
	record_add(&trace->stacks.any, "stack=2 depth=0 symbol=drv_work+0x18/0x20%%20[drv]");
	record_add(&trace->stacks.any, "stack=2 depth=1 symbol=process_one_work+0x1/0x2");
	judge();
	found = only(KMS_FINDING_UNRECLAIMABLE_SLAB);
	assert_int_equal(found->nr_allocators, 1);
	assert_string_equal(found->allocator[0].work, "drv_work [drv]");
	assert_int_equal(found->allocator[0].share_permille, 990);
	assert_true(found->allocator[0].nr_frames > 0);
	expect_words("99 % by [kworker/N:N: drv_work [drv]]");
}

static void workers_without_a_stack(void **state)
{
	struct kms_trace *trace = leak(1000);
	const struct kms_finding *found;
	char words[128];
	size_t i;

	(void)state;
	for (i = 0; i < 64; i++) {
		snprintf(words, sizeof(words),
			 "context=task name=pool-%zu parent_1=master uid=5 pid=%zu",
			 i, i + 100);
		allocator(trace, words, 100);
		trace->facts[i].alive = true;
	}
	judge();
	found = only(KMS_FINDING_UNRECLAIMABLE_SLAB);
	assert_int_equal(found->nr_allocators, 1);
	assert_string_equal(found->allocator[0].name, "pool-N");
	assert_int_equal(found->allocator[0].nr_alike, 64);
	/* None of the 64 alone is to be stopped. */
	assert_int_equal(found->allocator[0].pid, KMS_UNKNOWN);
	expect_no_words("kill 100");
}

static void many_small_allocators(void **state)
{
	struct kms_trace *trace = leak(990);
	char words[128];
	size_t i;

	(void)state;
	for (i = 0; i < 64; i++) {
		snprintf(words, sizeof(words),
			 "context=task name=app-%c%c uid=0 pid=%zu",
			 (char)('a' + i / 8), (char)('a' + i % 8), i + 100);
		allocator(trace, words, 100 + (i == 9));
	}
	judge();
	assert_int_equal(only(KMS_FINDING_UNRECLAIMABLE_SLAB)->nr_allocators, 1);
	assert_string_equal(only(KMS_FINDING_UNRECLAIMABLE_SLAB)->allocator[0].name,
			    "app-bb");
	expect_words("spread over 64 allocators, none above 3 %");
	expect_words(", spread over many allocators");
}

/* The error of unaccounted memory is not that of a counter. */
static void kernel_stacks_on_a_large_host(void **state)
{
	size_t i;

	(void)state;
	memory(134217728, 60000000, 50000, NULL);
	cache("x", 0, 8, EACH(512, 512, 512));
	for (i = 0; i < KMS_NR_MOMENTS; i++) {
		struct kms_node_record *host = &obs.moment[i].nodes.record[1];

		host->unaccounted_error_pages = 384000;
		host->kernel_stack_pages = EACH(1000, 79600, 263144)[i];
	}
	judge();
	assert_in_range(only(KMS_FINDING_PAGES)->growth_bytes, 1023 * MIB,
			1025 * MIB);
	expect_words("Threads: in /proc/PID/status");
	expect_no_words("drivers");
}

/* 1 MiB a minute fills a host in months, and an hour shows it. */
static void a_slow_leak_in_a_long_look(void **state)
{
	(void)state;
	obs.moment[KMS_MOMENT_MIDDLE].boottime_ns = 1900 * SECOND;
	obs.moment[KMS_MOMENT_LAST].boottime_ns = 3700 * SECOND;
	memory(67108864, 30000000, 50000, NULL);
	cache("kmalloc-64", 0, 64, EACH(50000, 541520, 1033040));
	judge();
	assert_int_equal(verdict.severity, KMS_NOTICE);
	expect_words("Verdict: nothing urgent: the kmalloc-64 cache grows by 17.1 KiB/s");
	assert_in_range(only(KMS_FINDING_UNRECLAIMABLE_SLAB)->growth_bytes,
			59 * MIB, 61 * MIB);
	/* The floor is no higher than it is. */
	assert_in_range(verdict.floors.unreclaimable, 1000, 10000);
}

static void an_all_clear_has_its_floor(void **state)
{
	(void)state;
	/* 2 TiB */
	memory(536870912, 200000000, 50000, NULL);
	cache("dentry", 1, 192, EACH(1000000, 1030000, 1150000));
	judge();
	assert_int_equal(verdict.nr_findings, 0);
	assert_in_range(verdict.floors.reclaimable, 2880000, 3700000);
	expect_words("no kernel memory kept growing by more than 3.5 MiB/s");
}

static void all_of_memory_is_in_the_totals(void **state)
{
	const struct kms_totals *totals = &verdict.totals;
	struct kms_node_record *host;

	(void)state;
	memory(4194304, 100000, 50000, EACH_SIGNED(0, 0, 500));
	host = &obs.moment[KMS_MOMENT_LAST].nodes.record[1];
	host->anon_pages = 3800000;
	host->hugetlb_pages = 60000;
	host->kernel_stack_pages = 2000;
	host->page_table_pages = 9000;
	host->vmalloc_pages = 22000;
	host->percpu_pages = 4000;
	judge();
	assert_int_equal(totals->managed, totals->free + totals->page_cache +
			 totals->anon + totals->shmem + totals->hugetlb +
			 totals->slab_reclaimable + totals->slab_unreclaimable +
			 totals->kernel_stacks + totals->page_tables +
			 totals->vmalloc + totals->percpu +
			 totals->unaccounted + totals->other);
	assert_int_equal(totals->vmalloc, 20000 * PAGE);
	assert_int_equal(totals->other, 43804 * (int64_t)PAGE);
	expect_words("Memory of 16.0 GiB: 391 MiB free, 352 MiB page cache, 14.5 GiB anonymous");
	expect_words("234 MiB huge pages");
	expect_words("2.0 MiB unaccounted (+/- 3.9 MiB)");
}

static void backup(void)
{
	struct kms_trace *trace;

	host();
	cache("ext4_inode_cache", 1, 1100, EACH(1000, 61000, 201000));
	trace = trace_add("ext4_inode_cache", 990);
	allocator(trace, "context=task name=rsync parent_1=backup.sh parent_2=cron uid=0 pid=77",
		  1000);
	trace->facts[0].cgroup = strdup("/system.slice/cron.service");
	trace->facts[0].can_reclaim = true;
	trace->facts[0].alive = true;
}

/* Caches are there to be filled. */
static void a_backup_is_left_alone(void **state)
{
	(void)state;
	backup();
	judge();
	assert_int_equal(only(KMS_FINDING_INODES)->severity, KMS_NOTICE);
	assert_int_equal(verdict.health, KMS_HEALTHY);
	assert_int_equal(only(KMS_FINDING_INODES)->full_seconds, KMS_UNKNOWN);
	expect_words("Verdict: nothing wrong: the ext4_inode_cache grows by 21.0 MiB/s: inodes, 99 % by rsync");
	expect_no_words("stop rsync");
	expect_no_words("systemctl stop");
	expect_no_words("kill ");
	expect_no_words("memory.reclaim");
	expect_no_words("drop_caches");
	expect_no_words("now: ");
	/* Like any command, it has an argument vector. */
	assert_int_equal(only(KMS_FINDING_INODES)->remedy[0].argv.nr, 2);
	assert_string_equal(only(KMS_FINDING_INODES)->remedy[0].command,
			    "kmemscope diagnose");
}

/* The security labels of its files are no leak either. */
static void what_goes_with_inodes(void **state)
{
	(void)state;
	backup();
	cache("lsm_inode_cache", 0, 120, EACH(1000, 61000, 201000));
	judge();
	assert_int_equal(verdict.health, KMS_HEALTHY);
	assert_int_equal(only(KMS_FINDING_RECLAIMABLE_SLAB)->severity,
			 KMS_NOTICE);
}

/* A backup ten times as large hides no leak. */
static void a_leak_beside_a_backup(void **state)
{
	(void)state;
	backup();
	cache("kmalloc-2k", 0, 2048, EACH(1000, 4000, 11000));
	judge();
	assert_int_equal(verdict.nr_findings, 2);
	assert_string_equal(verdict.finding[0].cache, "kmalloc-2k");
	assert_int_equal(verdict.health, KMS_UNHEALTHY);
	assert_non_null(strstr(verdict.summary, "kmalloc-2k"));
}

/* Page cache is available memory. */
static void time_to_full_is_of_what_is_available(void **state)
{
	const struct kms_finding *found;

	(void)state;
	memory(4194304, 80000, 50000, NULL);
	obs.available_bytes = 10240 * MIB;
	cache("kmalloc-256", 0, 256, EACH(5000, 95000, 305000));
	judge();
	found = only(KMS_FINDING_UNRECLAIMABLE_SLAB);
	/* 10240 less 1638.4 MiB, at 7.32 MiB/s */
	assert_in_range(found->full_seconds, 1170, 1180);
	expect_words("At this rate memory use reaches 90 % in about 20 minutes.");
	expect_no_words("above 90 %");
}

static void moved(const char *cache_name, unsigned int reclaimable)
{
	host();
	cache(cache_name, reclaimable, 1000, EACH(1000, 31000, 101000));
	walked(KMS_WALK_BEFORE, 100, 100000, 1000);
	directory(KMS_WALK_BEFORE, 5, "/usr/share/doc", 0, 1000);
	walked(KMS_WALK_AFTER, 100, 200000, 1000);
	directory(KMS_WALK_AFTER, 5, "/usr/share/doc", 0, 101000);
	judge();
}

static void sockets_are_in_no_directory(void **state)
{
	(void)state;
	moved("sock_inode_cache", 1);
	assert_int_equal(only(KMS_FINDING_UNRECLAIMABLE_SLAB)->nr_directories, 0);
	assert_false(only(KMS_FINDING_UNRECLAIMABLE_SLAB)->reclaimable);
	expect_words("Verdict: the sock_inode_cache grows by 9.5 MiB/s: sockets");
	expect_no_words("/usr/share/doc");
	expect_no_words("drop_caches");
}

static void inotify_marks_are_in_no_directory(void **state)
{
	(void)state;
	moved("inotify_inode_mark", 0);
	assert_int_equal(only(KMS_FINDING_UNRECLAIMABLE_SLAB)->nr_directories, 0);
	expect_words("Verdict: the inotify_inode_mark cache grows by 9.5 MiB/s: inotify watches");
	expect_no_words("drop_caches");
}

static void files_in_tmpfs_are_pinned(void **state)
{
	(void)state;
	moved("shmem_inode_cache", 1);
	assert_false(only(KMS_FINDING_INODES)->reclaimable);
	assert_int_equal(only(KMS_FINDING_INODES)->severity, KMS_CRITICAL);
	assert_int_equal(only(KMS_FINDING_INODES)->nr_directories, 1);
	expect_words("files in tmpfs in /usr/share/doc");
	expect_no_words("drop_caches");
}

/* Names that only look as if they were inodes of files. */
static void other_names_with_inode(void **state)
{
	(void)state;
	moved("f2fs_inode_entry", 1);
	assert_int_equal(only(KMS_FINDING_RECLAIMABLE_SLAB)->nr_directories, 0);
}

static void a_stock_that_grows_slowly(void **state)
{
	(void)state;
	/* 2 TiB, a quarter of it dentries, and 29 MiB more in 10 s */
	memory(536870912, 200000000, 150000000, NULL);
	cache("dentry", 1, 192, EACH(2863311530, 2863358530, 2863469530));
	dentry_states(2863311530, 2800000000, 2863469530, 2800150000);
	judge();
	assert_int_equal(only(KMS_FINDING_STOCK)->growth_bytes, KMS_UNKNOWN);
	expect_words("it grew by 28.9 MiB in 10.0 s");
	expect_words("growing slowly");
	expect_no_words("less than 512");
	expect_no_words("not growing");
	expect_no_words("does not grow");
}

/* A file server keeps the inodes of its files. */
static void a_stock_of_files_is_no_harm(void **state)
{
	(void)state;
	host();
	cache("ext4_inode_cache", 1, 1000, EACH(3800000, 3800000, 3800000));
	judge();
	assert_int_equal(only(KMS_FINDING_STOCK)->severity, KMS_NOTICE);
	assert_int_equal(verdict.health, KMS_HEALTHY);
	expect_no_words("drop_caches");
}

/* In two short walks of 500 million names, 350000 may be chance. */
static void growth_within_the_error_of_walks(void **state)
{
	size_t i;

	(void)state;
	memory(536870912, 200000000, 150000, NULL);
	cache("dentry", 1, 192, EACH(486000000, 486150000, 486500000));
	dentry_states(486000000, 480000000, 486500000, 480500000);
	for (i = 0; i < KMS_NR_WALKS; i++) {
		walked(i, 480000000 + 350000 * i, 6000000, 10 * i);
		directory(i, 9, "/mnt/db", 470000000 + 350000 * i, 0);
	}
	judge();
	assert_int_equal(only(KMS_FINDING_NEGATIVE_DENTRIES)->nr_directories, 0);
	expect_words("the largest is /mnt/db with 98 %");
	expect_no_words("spread over many");
}

static void names_that_may_exist(void **state)
{
	(void)state;
	host();
	cache("dentry", 1, 192, EACH(1000000, 1030000, 1100000));
	judge();
	assert_int_equal(only(KMS_FINDING_RECLAIMABLE_SLAB)->sure,
			 KMS_POSSIBLE);
	assert_int_equal(verdict.severity, KMS_NOTICE);
	expect_no_words("failed lookups in");
	expect_no_words("normal");
	expect_words("these may be failed lookups");
	expect_words("whether the names exist is unknown");
}

/* Only a walk shows their kind, and allocations prove nothing about that. */
static void names_that_a_walk_guesses(void **state)
{
	(void)state;
	host();
	cache("dentry", 1, 192, EACH(1000000, 1030000, 1100000));
	walked(KMS_WALK_BEFORE, 900000, 1000, 1000);
	allocator(trace_add("dentry", 990), "context=task name=x uid=0 pid=7", 9);
	judge();
	assert_int_equal(only(KMS_FINDING_NEGATIVE_DENTRIES)->sure,
			 KMS_POSSIBLE);
	expect_words("only a walk shows what the dentries are");
	expect_no_words("account for it");
}

static void a_trickle_before_a_burst(void **state)
{
	(void)state;
	host();
	cache("kmalloc-4k", 0, 4096, EACH(1000, 1001, 26089));
	allocator(trace_add("kmalloc-4k", 990), "context=task name=x uid=0 pid=7",
		  9);
	judge();
	assert_int_equal(only(KMS_FINDING_UNRECLAIMABLE_SLAB)->sure, KMS_POSSIBLE);
	expect_words("may be a burst, with 4.0 KiB in the first 3.0 s and 98.0 MiB in the 7.0 s");
	/* A burst has no time to full. */
	expect_no_words("memory use");
}

static void an_estimate_is_no_growth(void **state)
{
	size_t i;

	(void)state;
	host();
	cache("dentry", 1, 192, EACH(1000000, 1100000, 1300000));
	cache("ext4_inode_cache", 1, 1000, EACH(10000, 20000, 50000));
	dentry_states(1000000, 900000, 1000100, 900000);
	for (i = 0; i < KMS_NR_MOMENTS; i++) {
		obs.moment[i].slabs.record[0].approximate = 1;
		obs.moment[i].slabs.record[0].total_bytes = 250000000;
		obs.moment[i].slabs.record[1].approximate = 1;
		obs.moment[i].slabs.record[1].total_bytes = 60000000;
	}
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

static void zone(unsigned int node, const char *name, uint64_t managed,
		 int64_t index)
{
	zone_add(node, name, managed)->free_pages = managed / 4;
	buddy_add(node, name, 3, index);
}

static void pieces_above_dma32(void **state)
{
	(void)state;
	host();
	zone(0, "DMA32", 500000, -1000);
	zone(0, "Normal", 3694304, 980);
	judge();
	assert_int_equal(only(KMS_FINDING_FRAGMENTATION)->sure, KMS_LIKELY);
	expect_words("memory is fragmented in zone Normal of node 0:");
}

static void pieces_on_one_node(void **state)
{
	(void)state;
	host();
	zone(0, "Normal", 2097152, 990);
	zone(1, "Normal", 2097152, -1000);
	judge();
	assert_int_equal(only(KMS_FINDING_FRAGMENTATION)->sure, KMS_POSSIBLE);
	expect_words("in 1 of 2 large zones: zone Normal of node 0");
}

static void growth_on_one_node(void **state)
{
	size_t i;

	(void)state;
	allocator(leak(990), "context=task name=x uid=0 pid=7", 9);
	for (i = 0; i < KMS_NR_MOMENTS; i++)
		slab_node(i, "kmalloc-256", 1, 100 * MIB + i * MIB);
	judge();
	expect_words("- node 0: 74.5 MiB, +73.2 MiB\n");
	expect_words("- node 1: 102 MiB, +2.0 MiB\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_share_is_of_the_growth),
		TEST(allocations_without_an_allocator),
		TEST(more_allocations_than_growth),
		TEST(growth_without_a_count),
		TEST(kworkers_are_one_by_their_work),
		TEST(workers_without_a_stack),
		TEST(many_small_allocators),
		TEST(kernel_stacks_on_a_large_host),
		TEST(a_slow_leak_in_a_long_look),
		TEST(an_all_clear_has_its_floor),
		TEST(all_of_memory_is_in_the_totals),
		TEST(a_backup_is_left_alone),
		TEST(what_goes_with_inodes),
		TEST(a_leak_beside_a_backup),
		TEST(time_to_full_is_of_what_is_available),
		TEST(sockets_are_in_no_directory),
		TEST(inotify_marks_are_in_no_directory),
		TEST(files_in_tmpfs_are_pinned),
		TEST(other_names_with_inode),
		TEST(a_stock_that_grows_slowly),
		TEST(a_stock_of_files_is_no_harm),
		TEST(growth_within_the_error_of_walks),
		TEST(names_that_may_exist),
		TEST(names_that_a_walk_guesses),
		TEST(a_trickle_before_a_burst),
		TEST(an_estimate_is_no_growth),
		TEST(pieces_above_dma32),
		TEST(pieces_on_one_node),
		TEST(growth_on_one_node),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
