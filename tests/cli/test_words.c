// SPDX-License-Identifier: GPL-2.0-only
/* Numbers in plain words, and plain words that are numbers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "diagnose/observe/proc.h"
#include "lib/words.h"

#define MIB (1024 * 1024ull)

static void dentry_state_texts(void **state)
{
	struct kms_dentry_state parsed;

	(void)state;
	parsed = kms_dentry_state_parse("123\t45\t45\t0\t17\t0\n");
	assert_true(parsed.known);
	assert_int_equal(parsed.nr, 123);
	assert_int_equal(parsed.nr_unused, 45);
	assert_int_equal(parsed.nr_negative, 17);
	assert_false(kms_dentry_state_parse("").known);
	assert_false(kms_dentry_state_parse("-1 2").known);
	parsed = kms_dentry_state_parse("123 45");
	assert_true(parsed.known);
	assert_int_equal(parsed.nr_negative, KMS_UNKNOWN);
}

static void available_memory(void **state)
{
	(void)state;
	assert_int_equal(kms_available_parse("MemTotal: 9 kB\nMemAvailable:    3 kB\n"),
			 3072);
	assert_int_equal(kms_available_parse("MemTotal: 9 kB\n"), KMS_UNKNOWN);
	assert_int_equal(kms_available_parse(""), KMS_UNKNOWN);
}

static void words(void **state)
{
	(void)state;
	assert_string_equal(kms_words_bytes(0).text, "0 bytes");
	assert_string_equal(kms_words_bytes(1023).text, "1023 bytes");
	assert_string_equal(kms_words_bytes(1024).text, "1.0 KiB");
	assert_string_equal(kms_words_bytes(1024 * MIB - 1).text, "1.0 GiB");
	assert_string_equal(kms_words_bytes(UINT64_MAX).text, "16.0 EiB");
	assert_string_equal(kms_words_span(0).text, "less than a minute");
	assert_string_equal(kms_words_span(3 * 3600).text, "3 hours");
	assert_string_equal(kms_words_span(90).text, "2 minutes");
	assert_string_equal(kms_words_span(60).text, "1 minute");
	assert_string_equal(kms_words_span(4 * 86400).text, "4 days");
	assert_string_equal(kms_words_share(1000).text, "100 %");
	assert_string_equal(kms_words_share(0).text, "less than 0.1 %");
	assert_string_equal(kms_words_share(42).text, "4.2 %");
	assert_string_equal(kms_words_share(995).text, "100 %");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dentry_state_texts),
		cmocka_unit_test(available_memory),
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
