// SPDX-License-Identifier: GPL-2.0-only
/*
 * How severe a verdict is: as many healthy hosts as sick ones.  A healthy host
 * gets no warning, and no command that stops, drops or changes anything.
 */
#include "diagnose/judge/severity.h"
#include "lib/array.h"
#include "observation_sample.h"

/* Counts of the host at first, and what came in the ten seconds after that. */
struct waits {
	uint64_t some_ms, full_ms, refaults, stalls, scanned, oom_kills;
};

static void pressure(struct waits waits)
{
	struct kms_pressure *first = &obs.host[KMS_HOST_BEFORE].pressure;
	struct kms_pressure *last = &obs.host[KMS_HOST_AFTER].pressure;

	*first = (struct kms_pressure){
		.boottime_ns = 100 * SECOND,
		.some_us = 7000, .full_us = 5000,
		.some_avg10_permille = 0, .full_avg10_permille = 0,
		.refaults = 900, .refaults_file = 900, .refaults_anon = 0,
		.stalls = 80, .scanned = 70, .oom_kills = 6,
		.swapped_in = 5, .swapped_out = 4,
	};
	*last = *first;
	last->boottime_ns = 110 * SECOND;
	last->some_us += 1000 * waits.some_ms;
	last->full_us += 1000 * waits.full_ms;
	last->refaults += waits.refaults;
	last->refaults_file += waits.refaults;
	last->stalls += waits.stalls;
	last->scanned += waits.scanned;
	last->oom_kills += waits.oom_kills;
}

/* Little is available, and reclaim holds tasks up for 23 % of the time. */
static void thrash(void)
{
	obs.available_bytes = 900 * MIB;
	pressure((struct waits){ .some_ms = 2300, .refaults = 40000,
				 .stalls = 900, .scanned = 900000 });
}

static void expect_nothing_is_stopped(void)
{
	static const char * const words[] = {
		"kill ", "systemctl", "docker", "podman", "drop_caches",
		"memory.reclaim", "compact_memory", "now: ", "Warning",
		"Critical",
	};
	const struct kms_finding *finding;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		expect_no_words(words[i]);
	for (i = 0; i < verdict.nr_findings; i++) {
		finding = &verdict.finding[i];
		for (j = 0; j < finding->nr_remedies; j++) {
			assert_int_equal(finding->remedy[j].when, KMS_LATER);
			assert_null(finding->remedy[j].argv.into);
			if (finding->remedy[j].argv.nr)
				assert_true(!strcmp(finding->remedy[j].argv.word[0],
						    "kmemscope") ||
					    !strcmp(finding->remedy[j].argv.word[0],
						    "modinfo"));
		}
	}
}

/* Judge a host that is healthy, though it may have notices. */
static void expect_healthy(size_t nr_notices)
{
	size_t i;

	judge();
	assert_int_equal(verdict.nr_findings, nr_notices);
	for (i = 0; i < nr_notices; i++) {
		assert_int_equal(verdict.finding[i].severity, KMS_NOTICE);
		assert_non_null(verdict.finding[i].why_severe);
	}
	assert_int_equal(verdict.severity, nr_notices ? KMS_NOTICE :
							KMS_OK_SEVERITY);
	assert_int_equal(verdict.health, KMS_HEALTHY);
	expect_words("Verdict: nothing ");
	expect_nothing_is_stopped();
}

/* Judge a host whose worst finding is of a kind. */
static const struct kms_finding *expect_sick(enum kms_severity severity,
					     enum kms_finding_kind kind)
{
	judge();
	assert_true(verdict.nr_findings > 0);
	assert_int_equal(verdict.finding[0].kind, kind);
	assert_int_equal(verdict.finding[0].severity, severity);
	assert_int_equal(verdict.severity, severity);
	assert_int_equal(verdict.health, KMS_UNHEALTHY);
	assert_non_null(verdict.finding[0].why_severe);
	expect_no_words("nothing wrong");
	expect_no_words("nothing urgent");
	return &verdict.finding[0];
}

