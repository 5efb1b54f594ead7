// SPDX-License-Identifier: GPL-2.0-only
/* Huge pages: the pools in /sys, and those that nothing uses. */
#include <sys/stat.h>

#include "host/huge_pages.h"
#include "observation_sample.h"

static char sys[] = "/tmp/kmemscope-huge-XXXXXX";

static void pool_make(const char *name, const char *nr, const char *nr_free,
		      const char *reserved, const char *surplus)
{
	const char * const files[][2] = {
		{ "nr_hugepages", nr }, { "free_hugepages", nr_free },
		{ "resv_hugepages", reserved }, { "surplus_hugepages", surplus },
	};
	char path[300];
	FILE *file;
	size_t i;

	snprintf(path, sizeof(path), "%s/%s", sys, name);
	assert_int_equal(mkdir(path, 0700), 0);
	for (i = 0; i < 4; i++) {
		if (!files[i][1])
			continue;
		snprintf(path, sizeof(path), "%s/%s/%s", sys, name,
			 files[i][0]);
		file = fopen(path, "w");
		assert_non_null(file);
		fputs(files[i][1], file);
		fclose(file);
	}
}

static int folder_make(void **state)
{
	(void)state;
	return mkdtemp(sys) ? 0 : -1;
}

static int folder_remove(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", sys);
	return system(command);
}

static void pools_read(void **state)
{
	struct kms_huge_pools pools;

	(void)state;
	pool_make("hugepages-2048kB", "400\n", "390\n", "90\n", "5\n");
	pool_make("hugepages-1048576kB", "2\n", "2\n", "0\n", "0\n");
	pool_make("hugepages-64kB", "x\n", "0\n", "0\n", "0\n");
	pool_make("hugepages-32kB", "1\n", NULL, "0\n", "0\n");
	pool_make("hugepages-16kB", "99999999999999999999\n", "0\n", "0\n",
		  "0\n");
	pool_make("hugepages-0kB", "1\n", "1\n", "0\n", "0\n");
	pool_make("hugepages-8MB", "1\n", "1\n", "0\n", "0\n");
	pool_make("hugepages-99999999999999999999kB", "1\n", "1\n", "0\n",
		  "0\n");
	kms_huge_pools_read(&pools, sys);
	assert_int_equal(pools.nr, 2);
	assert_int_equal(pools.pool[0].page_bytes, 2 * MIB);
	assert_int_equal(pools.pool[0].nr, 400);
	assert_int_equal(pools.pool[0].nr_surplus, 5);
	assert_int_equal(kms_huge_pool_unused(&pools.pool[0]), 300);
	assert_int_equal(pools.pool[1].page_bytes, 1024 * MIB);
	kms_huge_pools_read(&pools, "/nowhere");
	assert_int_equal(pools.nr, 0);
}

static void reserved_are_used(void **state)
{
	const struct kms_huge_pool pool = { .nr = 10, .nr_free = 4,
					    .nr_reserved = 9 };
	/* One file was read before a change, the other one after it. */
	const struct kms_huge_pool odd = { .nr = 10, .nr_free = 14 };

	(void)state;
	assert_int_equal(kms_huge_pool_unused(&pool), 0);
	assert_int_equal(kms_huge_pool_unused(&odd), 10);
}

static struct kms_huge_pool *pool(uint64_t bytes, uint64_t nr, uint64_t nr_free,
				  uint64_t reserved)
{
	struct kms_huge_pools *pools = &obs.host[KMS_HOST_AFTER].huge_pools;
	struct kms_huge_pool *pool = &pools->pool[pools->nr++];

	*pool = (struct kms_huge_pool){ bytes, nr, nr_free, reserved, 0 };
	obs.moment[KMS_MOMENT_LAST].meminfo.huge_page = 2 * MIB;
	return pool;
}

static void unused_pages(void **state)
{
	const struct kms_finding *finding;

	(void)state;
	host();
	host_moments();
	HOST_PAGES(hugetlb_pages, 2097152, 2097152, 2097152);
	pool(2 * MIB, 4096, 4096, 0);
	judge();
	finding = only(KMS_FINDING_HUGE_PAGES);
	assert_string_equal(finding->cause, "huge_pages");
	assert_int_equal(finding->severity, KMS_WARNING);
	assert_string_equal(verdict.summary,
			    "8.0 GiB, 50 % of memory, are huge pages that nobody uses (4096 of 4096 free)");
	expect_words("later: keep 0 huge pages of 2.0 MiB, if nothing needs the others");
	expect_words("sysctl vm.nr_hugepages=0\n");
	expect_words("8.0 GiB huge pages");
}

static void part_of_a_pool(void **state)
{
	(void)state;
	host();
	host_moments();
	pool(2 * MIB, 4096, 1000, 200)->nr_surplus = 10;
	judge();
	assert_int_equal(only(KMS_FINDING_HUGE_PAGES)->severity, KMS_NOTICE);
	/* 3296 stay, of which 10 are surplus. */
	expect_words("sysctl vm.nr_hugepages=3286\n");
}

static void other_size(void **state)
{
	(void)state;
	host();
	host_moments();
	pool(1024 * MIB, 4, 4, 0);
	judge();
	expect_words("echo 0 > /sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages\n");
	expect_no_words("sysctl");
}

static void memory_is_short(void **state)
{
	(void)state;
	memory(4194304, 100000, 5000, NULL);
	host_moments();
	obs.available_bytes = 500 * MIB;
	pool(2 * MIB, 500, 500, 0);
	judge();
	assert_int_equal(only(KMS_FINDING_HUGE_PAGES)->severity, KMS_WARNING);
}

/* Healthy: */

static void all_in_use(void **state)
{
	(void)state;
	host();
	host_moments();
	pool(2 * MIB, 4096, 100, 0);
	pool(1024 * MIB, 2, 0, 0);
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

static void all_reserved(void **state)
{
	(void)state;
	host();
	host_moments();
	pool(2 * MIB, 4096, 4096, 4096);
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

static void no_pools(void **state)
{
	(void)state;
	host();
	host_moments();
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

static void empty_pools(void **state)
{
	(void)state;
	host();
	host_moments();
	pool(2 * MIB, 0, 0, 0);
	pool(1024 * MIB, 0, 0, 0);
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

static void memory_is_unknown(void **state)
{
	(void)state;
	pool(2 * MIB, 4096, 4096, 0);
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pools_read),
		cmocka_unit_test(reserved_are_used),
		TEST(unused_pages),
		TEST(part_of_a_pool),
		TEST(other_size),
		TEST(memory_is_short),
		TEST(all_in_use),
		TEST(all_reserved),
		TEST(no_pools),
		TEST(empty_pools),
		TEST(memory_is_unknown),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
