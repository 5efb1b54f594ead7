// SPDX-License-Identifier: GPL-2.0-only
/* Verdicts on made-up observations. */
#include "observation_sample.h"
#include "table/kinds.h"

static void nothing_wrong(void **state)
{
	(void)state;
	host();
	cache("dentry", 1, 192, EACH(100000, 100500, 101000));
	cache("kmalloc-64", 0, 64, EACH(5000, 5100, 4900));
	judge();
	assert_int_equal(verdict.nr_findings, 0);
	assert_string_equal(verdict.summary,
			    "nothing wrong found: no kernel memory kept growing by more than 410 KiB/s");
	assert_false(verdict.partial);
	assert_int_equal(verdict.health, KMS_HEALTHY);
	expect_words("- growth of unreclaimable slab caches by less than 51.2 KiB/s\n");
	expect_words("- swap, and cgroup limits\n");
}

/* On a small host noise would fill memory in days, but it is still noise. */
static void noise_on_a_small_host(void **state)
{
	(void)state;
	memory(65536, 30000, 5000, NULL);
	cache("dentry", 1, 192, EACH(10000, 11000, 12000));
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

/* Without any data there is no finding, and no all-clear. */
static void nothing_known(void **state)
{
	(void)state;
	kms_strings_add(&obs.missing, "slab: the slab collector is off");
	judge();
	assert_int_equal(verdict.nr_findings, 0);
	assert_true(verdict.partial);
	assert_int_equal(verdict.totals.managed, KMS_UNKNOWN);
	assert_int_equal(verdict.health, KMS_HEALTH_UNKNOWN);
	expect_words("not everything could be examined");
	expect_words("- slab: the slab collector is off");
}

static void storm(void)
{
	host();
	/* 10 000 a second: 1 920 000 bytes */
	cache("dentry", 1, 192, EACH(1000000, 1030000, 1100000));
	dentry_states(1000000, 900000, 1100000, 1000000);
	walked(KMS_WALK_BEFORE, 900000, 100000, 1000);
	directory(KMS_WALK_BEFORE, 5, "/var/old", 800000, 0);
	directory(KMS_WALK_BEFORE, 6, "/etc/pki", 90000, 30);
	walked(KMS_WALK_AFTER, 970000, 100000, 1000);
	directory(KMS_WALK_AFTER, 5, "/var/old", 800000, 0);
	directory(KMS_WALK_AFTER, 6, "/etc/pki", 160000, 30);
	name(KMS_WALK_AFTER, 5, 1, "old-1");
	name(KMS_WALK_AFTER, 6, 1, ".17_dOeSnotExist_.db");
	name(KMS_WALK_AFTER, 6, 0, "cert9.db");
	name(KMS_WALK_AFTER, 6, 1, ".4242_dOeSnotExist_.db");
}

static void a_storm_of_lookups(void **state)
{
	const struct kms_finding *found;
	struct kms_trace *trace;

	(void)state;
	storm();
	trace = trace_add("dentry", 990);
	record_add(&trace->allocators.any,
		"id=1 context=task name=curl parent_1=probe.sh parent_2=cron uid=0 pid=77 nr_allocs=900 allocs_per_second=9000 nr_outstanding=890");
	record_add(&trace->allocators.any,
		"id=2 context=task name=busy uid=0 pid=78 nr_allocs=500 allocs_per_second=5000 nr_outstanding=0");
	trace->facts[0].cgroup = strdup("/system.slice/probe.service");
	trace->facts[0].can_reclaim = true;
	strcpy(trace->facts[0].service.name, "probe.service");
	trace->facts[0].service.nr_processes = 3;
	judge();
	assert_int_equal(verdict.nr_findings, 1);
	found = only(KMS_FINDING_NEGATIVE_DENTRIES);
	assert_int_equal(found->sure, KMS_CERTAIN);
	assert_string_equal(found->cache, "dentry");
	assert_true(found->reclaimable);
	assert_int_equal(found->growth_bytes, 100000 * 192);
	assert_int_equal(found->bytes_per_second, 1920000);
	assert_int_equal(found->objects_per_second, 10000);
	assert_int_equal(found->total_bytes, 1100000 * 192);
	assert_int_equal(found->nr_nodes, 1);
	assert_in_range(found->node[0].growth_bytes, 100000 * 192,
			100000 * 192);
	assert_int_equal(found->reclaimable_bytes, 1000000 * 192);
	/* What can be reclaimed stays available. */
	assert_int_equal(found->full_seconds, KMS_UNKNOWN);
	assert_int_equal(found->severity, KMS_WARNING);

	/* The directory that grows, not the largest */
	assert_int_equal(found->nr_directories, 1);
	assert_string_equal(found->directory[0].path, "/etc/pki");
	assert_string_equal(found->directory[0].pattern, ".N_dOeSnotExist_.db");
	assert_int_equal(found->directory[0].nr_names, 2);
	assert_int_equal(found->directory[0].share_permille, 1000);
	assert_int_equal(found->directory[0].growth_per_second, 10000);
	assert_false(found->directory[0].mounted);

	/* The allocator whose objects stay, not the busiest */
	assert_int_equal(found->nr_allocators, 1);
	assert_string_equal(found->allocator[0].name, "curl");
	assert_int_equal(found->allocator[0].nr_parents, 2);
	assert_string_equal(found->allocator[0].service, "probe.service");

	expect_words("\nsystemctl stop -- probe.service\n");
	expect_words("# caution: stops all of probe.service, now 3 processes\n");
	expect_words("\nsystemctl edit -- probe.service\n");
	expect_words("Environment=NSS_SDB_USE_CACHE=yes");
	expect_words("\necho 192000000 > /sys/fs/cgroup/system.slice/probe.service/memory.reclaim\n");
	expect_words("curl, started by probe.sh <- cron");
}

static void a_storm_without_walk_and_trace(void **state)
{
	const struct kms_finding *found;
	size_t i, without = 0;

	(void)state;
	host();
	cache("dentry", 1, 192, EACH(1000000, 1030000, 1100000));
	dentry_states(1000000, 900000, 1100000, 1000000);
	judge();
	found = only(KMS_FINDING_NEGATIVE_DENTRIES);
	assert_int_equal(found->sure, KMS_LIKELY);
	assert_int_equal(found->nr_directories + found->nr_allocators, 0);
	for (i = 0; i < found->unknown.nr; i++)
		without += strstr(found->unknown.line[i], "walked") ||
			   strstr(found->unknown.line[i], "who allocates");
	assert_int_equal(without, 2);
}

static void files_that_are_made(void **state)
{
	const struct kms_finding *found;

	(void)state;
	storm();
	dentry_states(1000000, 900000, 1100000, 900100);
	cache("ext4_inode_cache", 1, 1100, EACH(1000, 31000, 101000));
	judge();
	assert_int_equal(verdict.nr_findings, 2);
	/* The fastest growth is first. */
	assert_int_equal(verdict.finding[0].kind, KMS_FINDING_INODES);
	found = only(KMS_FINDING_POSITIVE_DENTRIES);
	assert_in_range(verdict.finding[0].share_permille, 845, 855);
	assert_int_equal(found->severity, KMS_NOTICE);
}

static void files_and_lookups(void **state)
{
	(void)state;
	storm();
	dentry_states(1000000, 900000, 1100000, 960000);
	judge();
	assert_int_equal(verdict.nr_findings, 2);
	assert_int_equal(verdict.finding[0].severity, KMS_WARNING);
	assert_int_equal(verdict.finding[1].severity, KMS_NOTICE);
	assert_int_equal(only(KMS_FINDING_NEGATIVE_DENTRIES)->share_permille,
			 600);
	assert_int_equal(only(KMS_FINDING_POSITIVE_DENTRIES)->share_permille,
			 400);
	assert_int_equal(
		only(KMS_FINDING_NEGATIVE_DENTRIES)->objects_per_second, 6000);
}

/* A cache that fills its free slots takes no more memory yet. */
static void into_free_slots(void **state)
{
	size_t i;

	(void)state;
	storm();
	for (i = 0; i < KMS_NR_MOMENTS; i++)
		obs.moment[i].slabs.record[0].total_bytes = 300 * MIB;
	judge();
	assert_in_range(only(KMS_FINDING_NEGATIVE_DENTRIES)->growth_bytes,
			19100000, 19200000);
}

static void bursts_are_only_possible(void **state)
{
	(void)state;
	host();
	cache("early", 1, 192, EACH(1000000, 1100000, 1100000));
	cache("late", 1, 192, EACH(1000000, 1000000, 1100000));
	cache("steady", 1, 192, EACH(1000000, 1050000, 1100000));
	judge();
	assert_int_equal(verdict.nr_findings, 3);
	assert_string_equal(verdict.finding[0].cache, "early");
	assert_int_equal(verdict.finding[0].sure, KMS_POSSIBLE);
	assert_int_equal(verdict.finding[1].sure, KMS_POSSIBLE);
	assert_int_equal(verdict.finding[2].sure, KMS_LIKELY);
}

static void a_leak(void **state)
{
	const struct kms_finding *found;
	struct kms_trace *trace;

	(void)state;
	host();
	cache("kmalloc-128", 0, 128, EACH(5000, 35000, 105000));
	trace = trace_add("kmalloc-128", 995);
	record_add(&trace->allocators.any,
		"id=1 context=task name=a uid=0 pid=1 stack=1 nr_allocs=10000 nr_outstanding=3 allocs_per_second=2000");
	record_add(&trace->allocators.any,
		"id=2 context=kthread name=kworker%%20x stack=2 nr_allocs=400 nr_outstanding=400 allocs_per_second=80");
	record_add(&trace->allocators.any,
		"id=3 context=kthread name=kworker%%20x stack=3 nr_allocs=100 nr_outstanding=100 allocs_per_second=20");
	record_add(&trace->stacks.any, "stack=2 depth=1 symbol=drv_open+0x10/0x20%%20[drv]");
	record_add(&trace->stacks.any, "stack=2 depth=0 symbol=__kmalloc+0x1/0x2");
	record_add(&trace->stacks.any, "stack=3 depth=0 symbol=other+0x1/0x2");
	judge();
	found = only(KMS_FINDING_UNRECLAIMABLE_SLAB);
	assert_false(found->reclaimable);
	assert_int_equal(found->reclaimable_bytes, KMS_UNKNOWN);
	assert_int_equal(found->nr_allocators, 1);
	assert_int_equal(found->allocator[0].nr_outstanding, 500);
	assert_int_equal(found->allocator[0].nr_frames, 2);
	assert_string_equal(found->allocator[0].frame[1],
			    "drv_open+0x10/0x20 [drv]");
	expect_words("[kworker x]");
	expect_words("modinfo -- drv");
	expect_words("kmemscope trace --stacks --seconds 30 -- kmalloc-128\n");
}

static void small_growth_goes_with_the_large(void **state)
{
	(void)state;
	host();
	cache("big", 1, 1000, EACH(1000, 31000, 101000));
	cache("side", 1, 100, EACH(1000, 21000, 71000));
	judge();
	assert_int_equal(verdict.nr_findings, 1);
	assert_string_equal(verdict.finding[0].cache, "big");
	assert_int_equal(verdict.finding[0].kind, KMS_FINDING_RECLAIMABLE_SLAB);
}

static void growth_too_slow_to_matter(void **state)
{
	(void)state;
	/* 8 TiB: 1 MiB in 10 s takes 2.5 years */
	memory(2147483648, 2000000000, 50000, NULL);
	cache("dentry", 1, 192, EACH(1000000, 1003000, 1006000));
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

static void pages_beyond_their_error(void **state)
{
	const struct kms_finding *found;

	(void)state;
	memory(4194304, 2000000, 50000, EACH_SIGNED(3000, 5000, 9000));
	judge();
	found = only(KMS_FINDING_UNACCOUNTED);
	assert_int_equal(found->growth_bytes, 6000 * PAGE);
	assert_int_equal(found->sure, KMS_CERTAIN);
	assert_int_equal(found->nr_allocators, 0);
}

static void pages_within_their_error(void **state)
{
	(void)state;
	memory(4194304, 2000000, 50000, EACH_SIGNED(3000, 4000, 4900));
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

static void a_stock_of_dentries(void **state)
{
	const struct kms_finding *found;

	(void)state;
	memory(4194304, 500000, 2600000, NULL);
	cache("dentry", 1, 192, EACH(52000000, 52000000, 52000100));
	dentry_states(52000000, 51000000, 52000100, 51000000);
	walked(KMS_WALK_BEFORE, 51000000, 1000000, 150);
	directory(KMS_WALK_BEFORE, 5, "/var/old", 50000000, 0);
	name(KMS_WALK_BEFORE, 5, 1, "only-one");
	judge();
	assert_int_equal(verdict.nr_findings, 1);
	found = only(KMS_FINDING_STOCK);
	assert_int_equal(found->growth_bytes, KMS_UNKNOWN);
	assert_int_equal(found->full_seconds, KMS_UNKNOWN);
	assert_in_range(found->memory_permille, 575, 585);
	assert_string_equal(found->directory[0].path, "/var/old");
	assert_string_equal(found->directory[0].pattern, "only-one");
	expect_words("not growing now; most of it in /var/old\n");
	expect_words("15 % of the hash table was");
	expect_words("drop_caches");
}

static void a_cache_that_may_be_large(void **state)
{
	(void)state;
	/* A file server keeps inodes in 10 % of its memory. */
	host();
	cache("xfs_inode", 1, 1000, EACH(1600000, 1600000, 1600000));
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

static void pieces(int64_t index3, int64_t index9)
{
	host();
	zone_add(0, "DMA", 4000);
	zone_add(0, "Normal", 4190000);
	buddy_add(0, "DMA", 3, -1000);
	buddy_add(0, "Normal", 3, index3);
	buddy_add(0, "Normal", 9, index9);
	judge();
}

static void memory_in_pieces(void **state)
{
	(void)state;
	pieces(900, 990);
	assert_int_equal(only(KMS_FINDING_FRAGMENTATION)->sure, KMS_LIKELY);
	expect_words("no free block of 32.0 KiB");
	expect_words("compact_memory");
}

static void no_huge_pages(void **state)
{
	(void)state;
	pieces(-1000, 990);
	assert_int_equal(only(KMS_FINDING_FRAGMENTATION)->sure, KMS_POSSIBLE);
}

static void no_pieces(void **state)
{
	(void)state;
	pieces(-1000, -1000);
	assert_int_equal(verdict.nr_findings, 0);
}

/* Two walks of a part each: chance is not called growth. */
static void chance_is_no_growth(void **state)
{
	const struct kms_finding *found;
	size_t i;

	(void)state;
	storm();
	for (i = 0; i < KMS_NR_WALKS; i++) {
		directory(i, 9, "/mnt/rest", 1000000 + 6000 * i, 0);
		obs.walk[i].directories.record[2].coverage_permille = 100;
		obs.walk[i].total.coverage_permille = 100;
	}
	judge();
	found = only(KMS_FINDING_NEGATIVE_DENTRIES);
	for (i = 0; i < found->nr_directories; i++)
		assert_string_not_equal(found->directory[i].path, "/mnt/rest");
}

static void json_print(FILE *stream, void *arg)
{
	const struct kms_answer answer = { .rows.kind = &kms_kind_status };
	struct kms_error err = { 0 };

	(void)arg;
	assert_int_equal(kms_verdict_print_json(stream, &answer, &verdict,
						&err), KMS_OK);
}

static void expect_json(const char *words)
{
	char *text = printed(json_print, NULL);

	if (!strstr(text, words))
		print_error("no '%s' in:\n%s", words, text);
	assert_non_null(strstr(text, words));
	free(text);
}

/* Shares are in percent, with a decimal; what is not known has no key. */
static void in_fields(void **state)
{
	struct kms_trace *trace;
	char *text;

	(void)state;
	storm();
	trace = trace_add("dentry", 993);
	allocator(trace, "context=task name=curl uid=0 pid=7", 2);
	allocator(trace, "context=task name=wget uid=0 pid=8", 1);
	judge();
	expect_json("\"directories\": [");
	expect_json("\"allocators\": [");
	expect_json("\"traced_percent\": 66.7");
	expect_json("\"share_percent\": 66.2");
	expect_json("\"share_percent\": 100.0");
	expect_json("\"attributed_percent\": 99.3");
	expect_json("\"severity\": \"warning\"");
	expect_json("\"why_severe\": ");
	text = printed(json_print, NULL);
	assert_null(strstr(text, "\"hurts\""));
	free(text);
	verdict.pressure.scanned = 0;
	verdict.pressure.some_permille = 234;
	expect_json("\"some_percent\": 23.4");
	expect_json("\"hurts\": false");
	verdict.finding[0].allocator[0].traced_permille = KMS_UNKNOWN;
	verdict.finding[0].allocator[1].traced_permille = 9;
	expect_json("\"traced_percent\": 0.9");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_wrong),
		TEST(noise_on_a_small_host),
		TEST(nothing_known),
		TEST(a_storm_of_lookups),
		TEST(a_storm_without_walk_and_trace),
		TEST(files_that_are_made),
		TEST(files_and_lookups),
		TEST(into_free_slots),
		TEST(bursts_are_only_possible),
		TEST(a_leak),
		TEST(small_growth_goes_with_the_large),
		TEST(growth_too_slow_to_matter),
		TEST(pages_beyond_their_error),
		TEST(pages_within_their_error),
		TEST(a_stock_of_dentries),
		TEST(a_cache_that_may_be_large),
		TEST(memory_in_pieces),
		TEST(no_huge_pages),
		TEST(no_pieces),
		TEST(chance_is_no_growth),
		TEST(in_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