/* A cache that grows, mostly by one process that could be killed. */
static void filled_by(const char *name, unsigned int reclaimable,
		      const uint64_t objects[KMS_NR_MOMENTS], const char *words)
{
	struct kms_trace *trace;
	char text[128];

	cache(name, reclaimable, 1000, objects);
	trace = trace_add(name, 990);
	snprintf(text, sizeof(text), "context=task name=%s uid=0 pid=77", words);
	allocator(trace, text, 1000);
	trace->facts[0].alive = true;
	trace->facts[0].nr_alike = 1;
	trace->facts[0].cgroup = strdup("/system.slice/cron.service");
	trace->facts[0].can_reclaim = true;
	strcpy(trace->facts[0].service.name, "cron.service");
	trace->facts[0].service.nr_processes = 1;
	obs.host_processes = true;
}

#define STEADY EACH(1000, 31000, 101000)	/* 9.5 MiB/s */
#define SLOW EACH(100000, 100300, 101000)	/* 98 KiB/s */
#define BURST EACH(1000, 1010, 101000)
#define STILL(number) EACH(number, number, number)

/* Healthy hosts */

static void at_rest(void **state)
{
	(void)state;
	host();
	cache("dentry", 1, 192, STILL(100000));
	pressure((struct waits){ 0 });
	expect_healthy(0);
	expect_words("slower growth: \"kmemscope diagnose --seconds 600\" sees 7.0 KiB/s of unreclaimable slab caches and 55.7 KiB/s of other kernel memory");
	assert_int_equal(verdict.pressure.some_permille, 0);
	assert_int_equal(verdict.pressure.refaults, 0);
	expect_no_words("Memory is short");
}

static void a_scan_of_files(void **state)
{
	(void)state;
	host();
	filled_by("ext4_inode_cache", 1, STEADY, "find");
	expect_healthy(1);
	expect_words("Verdict: nothing wrong: the ext4_inode_cache grows by 9.5 MiB/s: inodes, 99 % by find");
	expect_words("Notice, certain: it grew throughout");
	expect_words("This is normal: the kernel reclaims it when memory is short; 8.2 GiB is available");
	expect_words("nothing needs to be stopped");
}

static void a_file_that_is_written(void **state)
{
	(void)state;
	host();
	filled_by("buffer_head", 1, STEADY, "dd");
	expect_healthy(1);
	expect_words("Verdict: nothing wrong: the buffer_head cache grows by");
}

static void files_that_are_made(void **state)
{
	(void)state;
	host();
	filled_by("dentry", 1, STEADY, "tar");
	dentry_states(1000, 100, 101000, 200);
	expect_healthy(1);
	only(KMS_FINDING_POSITIVE_DENTRIES);
}

/* A file server keeps the inodes of its files. */
static void a_stock_of_files(void **state)
{
	(void)state;
	host();
	cache("xfs_inode", 1, 1000, STILL(4000000));
	expect_healthy(1);
	only(KMS_FINDING_STOCK);
}

/* What is available is not what matters to a cache. */
static void a_scan_while_little_is_available(void **state)
{
	(void)state;
	host();
	obs.available_bytes = 500 * MIB;
	filled_by("ext4_inode_cache", 1, STEADY, "find");
	expect_healthy(1);
}

static void a_burst(void **state)
{
	const struct kms_finding *found;

	(void)state;
	host();
	filled_by("kmalloc-1k", 0, BURST, "cc1");
	expect_healthy(1);
	found = only(KMS_FINDING_UNRECLAIMABLE_SLAB);
	assert_int_equal(found->full_seconds, KMS_UNKNOWN);
	expect_words("the kmalloc-1k cache grew unsteadily by 95.4 MiB");
	expect_no_words("memory use");
	expect_no_words("grows by");
}

static void a_burst_of_failed_lookups(void **state)
{
	(void)state;
	host();
	filled_by("dentry", 1, BURST, "configure");
	dentry_states(1000, 100, 101000, 100100);
	expect_healthy(1);
	only(KMS_FINDING_NEGATIVE_DENTRIES);
}

/* 2 TiB: a week of it is 8 % of memory. */
static void few_failed_lookups_on_a_large_host(void **state)
{
	(void)state;
	memory(536870912, 400000000, 50000, NULL);
	/* 3.8 MiB/s are 323 GiB a day, of which a fifth is 410 GiB. */
	cache("dentry", 1, 192, EACH(1000000, 1063000, 1210000));
	dentry_states(1000000, 100, 1210000, 210100);
	expect_healthy(1);
	expect_words("less than a fifth of memory in a day");
}

