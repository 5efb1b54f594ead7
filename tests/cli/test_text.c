// SPDX-License-Identifier: GPL-2.0-only
/* Numbers as people read them, and text that is safe to print. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "lib/text.h"
#include "sample.h"
#include "table/format.h"

struct number {
	uint64_t number;
	const char *text;
};

static void check(size_t column, const struct kms_style *style,
		  const struct number *numbers, size_t nr)
{
	char buffer[KMS_MAX_FORMAT];
	struct kms_value value;
	size_t i;

	for (i = 0; i < nr; i++) {
		value = kms_value_unsigned(numbers[i].number);
		assert_string_equal(kms_format_value(&sample.columns[column],
						   &value, style, buffer),
				    numbers[i].text);
	}
}

static void sizes_are_human(void **state)
{
	static const struct kms_style style = { 0 };
	static const struct number numbers[] = {
		{ 0, "0" },
		{ 1, "1B" },
		{ 1023, "1023B" },
		{ 1024, "1K" },
		{ 1075, "1K" },
		{ 1076, "1.1K" },
		{ 1536, "1.5K" },
		{ 1023 * 1024, "1023K" },
		{ 1024 * 1024 - 1, "1M" },
		{ 1024 * 1024 - 52, "1023.9K" },
		{ 28676096, "27.3M" },
		{ 1ULL << 40, "1T" },
		{ (1ULL << 50) * 3 / 2, "1.5P" },
		{ (1ULL << 60) - 1, "1E" },
		{ UINT64_MAX / 2, "8E" },
		{ UINT64_MAX, "16E" },
	};

	(void)state;
	check(SAMPLE_SIZE_BYTES, &style, numbers, ARRAY_SIZE(numbers));
}

static void times_are_human(void **state)
{
	static const struct kms_style style = { 0 };
	static const struct number numbers[] = {
		{ 0, "0" },
		{ 999, "999ns" },
		{ 1000, "1us" },
		{ 1249, "1.2us" },
		{ 999949, "999.9us" },
		{ 999950, "1ms" },
		{ 1203400, "1.2ms" },
		{ 61000000000, "61s" },
		{ 5000000000000000, "5000000s" },
	};

	(void)state;
	check(SAMPLE_LAST_NS, &style, numbers, ARRAY_SIZE(numbers));
}

static void pages_stay_numbers(void **state)
{
	static const struct kms_style style = { 0 };
	static const struct number numbers[] = { { 1048576, "1048576" } };

	(void)state;
	check(SAMPLE_LEFT_PAGES, &style, numbers, ARRAY_SIZE(numbers));
}

static void exact_has_all_digits(void **state)
{
	static const struct kms_style style = { .exact = true };
	static const struct number numbers[] = {
		{ 0, "0" },
		{ 1536, "1536" },
		{ UINT64_MAX, "18446744073709551615" },
	};

	(void)state;
	check(SAMPLE_SIZE_BYTES, &style, numbers, ARRAY_SIZE(numbers));
	check(SAMPLE_LAST_NS, &style, numbers, ARRAY_SIZE(numbers));
}

static void differences_have_a_sign(void **state)
{
	static const struct kms_style style = { .sign = true };
	static const struct number numbers[] = {
		{ 0, "0" },
		{ 1536, "+1.5K" },
		{ UINT64_MAX, "+16E" },
	};
	static const struct number keys[] = { { 1, "1" } };
	const struct kms_column *column = &sample.columns[SAMPLE_SIZE_BYTES];
	struct kms_value value = kms_value_signed(-1536);
	char buffer[KMS_MAX_FORMAT];

	(void)state;
	check(SAMPLE_SIZE_BYTES, &style, numbers, ARRAY_SIZE(numbers));
	check(SAMPLE_NODE, &style, keys, ARRAY_SIZE(keys));
	assert_string_equal(kms_format_value(column, &value, &style, buffer),
			    "-1.5K");
	value.magnitude = UINT64_MAX;
	assert_string_equal(kms_format_value(column, &value, &style, buffer),
			    "-16E");
}

static void bytes_are_escaped(void **state)
{
	static const struct {
		const char *bytes;
		const char *text;
	} cases[] = {
		{ "plain name", "plain name" },
		{ "", "" },
		{ "a\nb\033\177", "a\\x0ab\\x1b\\x7f" },
		{ "\\x41", "\\x5cx41" },
		{ "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa7",
		  "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa7" },
		{ "\xff\xfe", "\\xff\\xfe" },
		{ "\xc0\xaf", "\\xc0\\xaf" },		/* overlong */
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },	/* surrogate */
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
		{ "\xc2\x9b", "\\xc2\\x9b" },		/* a control */
		{ "\xe2\x80\xae", "\\xe2\\x80\\xae" },	/* turns text round */
		{ "\xe2\x80\x8e", "\\xe2\\x80\\x8e" },	/* so does this */
		{ "\xd8\x9c", "\\xd8\\x9c" },		/* and this */
		{ "\xe2\x80\x8b", "\\xe2\\x80\\x8b" },	/* no width */
		{ "\xef\xbb\xbf", "\\xef\\xbb\\xbf" },	/* byte order mark */
		{ "\xc2\xad", "\\xc2\\xad" },		/* soft hyphen */
		{ "\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81" }, /* a tag */
		{ "\xef\xbf\xbe", "\\xef\\xbf\\xbe" },	/* no character */
		{ "\xe2\x82", "\\xe2\\x82" },		/* cut */
		{ "\xe2\x82x", "\\xe2\\x82x" },
	};
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		text = kms_text_escape(cases[i].bytes, strlen(cases[i].bytes));
		assert_string_equal(text, cases[i].text);
		assert_true(kms_text_prints(text));
		free(text);
	}
}

