// SPDX-License-Identifier: GPL-2.0-only
/* Page tables, threads, vmalloc memory and zombies: who has them. */
#include "host/vmallocinfo.h"
#include "observation_sample.h"

static void vmallocinfo_parses(void **state)
{
	static const char text[] =
		"0x000000008ba90530-0x000000000aa3abc8   20480 irq_init+0xca/0x100 vmap\n"
		"0x000000000aa3abc8-0x00000000636bb8a4    8192 acpi_os_map+0x1bc/0x1e0 phys=0x00000000000a0000 ioremap\n"
		"0x0000000000000001-0x0000000000000002  135168 leaky_init+0x10/0x20 [gnat] pages=32 vmalloc N0=16 N1=16\n"
		"0x0000000000000003-0x0000000000000004  135168 leaky_init+0x30/0x40 [gnat] pages=32 vmalloc vpages N0=32\n"
		"0x0000000000000005-0x0000000000000006   20480 dup_task_struct+0x1/0x2 pages=4 vmalloc N0=4\n"
		"0x0000000000000007-0x0000000000000008   69632 ringbuf+0x1/0x2 pages=16 vmap user N0=16\n"
		"0x0000000000000009-0x000000000000000a    8192 od\x1b[d+0x1/0x2 pages=1 vmalloc\n"
		"0x000000000000000b-0x000000000000000c    8192 unpurged vm_area\n"
		"0x000000000000000b-0x000000000000000c    8192 pages=9 vmalloc\n"
		"0x000000000000000b-0x000000000000000c\n"
		"0x000000000000000b 8192 broken pages=9 vmalloc\n"
		"0x01-0x02 -5 broken pages=9 vmalloc\n"
		"0x01-0x02 8192 broken pages=x vmalloc\n\n";
	const struct kms_vmalloc_caller *caller;
	struct kms_vmalloc_callers callers;
	char *copy = strdup(text);

	(void)state;
	assert_non_null(copy);
	assert_true(kms_vmalloc_callers_parse(&callers, copy, PAGE));
	free(copy);
	assert_true(callers.known);
	assert_int_equal(callers.nr, 4);
	caller = kms_vmalloc_callers_find(&callers, "leaky_init [gnat]");
	assert_non_null(caller);
	assert_int_equal(caller->nr, 2);
	assert_int_equal(caller->bytes, 64 * PAGE);
	assert_int_equal(caller->mapped_bytes, 0);
	caller = kms_vmalloc_callers_find(&callers, "ringbuf");
	assert_int_equal(caller->bytes, 0);
	assert_int_equal(caller->mapped_bytes, 16 * PAGE);
	assert_non_null(kms_vmalloc_callers_find(&callers, "od\\x1b[d"));
	assert_null(kms_vmalloc_callers_find(&callers, "broken"));
	kms_vmalloc_callers_free(&callers);
	assert_true(kms_vmalloc_callers_read(&callers, "/nowhere", PAGE));
	assert_false(callers.known);
}

/* 200 MiB more of page tables in 10 s */
static void page_tables_of_one(void **state)
{
	const struct kms_finding *finding;

	(void)state;
	host();
	host_moments();
	HOST_PAGES(page_table_pages, 1000, 16360, 52200);
	task_at(KMS_HOST_BEFORE, 400, 1, "plover")->page_table_bytes = MIB;
	task_at(KMS_HOST_AFTER, 400, 1, "plover")->page_table_bytes = 201 * MIB;
	judge();
	finding = only(KMS_FINDING_PAGES);
	assert_string_equal(finding->cause, "page_tables");
	assert_string_equal(verdict.summary,
			    "plover (process 400) grows by 20.0 MiB/s of page tables");
	expect_words("has 201 MiB of page tables for 0 bytes of memory in use: it used far more addresses");
	expect_words("stop or restart plover (process 400)");
	expect_no_words("compare VmPTE:");
}

static void page_tables_of_many(void **state)
{
	struct kms_process_memory *postgres;
	uint32_t pid;

	(void)state;
	host();
	host_moments();
	HOST_PAGES(page_table_pages, 1000, 16360, 52200);
	for (pid = 400; pid < 500; pid++) {
		task_at(KMS_HOST_BEFORE, pid, 1, "postgres");
		postgres = task_at(KMS_HOST_AFTER, pid, 1, "postgres");
		postgres->page_table_bytes = 2 * MIB;
	}
	judge();
	expect_words("100 postgres processes grow by 20.0 MiB/s of page tables");
	expect_no_words("kill");
}