/* A large host has time: it is not full within a month. */
static void a_slow_leak_on_a_large_host(void **state)
{
	(void)state;
	/* 458 of 512 GiB are available, and 156 KiB/s take 407 in 31 days. */
	memory(134217728, 120000000, 50000, NULL);
	filled_by("kmalloc-1k", 0, EACH(100000, 100480, 101600), "agent");
	expect_healthy(1);
	assert_int_not_equal(only(KMS_FINDING_UNRECLAIMABLE_SLAB)->full_seconds,
			     KMS_UNKNOWN);
	expect_words("Verdict: nothing urgent: the kmalloc-1k cache grows by");
}

/* kswapd makes room for a file that is read once: that is no pressure. */
static void a_large_file_is_read_once(void **state)
{
	(void)state;
	host();
	cache("buffer_head", 1, 104, STILL(100000));
	pressure((struct waits){ .some_ms = 3000, .scanned = 900000,
				 .stalls = 200 });
	expect_healthy(0);
	assert_int_equal(verdict.pressure.some_permille, 300);
	assert_false(verdict.pressure.hurts);
}

/* Its tasks wait at the limit of their cgroup: not the host is short. */
static void a_cgroup_at_its_limit(void **state)
{
	(void)state;
	host();
	filled_by("ext4_inode_cache", 1, EACH(1700000, 1730000, 1800000),
		  "find");
	pressure((struct waits){ .some_ms = 5000, .refaults = 90000 });
	expect_healthy(1);
	expect_no_words("Memory is short");
}

/* ZFS or a driver may have much of it, while enough is available. */
static void much_that_no_counter_explains(void **state)
{
	(void)state;
	memory(4194304, 1500000, 50000, EACH_SIGNED(1200000, 1200000, 1200000));
	expect_healthy(1);
	only(KMS_FINDING_UNACCOUNTED);
}

/* Sick hosts */

static void a_leak(void **state)
{
	const struct kms_finding *found;

	(void)state;
	host();
	filled_by("kmalloc-1k", 0, STEADY, "leaky");
	found = expect_sick(KMS_CRITICAL, KMS_FINDING_UNRECLAIMABLE_SLAB);
	/* 8.2 less 1.6 GiB, at 9.5 MiB/s */
	assert_in_range(found->full_seconds, 700, 720);
	expect_words("Critical, certain: it grew throughout");
	expect_words("The kernel cannot reclaim it, and memory is full within an hour");
	expect_words("At this rate memory use reaches 90 % in about 12 minutes.");
	expect_words("now: stop");
}

static void a_leak_of_days(void **state)
{
	(void)state;
	host();
	filled_by("kmalloc-1k", 0, SLOW, "leaky");
	expect_sick(KMS_WARNING, KMS_FINDING_UNRECLAIMABLE_SLAB);
	expect_words("memory is full within 30 days");
	expect_words("in about 20 hours.");
}

static void a_slow_leak_when_memory_is_short(void **state)
{
	(void)state;
	host();
	obs.available_bytes = 1000 * MIB;
	filled_by("kmalloc-1k", 0, SLOW, "leaky");
	expect_sick(KMS_CRITICAL, KMS_FINDING_UNRECLAIMABLE_SLAB);
	expect_words("Memory use is above 90 % now.");
}

/* Two seconds show a leak, but not when the memory is full. */
static void a_leak_in_two_seconds(void **state)
{
	const struct kms_finding *found;

	(void)state;
	obs.moment[KMS_MOMENT_MIDDLE].boottime_ns = 101 * SECOND;
	obs.moment[KMS_MOMENT_LAST].boottime_ns = 102 * SECOND;
	host();
	filled_by("kmalloc-1k", 0, EACH(1000, 50000, 101000), "leaky");
	found = expect_sick(KMS_WARNING, KMS_FINDING_UNRECLAIMABLE_SLAB);
	assert_int_equal(found->full_seconds, KMS_UNKNOWN);
	expect_no_words("memory use");
}

static void pages_in_no_counter(void **state)
{
	(void)state;
	memory(4194304, 2000000, 50000, EACH_SIGNED(3000, 33000, 103000));
	expect_sick(KMS_CRITICAL, KMS_FINDING_UNACCOUNTED);
}

static void a_storm_of_failed_lookups(void **state)
{
	(void)state;
	host();
	filled_by("dentry", 1, STEADY, "curl");
	dentry_states(1000, 100, 101000, 100100);
	expect_sick(KMS_WARNING, KMS_FINDING_NEGATIVE_DENTRIES);
	expect_words("a fifth of memory within a day");
	expect_words("now: stop");
}

