// SPDX-License-Identifier: GPL-2.0-only
/* What many names have in common. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "lib/pattern.h"

/* Names must have this pattern (NULL: none), which covers so many of them. */
static void expect_pattern(const char * const *names, size_t nr,
			   const char *text, size_t covered)
{
	struct kms_pattern pattern;

	assert_true(kms_pattern_find(&pattern, names, nr));
	if (!text) {
		if (pattern.text)
			print_error("there is a pattern: %s\n", pattern.text);
		assert_null(pattern.text);
		assert_null(pattern.example);
	} else {
		assert_non_null(pattern.text);
		assert_string_equal(pattern.text, text);
		assert_non_null(pattern.example);
	}
	assert_int_equal(pattern.nr_covered, covered);
	assert_int_equal(pattern.nr_names, nr);
	kms_pattern_free(&pattern);
}

#define EXPECT(text, covered, ...) do { \
	const char * const names[] = { __VA_ARGS__ }; \
	expect_pattern(names, ARRAY_SIZE(names), text, covered); \
} while (0)

static void digits(void **state)
{
	(void)state;
	EXPECT(".N_dOeSnotExist_.db", 4, ".0_dOeSnotExist_.db",
	       ".17_dOeSnotExist_.db", ".9999_dOeSnotExist_.db",
	       ".170_dOeSnotExist_.db");
	EXPECT("N", 3, "1", "22", "333");
	EXPECT("userN", 2, "user1234", "user1299");
	EXPECT("imgNxN.png", 3, "img1x20.png", "img10x2.png", "img3x3.png");
	/* A number that does not vary is no placeholder */
	EXPECT("v2-N.log", 3, "v2-1.log", "v2-20.log", "v2-3.log");
	EXPECT("x2yN", 3, "x2y1", "x2y7", "x2y33");
}

/* One name of another culprit does not hide what the others are. */
static void alike_but_for_digits(void **state)
{
	(void)state;
	EXPECT("vethN", 4, "veth1000", "veth27", "try1234", "veth4", "veth99999");
	EXPECT("eth0.N", 3, "lo", "eth0.1", "eth0.20", "eth0.3");
	/* Where they are two of a kind it is what both are */
	EXPECT("X", 4, "veth1000", "veth2700", "try12345", "try99999");
	/* None is a pattern of one name */
	EXPECT("jobN-*", 2, "job1-a", "job2-b");
}

static void hexadecimal(void **state)
{
	(void)state;
	EXPECT("sess_H", 3, "sess_00ffa1b2", "sess_a91b07c4", "sess_77e0d15f");
	EXPECT("H-H-H-H-H", 3, "8f14e45f-ceea-467f-a1bd-91b7e2a0c4d1",
	       "c9f0f895-fb98-4ab9-8f9d-0f2b7c6d5e4a",
	       "45c48cce-2e2d-4fbd-b1a2-3c4d5e6f7a8b");
	/* Words that happen to be hexadecimal */
	EXPECT(NULL, 0, "face", "dead", "cafe");
}

static void letters_and_digits(void **state)
{
	(void)state;
	EXPECT("tmp.X", 3, "tmp.aZ3k9Q", "tmp.Qx81Lm", "tmp.7ppWo2");
	EXPECT("cache-X.tmp", 2, "cache-k8Zq1m.tmp", "cache-Lp29sx.tmp");
	/* base64 has the bytes that cut words; what frames it is the same */
	EXPECT("key_*.pem", 4, "key_aG-k_9.pem", "key_Zm9vYmFy.pem",
	       "key__-x7Qd.pem", "key_q-w-e-r.pem");
}

static void ends(void **state)
{
	(void)state;
	EXPECT("core.*.dump", 3, "core.cron.dump", "core.nginx.dump",
	       "core.sh.dump");
	EXPECT("lib*.so", 3, "libgtk.so", "libbeta.so", "libgamma.so");
	EXPECT("lib*a.so", 2, "libbeta.so", "libgamma.so");
	EXPECT("a*", 3, "a", "ab", "a/c");
}

static void a_part_of_the_names(void **state)
{
	(void)state;
	EXPECT("job-N", 3, "job-1", "job-22", "job-3", "README");
	EXPECT("N.db", 2, "1.db", "22.db", "a", "b c", "d-e", "f_g_h");
	EXPECT(NULL, 0, "N", "one of a kind", "(two)", "th-ree", "fo_ur");
}

static void few_names(void **state)
{
	(void)state;
	expect_pattern(NULL, 0, NULL, 0);
	EXPECT("just-17.me", 1, "just-17.me");
	EXPECT("same", 3, "same", "same", "same");
	EXPECT(NULL, 0, "apple", "pear");
	EXPECT("", 1, "");
	EXPECT("N", 2, "1", "2");
}

/* Names are escaped text: what differs are bytes, not the digits of \xNN. */
static void weird_bytes(void **state)
{
	(void)state;
	EXPECT("a\\x01N", 3, "a\\x011", "a\\x012", "a\\x0133");
	EXPECT("x\\x5cN", 2, "x\\x5c1", "x\\x5c22");
	EXPECT("\xc3\xa4N", 2, "\xc3\xa4" "1", "\xc3\xa4" "22");
	/* No character is cut in two, though both begin with the same byte */
	EXPECT("f*.x", 2, "f\xc3\xa4.x", "f\xc3\xb6.x");
	EXPECT("*", 0 + 2, "*", "*");
	EXPECT("bad\\xffN", 2, "bad\\xff7", "bad\\xff8");
	/* What only looks escaped */
	EXPECT("\\x5cxN", 2, "\\x1", "\\x2");
}

static void the_example_is_covered(void **state)
{
	static const char * const names[] = { "LICENSE", "n-1", "n-2", "n-3" };
	struct kms_pattern pattern;

	(void)state;
	assert_true(kms_pattern_find(&pattern, names, ARRAY_SIZE(names)));
	assert_string_equal(pattern.text, "n-N");
	assert_string_equal(pattern.example, "n-1");
	kms_pattern_free(&pattern);
}

/* Long names, many tokens, more names than are looked at. */
static void a_lot(void **state)
{
	static char text[400][300];
	const char *names[400];
	struct kms_pattern pattern;
	size_t i;

	(void)state;
	for (i = 0; i < 400; i++) {
		snprintf(text[i], sizeof(text[i]), "%0200d", 0);
		memset(text[i], '-', 200);
		snprintf(text[i] + 200, 100, "%zu.end", i);
		names[i] = text[i];
	}
	assert_true(kms_pattern_find(&pattern, names, 400));
	assert_int_equal(pattern.nr_names, KMS_MAX_PATTERN_NAMES);
	assert_int_equal(pattern.nr_covered, KMS_MAX_PATTERN_NAMES);
	assert_non_null(strstr(pattern.text, "-N.end"));
	kms_pattern_free(&pattern);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digits),
		cmocka_unit_test(alike_but_for_digits),
		cmocka_unit_test(hexadecimal),
		cmocka_unit_test(letters_and_digits),
		cmocka_unit_test(ends),
		cmocka_unit_test(a_part_of_the_names),
		cmocka_unit_test(few_names),
		cmocka_unit_test(weird_bytes),
		cmocka_unit_test(the_example_is_covered),
		cmocka_unit_test(a_lot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