static void page_tables_of_nobody(void **state)
{
	(void)state;
	host();
	host_moments();
	HOST_PAGES(page_table_pages, 1000, 16360, 52200);
	judge();
	assert_int_equal(only(KMS_FINDING_PAGES)->nr_holders, 0);
	expect_words("compare VmPTE:");
}

static void threads_of_one(void **state)
{
	const struct kms_finding *finding;

	(void)state;
	host();
	host_moments();
	HOST_PAGES(kernel_stack_pages, 1000, 1000 + 2400, 1000 + 8000);
	task_at(KMS_HOST_BEFORE, 50, 1, "curlew")->nr_threads = 10;
	task_at(KMS_HOST_AFTER, 50, 1, "curlew")->nr_threads = 2010;
	judge();
	finding = only(KMS_FINDING_PAGES);
	assert_string_equal(finding->cause, "threads");
	assert_int_equal(finding->holder[0].nr, 2010);
	assert_int_equal(finding->holder[0].growth_nr, 2000);
	assert_string_equal(verdict.summary,
			    "curlew (process 50) has 2010 threads, 200 more a second");
}

static void callers(size_t number, uint64_t bytes, uint64_t mapped)
{
	char *text;

	assert_true(asprintf(&text,
		"0x01-0x02 4096 bloom [gnat] pages=%llu vmalloc\n"
		"0x01-0x02 4096 dup_task_struct pages=%llu vmalloc\n"
		"0x01-0x02 4096 ringbuf pages=%llu vmap\n",
		(unsigned long long)(bytes / PAGE),
		(unsigned long long)(bytes / PAGE + number),
		(unsigned long long)(mapped / PAGE)) > 0);
	assert_true(kms_vmalloc_callers_parse(&obs.host[number].vmalloc, text,
					      PAGE));
	free(text);
}

static void vmalloc_by_caller(void **state)
{
	(void)state;
	host();
	host_moments();
	HOST_PAGES(kernel_stack_pages, 0, 0, 0);
	HOST_PAGES(vmalloc_pages, 1000, 1000 + 15360, 1000 + 51200);
	callers(KMS_HOST_BEFORE, 100 * MIB, MIB);
	callers(KMS_HOST_AFTER, 300 * MIB, MIB);
	judge();
	assert_string_equal(only(KMS_FINDING_PAGES)->cause, "vmalloc");
	expect_words("vmalloc memory of bloom [gnat] grew by 200 MiB, to 300 MiB");
	expect_no_words("dup_task_struct");
	expect_no_words("ringbuf");
}

static void unaccounted_that_is_mapped(void **state)
{
	(void)state;
	memory(4194304, 2000000, 50000,
	       EACH_SIGNED(1000, 1000 + 15360, 1000 + 51200));
	host_moments();
	callers(KMS_HOST_BEFORE, 100 * MIB, MIB);
	callers(KMS_HOST_AFTER, 100 * MIB, 201 * MIB);
	judge();
	expect_words("pages mapped by vmap() of ringbuf grew by 200 MiB");
}

static void large_page_tables(void **state)
{
	const struct kms_finding *finding;

	(void)state;
	host();
	host_moments();
	HOST_PAGES(page_table_pages, 524288, 524288, 524288);
	task_at(KMS_HOST_AFTER, 400, 1, "plover")->page_table_bytes =
		1900 * MIB;
	judge();
	finding = only(KMS_FINDING_PAGES);
	assert_int_equal(finding->sure, KMS_POSSIBLE);
	expect_words("2.0 GiB, 13 % of memory, is memory of page tables, most of it of plover (process 400)");
	expect_no_words("kill");
}

static void zombies(uint32_t parent, unsigned int before, unsigned int after)
{
	uint32_t pid;

	task_at(KMS_HOST_BEFORE, parent, 1, "badd");
	task_at(KMS_HOST_AFTER, parent, 1, "badd");
	for (pid = 1000; pid < 1000 + before; pid++)
		task_at(KMS_HOST_BEFORE, pid, parent, "child")->zombie = true;
	for (pid = 1000; pid < 1000 + after; pid++)
		task_at(KMS_HOST_AFTER, pid, parent, "child")->zombie = true;
}

