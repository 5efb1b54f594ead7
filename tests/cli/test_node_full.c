// SPDX-License-Identifier: GPL-2.0-only
/* Nodes that are full while others are not. */
#include "observation_sample.h"

/* A node at all moments: what is free of it, in pages. */
static void node(unsigned int number, uint64_t managed,
		 const uint64_t free_pages[KMS_NR_MOMENTS])
{
	struct kms_node_record *node;
	size_t i;

	for (i = 0; i < KMS_NR_MOMENTS; i++) {
		node = add(&obs.moment[i].nodes.any);
		node->node = number;
		node->managed_pages = managed;
		node->free_pages = free_pages[i];
		node->file_pages = managed / 100;
		node->shmem_pages = 0;
		node->slab_reclaimable_pages = managed / 100;
	}
}

/* A host of 16 GiB, with 8 GiB on each of its nodes, but for what these add. */
static void two_nodes(const uint64_t left[KMS_NR_MOMENTS],
		      const uint64_t right[KMS_NR_MOMENTS])
{
	struct kms_node_record *record;
	size_t i;

	memory(4194304, 2000000, 50000, NULL);
	/* Not the node of one page that memory() makes */
	for (i = 0; i < KMS_NR_MOMENTS; i++)
		kms_for_each(record, &obs.moment[i].nodes)
			if (record->node == 0)
				record->node = 99;
	host_moments();
	node(0, 2097152, left);
	node(1, 2097152, right);
}

#define FILLS EACH(400000, 361600, 272000)	/* 500 MiB in 10 s */
#define FREE EACH(1500000, 1500000, 1500000)

static void sparrow_grows(const char *mems)
{
	HOST_PAGES(anon_pages, 262144, 262144 + 38400, 262144 + 128000);
	task_at(KMS_HOST_BEFORE, 88, 1, "sparrow")->anon_bytes = 100 * MIB;
	task_at(KMS_HOST_AFTER, 88, 1, "sparrow")->anon_bytes = 600 * MIB;
	snprintf(obs.host[KMS_HOST_AFTER].processes.process[1].mems,
		 sizeof(obs.host[0].processes.process->mems), "%s", mems);
}

static void bound_process(void **state)
{
	const struct kms_finding *finding;

	(void)state;
	two_nodes(FILLS, FREE);
	sparrow_grows("0");
	judge();
	assert_int_equal(verdict.nr_findings, 1);
	finding = only(KMS_FINDING_NODE_FULL);
	assert_string_equal(finding->cause, "node_full");
	assert_int_equal(finding->severity, KMS_CRITICAL);
	assert_int_equal(finding->holder[0].pid, 88);
	assert_int_equal(finding->full_seconds, 24);
	assert_string_equal(verdict.summary,
			    "node 0 is full in 24 s; node 1 has 5.9 GiB available: sparrow (process 88) grows");
	expect_words("sparrow (process 88) is bound to nodes 0 by its cpuset");
	expect_words("widen its cpuset");
}

/* A memory policy cannot be seen, but its node is the first wall. */
static void first_wall(void **state)
{
	const struct kms_finding *finding;

	(void)state;
	two_nodes(FILLS, EACH(1900000, 1900000, 1900000));
	sparrow_grows("0-1");
	judge();
	assert_int_equal(verdict.nr_findings, 1);
	finding = only(KMS_FINDING_NODE_FULL);
	assert_int_equal(finding->sure, KMS_LIKELY);
	assert_int_equal(finding->severity, KMS_WARNING);
	assert_int_equal(finding->holder[0].pid, 88);
	expect_words("those that are not bound then use another node");
	expect_no_words("by its cpuset");
}

/* The same growth continues on the other node. */
static void process_that_is_not_bound(void **state)
{
	(void)state;
	two_nodes(EACH(1900000, 1861600, 1772000), FREE);
	sparrow_grows("0-1");
	judge();
	assert_int_equal(verdict.nr_findings, 1);
	assert_int_equal(verdict.finding[0].kind, KMS_FINDING_PROCESS_MEMORY);
	expect_words("It is a wall only for programs that are bound to it");
}

static void list_that_is_unknown(void **state)
{
	(void)state;
	two_nodes(EACH(1900000, 1861600, 1772000), FREE);
	sparrow_grows("");
	judge();
	assert_int_equal(verdict.nr_findings, 1);
	assert_int_equal(verdict.finding[0].kind, KMS_FINDING_PROCESS_MEMORY);
}

static void growth_of_unknown_origin(void **state)
{
	const struct kms_finding *finding;

	(void)state;
	two_nodes(FILLS, FREE);
	judge();
	finding = only(KMS_FINDING_NODE_FULL);
	/* No process is known that fills it: others may use node 1. */
	assert_int_equal(finding->severity, KMS_NOTICE);
	expect_words("node 0 is full in 24 s; node 1 has 5.9 GiB available");
	expect_no_words("kill");
}

static void nearly_gone(void **state)
{
	(void)state;
	two_nodes(EACH(9000, 9000, 9000), FREE);
	judge();
	assert_int_equal(only(KMS_FINDING_NODE_FULL)->severity, KMS_NOTICE);
	expect_words("node 0 is full; node 1 has 5.9 GiB available");
}

/* Healthy: */

static void node_without_memory(void **state)
{
	(void)state;
	two_nodes(FREE, FREE);
	node(2, 0, EACH(0, 0, 0));
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

/* The first zone of a host may be a small node of its own. */
static void small_node(void **state)
{
	(void)state;
	two_nodes(FREE, FREE);
	node(2, 4096, EACH(10, 10, 10));
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

static void all_nodes_are_full(void **state)
{
	(void)state;
	two_nodes(EACH(9000, 9000, 9000), EACH(9000, 9000, 9000));
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

static void page_cache_is_left(void **state)
{
	struct kms_node_record *record;
	size_t i;

	(void)state;
	two_nodes(EACH(9000, 9000, 9000), FREE);
	for (i = 0; i < KMS_NR_MOMENTS; i++)
		kms_for_each(record, &obs.moment[i].nodes)
			if (record->node == 0)
				record->file_pages = 1000000;
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

static void burst(void **state)
{
	(void)state;
	two_nodes(EACH(400000, 272000, 272000), FREE);
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

static void one_node(void **state)
{
	(void)state;
	memory(4194304, 20000, 500, NULL);
	host_moments();
	node(1, 4194304, EACH(9000, 9000, 9000));
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

static void counters_are_unknown(void **state)
{
	struct kms_node_record *record;

	(void)state;
	two_nodes(EACH(9000, 9000, 9000), FREE);
	kms_for_each(record, &obs.moment[KMS_MOMENT_MIDDLE].nodes)
		record->file_pages = KMS_UNKNOWN;
	judge();
	assert_int_equal(verdict.nr_findings, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bound_process),
		TEST(first_wall),
		TEST(process_that_is_not_bound),
		TEST(list_that_is_unknown),
		TEST(growth_of_unknown_origin),
		TEST(nearly_gone),
		TEST(node_without_memory),
		TEST(small_node),
		TEST(all_nodes_are_full),
		TEST(page_cache_is_left),
		TEST(burst),
		TEST(one_node),
		TEST(counters_are_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