static void escaping_keeps_to_its_bytes(void **state)
{
	/* On the heap, so that a byte too far is seen */
	char *bytes = malloc(2), *text;

	(void)state;
	memcpy(bytes, "\xe2\x82", 2);
	text = kms_text_escape(bytes, 2);
	assert_string_equal(text, "\\xe2\\x82");
	free(text);
	text = kms_text_escape("a\0b", 3);
	assert_string_equal(text, "a");
	free(text);
	free(bytes);
}

static void numbers_are_parsed_strictly(void **state)
{
	static const char * const wrong[] = {
		"", " 1", "1 ", "+1", "-1", "0x1", "1.5", "4294967296",
		"99999999999999999999999",
	};
	uint64_t number;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(kms_text_number(wrong[i], UINT32_MAX, &number));
	assert_true(kms_text_number("4294967295", UINT32_MAX, &number));
	assert_int_equal(number, UINT32_MAX);
}

static void unescaping(void **state)
{
	static const struct {
		const char *text;
		const char *bytes;
	} cases[] = {
		{ "", "" }, { "plain", "plain" }, { "a\\x0ab", "a\nb" },
		{ "\\x5cx41", "\\x41" }, { "\\xff", "\xff" },
		/* Nothing that kms_text_escape() makes */
		{ "\\x", "\\x" }, { "\\x4", "\\x4" }, { "\\x 4", "\\x 4" },
		{ "\\x00", "\\x00" }, { "\\", "\\" },
	};
	char *bytes;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		bytes = kms_text_unescape(cases[i].text);
		assert_string_equal(bytes, cases[i].bytes);
		free(bytes);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_human),
		cmocka_unit_test(times_are_human),
		cmocka_unit_test(pages_stay_numbers),
		cmocka_unit_test(exact_has_all_digits),
		cmocka_unit_test(differences_have_a_sign),
		cmocka_unit_test(bytes_are_escaped),
		cmocka_unit_test(escaping_keeps_to_its_bytes),
		cmocka_unit_test(numbers_are_parsed_strictly),
		cmocka_unit_test(unescaping),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
