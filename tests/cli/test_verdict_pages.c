// SPDX-License-Identifier: GPL-2.0-only
/* What is found in the counters of pages, and what their errors keep out. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>

#include "diagnose/judge/verdict.h"
#include "diagnose/tell/remedies.h"
#include "sample.h"

#define EACH(a, b, c) ((const uint64_t[]){ a, b, c })

static struct kms_observation obs;
static struct kms_verdict verdict;

static int rest(void **state)
{
	static const uint64_t seconds[KMS_NR_MOMENTS] = { 100, 103, 110 };
	size_t i;

	(void)state;
	kms_observation_init(&obs);
	obs.page_bytes = 4096;
	for (i = 0; i < KMS_NR_MOMENTS; i++)
		obs.moment[i].boottime_ns = seconds[i] * 1000000000ull;
	return 0;
}

static int forget(void **state)
{
	(void)state;
	kms_verdict_free(&verdict);
	kms_observation_free(&obs);
	return 0;
}

/* A host of 16 GiB: one more counter, and how its other numbers move. */
struct host {
	const char *counter;
	const uint64_t *pages;
	const uint64_t *managed;
	int unaccounted_growth;
	unsigned int error;
};

static void judge(struct host host)
{
	struct kms_error err = { 0 };
	size_t i;

	for (i = 0; i < KMS_NR_MOMENTS; i++)
		record_add(&obs.moment[i].nodes.any, "%s=%" PRIu64 " managed_pages=%"
			PRIu64 " present_pages=4300000 free_pages=2000000"
			" kernel_stack_pages=1000 unaccounted_pages=%d"
			" unaccounted_error_pages=%u", host.counter,
			host.pages[i], host.managed[i],
			host.unaccounted_growth * (int)i, host.error);
	assert_int_equal(kms_verdict_make(&verdict, &obs, &err), KMS_OK);
	assert_int_equal(kms_remedies_fill(&verdict, &obs, &err), KMS_OK);
}

static void error_is_of_unaccounted_alone(void **state)
{
	(void)state;
	judge((struct host){
		.counter = "vmalloc_pages",
		.pages = EACH(10000, 12000, 14000),
		.managed = EACH(4194304, 4194304, 4194304),
		.error = 9000,
	});
	assert_int_equal(verdict.nr_findings, 1);
	assert_string_equal(verdict.finding[0].cache, "vmalloc");
	assert_int_equal(verdict.finding[0].sure, KMS_CERTAIN);
}

static void balloon_of_managed_pages(void **state)
{
	(void)state;
	judge((struct host){
		.counter = "balloon_pages",
		.pages = EACH(10000, 14000, 18000),
		.managed = EACH(4194304, 4194304, 4194304),
		.unaccounted_growth = 4000,
		.error = 100,
	});
	assert_int_equal(verdict.nr_findings, 0);
}

static void pages_beside_a_balloon(void **state)
{
	(void)state;
	judge((struct host){
		.counter = "balloon_pages",
		.pages = EACH(10000, 14000, 18000),
		.managed = EACH(4194304, 4190304, 4186304),
		.unaccounted_growth = 4000,
		.error = 100,
	});
	assert_int_equal(verdict.nr_findings, 1);
	assert_int_equal(verdict.finding[0].kind, KMS_FINDING_UNACCOUNTED);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, rest, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(error_is_of_unaccounted_alone),
		TEST(balloon_of_managed_pages),
		TEST(pages_beside_a_balloon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
