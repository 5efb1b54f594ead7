// SPDX-License-Identifier: GPL-2.0-only
/* How much tasks wait for memory, in a made-up folder and in /proc. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "host/pressure.h"

#define UNKNOWN UINT64_MAX

static void a_file_of_stalls(void **state)
{
	struct kms_pressure pressure;

	(void)state;
	kms_pressure_init(&pressure);
	kms_pressure_parse_stall(&pressure,
		"some avg10=23.07 avg60=5.31 avg300=1.20 total=18446744073\n"
		"full avg10=0.50 avg60=0.11 avg300=0.00 total=4217\n");
	assert_int_equal(pressure.some_us, 18446744073);
	assert_int_equal(pressure.full_us, 4217);
	assert_int_equal(pressure.some_avg10_permille, 230);
	assert_int_equal(pressure.full_avg10_permille, 5);
	assert_int_equal(pressure.refaults, UNKNOWN);
}

/* Without PSI the file is absent, or cannot be read. */
static void no_file_of_stalls(void **state)
{
	static const char * const texts[] = {
		"", "\n", "some", "some avg10=", "full avg10=x total=1",
		"some avg10=1.00 avg60=1.00 avg300=1.00 total=",
	};
	struct kms_pressure pressure;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		kms_pressure_init(&pressure);
		kms_pressure_parse_stall(&pressure, texts[i]);
		assert_int_equal(pressure.some_us, UNKNOWN);
		assert_int_equal(pressure.full_us, UNKNOWN);
		assert_int_equal(pressure.some_avg10_permille, UNKNOWN);
	}
}

static void counters_of_today(void **state)
{
	struct kms_pressure pressure;

	(void)state;
	kms_pressure_init(&pressure);
	kms_pressure_parse_vmstat(&pressure,
		"nr_free_pages 123\n"
		"workingset_nodes 7\n"
		"workingset_refault_anon 40\n"
		"workingset_refault_file 2\n"
		"workingset_activate_file 900\n"
		"pswpin 11\npswpout 12\n"
		"allocstall_dma 1\nallocstall_normal 20\n"
		"allocstall_movable 300\nallocstall_device 0\n"
		"pgscan_kswapd 5000\npgscan_direct 600\n"
		"pgscan_direct_throttle 70000\n"
		"oom_kill 3\n");
	assert_int_equal(pressure.refaults, 42);
	assert_int_equal(pressure.refaults_file, 2);
	assert_int_equal(pressure.refaults_anon, 40);
	assert_int_equal(pressure.swapped_in, 11);
	assert_int_equal(pressure.swapped_out, 12);
	assert_int_equal(pressure.stalls, 321);
	assert_int_equal(pressure.scanned, 5600);
	assert_int_equal(pressure.oom_kills, 3);
	assert_int_equal(pressure.some_us, UNKNOWN);
}

/* What a kernel does not count is unknown, and not 0. */
static void counters_of_old_kernels(void **state)
{
	struct kms_pressure pressure;

	(void)state;
	kms_pressure_init(&pressure);
	kms_pressure_parse_vmstat(&pressure,
				  "workingset_refault 9\nallocstall 0\nx");
	assert_int_equal(pressure.refaults, 9);
	assert_int_equal(pressure.refaults_file, UNKNOWN);
	assert_int_equal(pressure.stalls, 0);
	assert_int_equal(pressure.swapped_in, UNKNOWN);
	assert_int_equal(pressure.oom_kills, UNKNOWN);
	kms_pressure_read(&pressure, "/nonesuch");
	assert_int_equal(pressure.refaults, UNKNOWN);
	assert_int_equal(pressure.scanned, UNKNOWN);
}

/* This machine's own kernel has the counters. */
static void this_machine(void **state)
{
	struct kms_pressure first, second;

	(void)state;
	kms_pressure_read(&first, "/proc");
	kms_pressure_read(&second, "/proc");
	assert_true(first.boottime_ns > 0);
	assert_true(second.boottime_ns >= first.boottime_ns);
	assert_int_not_equal(second.refaults, UNKNOWN);
	assert_int_not_equal(second.scanned, UNKNOWN);
	assert_true(second.refaults >= first.refaults);
	assert_true(second.scanned >= first.scanned);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_of_stalls),
		cmocka_unit_test(no_file_of_stalls),
		cmocka_unit_test(counters_of_today),
		cmocka_unit_test(counters_of_old_kernels),
		cmocka_unit_test(this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
