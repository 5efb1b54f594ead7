// SPDX-License-Identifier: GPL-2.0-only
/* One finding for one process, and two where two things happen. */
#include "holder_sample.h"

#define GNAT "context=task name=gnat pid=77"
#define WREN "context=task name=wren pid=78"

/* 40 000 eventfds: 10.2 MB of files, and as much again beside them. */
static void eventfds(void)
{
	start();
	cache("filp", 0, 256, FROM_NONE(40000));
	cache("dentry", 1, 192, FROM_NONE(40000));
	cache("kmalloc-cg-64", 0, 64, FROM_NONE(40000));
	dentry_states(50000, 1000, 90000, 1000);
	opener(500, "heron", KMS_FILE_EVENTFD, 10, 40010);
}

static bool has_part(const struct kms_finding *finding, const char *name)
{
	size_t i;

	for (i = 0; i < finding->nr_parts; i++)
		if (!strcmp(finding->part[i].name, name))
			return true;
	return false;
}

static void an_object_for_each_file(void **state)
{
	(void)state;
	eventfds();
	cache("odd_mark", 0, 40, FROM_NONE(40000));
	judge();
	assert_true(has_part(one("event_files"), "odd_mark"));
	expect_words("of the same process: ");
}

static void objects_at_another_rate(void **state)
{
	(void)state;
	eventfds();
	cache("odd_mark", 0, 80, FROM_NONE(20000));
	judge();
	assert_int_equal(verdict.nr_findings, 2);
	assert_false(has_part(of_cause("event_files"), "odd_mark"));
}

static void leaks_of(const char *first, const char *second)
{
	start();
	cache("kmalloc-256", 0, 256, FROM_NONE(40000));
	cache("kmalloc-64", 0, 64, FROM_NONE(16000));
	allocator(trace_add("kmalloc-256", 1000), first, 40000);
	allocator(trace_add("kmalloc-64", 1000), second, 16000);
	judge();
}

static void slower_growth_of_an_allocator(void **state)
{
	(void)state;
	leaks_of(GNAT, GNAT);
	assert_int_equal(verdict.nr_findings, 1);
	assert_true(has_part(&verdict.finding[0], "kmalloc-64"));
}

static void slower_growth_of_another(void **state)
{
	(void)state;
	leaks_of(GNAT, WREN);
	assert_int_equal(verdict.nr_findings, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_object_for_each_file), TEST(objects_at_another_rate),
		TEST(slower_growth_of_an_allocator),
		TEST(slower_growth_of_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
