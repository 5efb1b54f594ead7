// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loops that print records into the buffer of a seq_file.
 */
#include <kunit/test.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "fake_record.h"
#include "fake_output.h"

#define HEAD	"NAME      SMALL        LARGE       CHANGE NOTE\n"

static void expect_line(struct kunit *test, const struct fake_record *record,
			const char *wanted)
{
	struct seq_file *m = fake_page_new(test, 512);

	ks_record_show(m, &fake_kind, record);
	KUNIT_EXPECT_STREQ(test, wanted, m->buf);
}

static void shows_titles(struct kunit *test)
{
	struct seq_file *m = fake_page_new(test, 512);

	ks_record_show_head(m, &fake_kind);
	KUNIT_EXPECT_STREQ(test, HEAD, m->buf);
}

static void shows_values(struct kunit *test)
{
	static const struct fake_record record = {
		"dentry", 192, 39242216, -77, "reclaimable",
	};
	static const struct fake_record widest = {
		"0123456789a", U32_MAX - 1,	  U64_MAX - 1,
		S64_MIN + 1,   "0123456789abcde",
	};

	expect_line(test, &record,
		    "dentry      192     39242216          -77 reclaimable\n");
	/* A value that is wider than its column is not cut. */
	expect_line(test, &widest,
		    "0123456789a 4294967294 18446744073709551614 -9223372036854775807 0123456789abcde\n");
}

static void shows_unset_values(struct kunit *test)
{
	const struct fake_record unset = fake_record_unset();
	static const struct fake_record zero = { "zero", 0, 0, 0, "0" };

	expect_line(test, &unset,
		    "-             -            -            - -\n");
	expect_line(test, &zero,
		    "zero          0            0            0 0\n");
}

/* Each value is one word, whatever the name of a cache is. */
static void escapes_names(struct kunit *test)
{
	static const struct {
		struct fake_record record;
		const char *line;
	} names[] = {
		{ { "a b", 1, 2, 3, "n" },
		  "a\\x20b        1            2            3 n\n" },
		{ { "tab\tnl\n", 1, 2, 3, "n" },
		  "tab\\x09nl\\x0a     1            2            3 n\n" },
		{ { "\x1b[31m\x7f", 1, 2, 3, "n" },
		  "\\x1b[31m\\x7f     1            2            3 n\n" },
		{ { "back\\slash", 1, 2, 3, "n" },
		  "back\\x5cslash     1            2            3 n\n" },
		{ { "\xc3\xa4\x80\xff", 1, 2, 3, "n" },
		  "\\xc3\\xa4\\x80\\xff     1            2            3 n\n" },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		expect_line(test, &names[i].record, names[i].line);
}

/* The last column may have spaces, as no other follows. */
static void the_last_column_may_have_spaces(struct kunit *test)
{
	static const struct fake_record record = {
		"x", 1, 2, 3, "a b\n\\c \x01",
	};

	expect_line(test, &record,
		    "x             1            2            3 a b\\x0a\\x5cc \\x01\n");
}

static void lists_fields(struct kunit *test)
{
	static const struct fake_record record = {
		"a b", 1, U64_MAX, -3, "c d",
	};
	struct seq_file *m = fake_page_new(test, 512);

	ks_record_list(m, &fake_kind, &record);
	KUNIT_EXPECT_STREQ(test,
			   "name                       a b\n"
			   "small                      1\n"
			   "large                      -\n"
			   "change                     -3\n"
			   "note                       c d\n", m->buf);
}

/* seq_file then calls again with a larger buffer. */
static void says_when_it_is_full(struct kunit *test)
{
	static const struct fake_record record = {
		"a\tb", 1, 2, 3, "note",
	};
	struct seq_file *m = fake_page_new(test, 512);
	size_t needed, room;

	ks_record_show(m, &fake_kind, &record);
	needed = m->count;
	KUNIT_EXPECT_EQ(test, strlen(m->buf), needed);
	for (room = 1; room < needed + 2; room++) {
		m = fake_page_new(test, room);
		ks_record_show(m, &fake_kind, &record);
		KUNIT_EXPECT_EQ_MSG(test, room <= needed,
				    seq_has_overflowed(m),
				    "room for %zu of %zu bytes", room, needed);
		KUNIT_EXPECT_LE(test, m->count, room);
	}
}

static struct kunit_case table_cases[] = {
	KUNIT_CASE(shows_titles),
	KUNIT_CASE(shows_values),
	KUNIT_CASE(shows_unset_values),
	KUNIT_CASE(escapes_names),
	KUNIT_CASE(the_last_column_may_have_spaces),
	KUNIT_CASE(lists_fields),
	KUNIT_CASE(says_when_it_is_full),
	{}
};

static struct kunit_suite table_suite = {
	.name = "kmemscope_table",
	.test_cases = table_cases,
};

kunit_test_suite(table_suite);