static void a_stock_of_failed_lookups(void **state)
{
	(void)state;
	host();
	cache("dentry", 1, 192, STILL(12000000));
	dentry_states(12000000, 11000000, 12000000, 11000000);
	expect_sick(KMS_WARNING, KMS_FINDING_STOCK);
	expect_words("Failed lookups are of no use, and have 12 % of memory");
	expect_words("drop_caches");
}

/* That it grew unsteadily does not make the stock harmless. */
static void a_burst_on_top_of_a_stock(void **state)
{
	(void)state;
	host();
	cache("dentry", 1, 192, EACH(12000000, 12000000, 12100000));
	dentry_states(12000000, 11000000, 12100000, 11100000);
	cache("kmalloc-1k", 0, 1000, EACH(2000000, 2000000, 2001000));
	judge();
	assert_int_equal(only(KMS_FINDING_NEGATIVE_DENTRIES)->severity,
			 KMS_WARNING);
	assert_int_equal(only(KMS_FINDING_UNRECLAIMABLE_SLAB)->severity,
			 KMS_WARNING);
}

static void a_stock_that_cannot_be_reclaimed(void **state)
{
	(void)state;
	host();
	cache("ebitmap_node", 0, 64, STILL(30000000));
	expect_sick(KMS_WARNING, KMS_FINDING_STOCK);
	expect_words("it is much for one cache");
}

/* Whoever fills the cache is not stopped: all others need the memory, too. */
static void a_scan_while_reclaim_hurts(void **state)
{
	(void)state;
	host();
	thrash();
	filled_by("ext4_inode_cache", 1, EACH(1800000, 1830000, 1900000),
		  "find");
	expect_sick(KMS_WARNING, KMS_FINDING_INODES);
	assert_int_equal(verdict.nr_findings, 1);
	expect_words("Memory is short: tasks waited for memory 23 % of the time; 4000 reclaimed pages were needed again each second");
	expect_words("drop_caches");
	expect_no_words("kill ");
	expect_no_words("systemctl");
}

/* A cache of a few MiB is not what memory is short for. */
static void page_cache_that_is_in_use(void **state)
{
	(void)state;
	host();
	thrash();
	filled_by("ext4_inode_cache", 1, STEADY, "find");
	expect_sick(KMS_WARNING, KMS_FINDING_PRESSURE);
	assert_int_equal(only(KMS_FINDING_INODES)->severity, KMS_NOTICE);
	expect_words("Verdict: memory is short: tasks waited for memory 23 % of the time (+1 more)");
	expect_no_words("kill ");
}

static void all_tasks_wait(void **state)
{
	(void)state;
	host();
	cache("dentry", 1, 192, STILL(100000));
	pressure((struct waits){ .some_ms = 3000, .full_ms = 1500,
				 .refaults = 4000, .scanned = 90000 });
	expect_sick(KMS_CRITICAL, KMS_FINDING_PRESSURE);
}

/* A leak explains why tasks wait: one cause is one finding. */
static void a_leak_that_hurts(void **state)
{
	(void)state;
	host();
	thrash();
	filled_by("kmalloc-1k", 0, STEADY, "leaky");
	expect_sick(KMS_CRITICAL, KMS_FINDING_UNRECLAIMABLE_SLAB);
	assert_int_equal(verdict.nr_findings, 1);
	expect_words("Memory is short: tasks waited");
}

static void a_kernel_without_psi(void **state)
{
	size_t i;

	(void)state;
	host();
	cache("dentry", 1, 192, STILL(100000));
	thrash();
	for (i = 0; i < KMS_NR_HOST_MOMENTS; i++) {
		obs.host[i].pressure.some_us = KMS_UNKNOWN;
		obs.host[i].pressure.full_us = KMS_UNKNOWN;
	}
	expect_sick(KMS_WARNING, KMS_FINDING_PRESSURE);
	assert_int_equal(verdict.pressure.some_permille, KMS_UNKNOWN);
	expect_words("tasks had to reclaim memory 90 times a second");
}

static void processes_that_were_killed(void **state)
{
	(void)state;
	host();
	cache("dentry", 1, 192, STILL(100000));
	pressure((struct waits){ .oom_kills = 2 });
	expect_sick(KMS_WARNING, KMS_FINDING_PRESSURE);
	expect_words("the OOM killer ended 2 processes");
}

