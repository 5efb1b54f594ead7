// SPDX-License-Identifier: GPL-2.0-only
/* What a verdict advises, and what it must not. */
#include "observation_sample.h"

/* What interrupts allocate is no fault of the card that they are of. */
static void a_driver_is_not_blamed(void **state)
{
	struct kms_trace *trace = leak(990);

	(void)state;
	allocator(trace, "context=softirq stack=1", 1000);
	record_add(&trace->stacks.any, "stack=1 depth=0 symbol=napi+0x1/0x2%%20[virtio_net]");
	judge();
	expect_words("virtio_net");
	expect_no_words("modinfo");
	expect_no_words("reboot");
}

/* Three cgroups reclaim no more than there is, and none of them at once. */
static void no_more_is_reclaimed_than_there_is(void **state)
{
	struct kms_trace *trace;
	uint64_t sum = 0;
	size_t i, nr = 0;

	(void)state;
	host();
	cache("dentry", 1, 192, EACH(1000000, 1030000, 1100000));
	dentry_states(1000000, 900000, 1100000, 1000000);
	trace = trace_add("dentry", 990);
	allocator(trace, "context=task name=a uid=0 pid=7", 500);
	allocator(trace, "context=task name=b uid=0 pid=8", 300);
	allocator(trace, "context=task name=c uid=0 pid=9", 200);
	for (i = 0; i < 3; i++) {
		trace->facts[i].cgroup = strdup("/some.slice");
		trace->facts[i].can_reclaim = true;
	}
	judge();
	for (i = 0; i < verdict.finding[0].nr_remedies; i++) {
		const struct kms_remedy *remedy = &verdict.finding[0].remedy[i];

		if (!remedy->command ||
		    !strstr(remedy->command, "memory.reclaim"))
			continue;
		assert_int_equal(remedy->when, KMS_LATER);
		sum += remedy->frees_bytes;
		nr++;
	}
	assert_int_equal(nr, 3);
	assert_in_range(sum, 1, 1000000 * 192);
}

/* The whole list of a storm in three cgroups: nothing may fall off its end. */
static void remedies_do_not_fall_off(void **state)
{
	struct kms_trace *trace;
	char words[128];
	size_t i;

	(void)state;
	host();
	cache("dentry", 1, 192, EACH(1000000, 1030000, 1100000));
	dentry_states(1000000, 900000, 1100000, 1000000);
	walked(KMS_WALK_AFTER, 970000, 100000, 1000);
	directory(KMS_WALK_AFTER, 6, "/etc/pki", 160000, 30);
	name(KMS_WALK_AFTER, 6, 1, ".17_dOeSnotExist_.db");
	name(KMS_WALK_AFTER, 6, 1, ".4242_dOeSnotExist_.db");
	trace = trace_add("dentry", 990);
	for (i = 0; i < 3; i++) {
		snprintf(words, sizeof(words),
			 "context=task name=storm-%c uid=0 pid=7",
			 (char)('a' + i));
		allocator(trace, words, 100);
		trace->facts[i].cgroup = strdup("/system.slice/s.service");
		trace->facts[i].can_reclaim = true;
	}
	judge();
	expect_words("see whether it continues");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_driver_is_not_blamed),
		TEST(no_more_is_reclaimed_than_there_is),
		TEST(remedies_do_not_fall_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