static void zombies_of_one(void **state)
{
	const struct kms_finding *finding;

	(void)state;
	host();
	host_moments();
	zombies(77, 500, 900);
	judge();
	finding = only(KMS_FINDING_ZOMBIES);
	assert_string_equal(finding->cause, "zombies");
	assert_int_equal(finding->severity, KMS_WARNING);
	assert_int_equal(finding->holder[0].pid, 77);
	assert_int_equal(finding->holder[0].growth_nr, 400);
	assert_string_equal(verdict.summary,
			    "900 zombies of badd (process 77), which does not wait for them");
	expect_words("later: restart badd (process 77)");
	expect_no_words("now: ");
}

static void zombies_that_stay(void **state)
{
	(void)state;
	host();
	host_moments();
	zombies(77, 200, 200);
	judge();
	assert_int_equal(only(KMS_FINDING_ZOMBIES)->severity, KMS_NOTICE);
}

/* Process 1 must not be ended. */
static void zombies_of_init(void **state)
{
	uint32_t pid;

	(void)state;
	host();
	host_moments();
	for (pid = 1000; pid < 1300; pid++)
		task_at(KMS_HOST_AFTER, pid, 1, "child")->zombie = true;
	judge();
	expect_words("300 zombies of init (process 1)");
	expect_no_words("kill");
}

/* Healthy: */

static void few_zombies(void **state)
{
	(void)state;
	host();
	host_moments();
	zombies(77, 0, 60);
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

static void counters_at_rest(void **state)
{
	(void)state;
	host();
	host_moments();
	HOST_PAGES(page_table_pages, 50000, 50100, 50300);
	HOST_PAGES(kernel_stack_pages, 8000, 8100, 8100);
	HOST_PAGES(vmalloc_pages, 60000, 60000, 60200);
	callers(KMS_HOST_BEFORE, 100 * MIB, MIB);
	callers(KMS_HOST_AFTER, 100 * MIB, MIB);
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

/* What a balloon took and left managed is no leak. */
static void balloon_is_no_leak(void **state)
{
	(void)state;
	memory(4194304, 2000000, 50000,
	       EACH_SIGNED(1500000, 1500000, 1500000));
	host_moments();
	HOST_PAGES(present_pages, 4300000, 4300000, 4300000);
	HOST_PAGES(balloon_pages, 1490000, 1490000, 1490000);
	judge();
	assert_int_equal(verdict.nr_findings, 0);
	expect_words("5.7 GiB balloon");
}

/* One whose pages are not managed any more is in none of the parts. */
static void balloon_that_is_not_managed(void **state)
{
	(void)state;
	memory(4194304, 2000000, 50000, EACH_SIGNED(100, 100, 100));
	host_moments();
	HOST_PAGES(present_pages, 6000000, 6000000, 6000000);
	HOST_PAGES(balloon_pages, 1490000, 1490000, 1490000);
	judge();
	assert_true(verdict.totals.balloon == KMS_UNKNOWN);
	expect_no_words("balloon");
}

static void parts_add_up(void **state)
{
	const struct kms_totals *totals = &verdict.totals;

	(void)state;
	host();
	host_moments();
	HOST_PAGES(anon_pages, 100000, 100000, 100000);
	HOST_PAGES(hugetlb_pages, 200000, 200000, 200000);
	HOST_PAGES(zsmalloc_pages, 30000, 30000, 30000);
	HOST_PAGES(gpu_pages, 40000, 40000, 40000);
	cache("kmalloc-8k", 0, 8192, EACH(2500, 2500, 2500));
	judge();
	assert_int_equal(totals->large_kmalloc, 50000 * PAGE);
	assert_int_equal(totals->managed, totals->free + totals->page_cache +
			 totals->anon + totals->shmem + totals->hugetlb +
			 totals->zsmalloc + totals->gpu +
			 totals->slab_reclaimable + totals->slab_unreclaimable +
			 totals->unaccounted + totals->other);
	expect_words("781 MiB huge pages");
	expect_words("117 MiB compressed");
	expect_words("156 MiB GPU");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vmallocinfo_parses),
		TEST(page_tables_of_one),
		TEST(page_tables_of_many),
		TEST(page_tables_of_nobody),
		TEST(threads_of_one),
		TEST(vmalloc_by_caller),
		TEST(unaccounted_that_is_mapped),
		TEST(large_page_tables),
		TEST(zombies_of_one),
		TEST(zombies_that_stay),
		TEST(zombies_of_init),
		TEST(few_zombies),
		TEST(counters_at_rest),
		TEST(balloon_is_no_leak),
		TEST(balloon_that_is_not_managed),
		TEST(parts_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