static void much_unexplained_and_little_available(void **state)
{
	(void)state;
	memory(4194304, 500000, 50000, EACH_SIGNED(2400000, 2400000, 2400000));
	expect_sick(KMS_WARNING, KMS_FINDING_UNACCOUNTED);
}

/* The worst is first, not the fastest. */
/* Files fill caches, ten times as fast as another cache grows. */
static void files_beside(void)
{
	host();
	cache("ext4_inode_cache", 1, 10000, SLOW);
	cache("kmalloc-1k", 0, 1000, EACH(100000, 100500, 102000));
}

static void the_worst_is_first(void **state)
{
	(void)state;
	files_beside();
	expect_sick(KMS_WARNING, KMS_FINDING_UNRECLAIMABLE_SLAB);
	assert_int_equal(verdict.finding[1].severity, KMS_NOTICE);
}

/* It may be of the files, too, as long as no allocator is known. */
static void far_slower_beside_files(void **state)
{
	(void)state;
	host();
	cache("ext4_inode_cache", 1, 25000, SLOW);
	cache("kmalloc-1k", 0, 1000, SLOW);
	judge();
	assert_int_equal(verdict.nr_findings, 2);
	assert_int_equal(verdict.severity, KMS_NOTICE);
}

/* Each inode has one, whoever makes it. */
static void one_object_for_each_inode(void **state)
{
	(void)state;
	host();
	cache("ext4_inode_cache", 1, 1100, EACH(1000, 5500, 16000));
	cache("odd_label", 0, 64, EACH(1000, 5500, 16000));
	allocator(trace_add("odd_label", 1000),
		  "context=task name=gnat pid=77", 4500);
	judge();
	assert_int_equal(verdict.nr_findings, 2);
	assert_int_equal(verdict.severity, KMS_NOTICE);
}

static void more_objects_than_inodes(void **state)
{
	(void)state;
	host();
	cache("ext4_inode_cache", 1, 1100, EACH(1000, 5500, 16000));
	cache("odd_label", 0, 64, EACH(1000, 9500, 28000));
	allocator(trace_add("odd_label", 1000),
		  "context=task name=gnat pid=77", 9000);
	judge();
	assert_int_equal(verdict.severity, KMS_WARNING);
}

/* A judge that knows more has the last word. */
static void a_judge_that_knows(void **state)
{
	struct kms_case c = { .obs = &obs, .verdict = &verdict };
	struct kms_finding finding = {
		.kind = KMS_FINDING_PROCESS_MEMORY,
		.severity = KMS_NOTICE, .why_severe = "this is its heap",
		.sure = KMS_POSSIBLE, .full_seconds = 9,
	};

	(void)state;
	memset(&verdict, 0, sizeof(verdict));
	kms_severity_judge(&c, &finding);
	assert_int_equal(finding.severity, KMS_NOTICE);
	assert_string_equal(finding.why_severe, "this is its heap");
	/* Unsteady growth has no time to full, whoever judges it. */
	assert_int_equal(finding.full_seconds, KMS_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(at_rest),
		TEST(a_scan_of_files),
		TEST(a_file_that_is_written),
		TEST(files_that_are_made),
		TEST(a_stock_of_files),
		TEST(a_scan_while_little_is_available),
		TEST(a_burst),
		TEST(a_burst_of_failed_lookups),
		TEST(few_failed_lookups_on_a_large_host),
		TEST(a_slow_leak_on_a_large_host),
		TEST(a_large_file_is_read_once),
		TEST(a_cgroup_at_its_limit),
		TEST(much_that_no_counter_explains),
		TEST(a_leak),
		TEST(a_leak_of_days),
		TEST(a_slow_leak_when_memory_is_short),
		TEST(a_leak_in_two_seconds),
		TEST(pages_in_no_counter),
		TEST(a_storm_of_failed_lookups),
		TEST(a_stock_of_failed_lookups),
		TEST(a_burst_on_top_of_a_stock),
		TEST(a_stock_that_cannot_be_reclaimed),
		TEST(a_scan_while_reclaim_hurts),
		TEST(page_cache_that_is_in_use),
		TEST(all_tasks_wait),
		TEST(a_leak_that_hurts),
		TEST(a_kernel_without_psi),
		TEST(processes_that_were_killed),
		TEST(much_unexplained_and_little_available),
		TEST(the_worst_is_first), TEST(far_slower_beside_files),
		TEST(one_object_for_each_inode),
		TEST(more_objects_than_inodes),
		TEST(a_judge_that_knows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
