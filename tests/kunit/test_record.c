// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loops over a record's fields that fill, send, ask for and add.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <net/netlink.h>

#include "sample.h"
#include "sink.h"

static void expect_record(struct kunit *test, const struct sample_record *got,
			  const struct sample_record *wanted)
{
	KUNIT_EXPECT_STREQ(test, wanted->name, got->name);
	KUNIT_EXPECT_EQ(test, wanted->small, got->small);
	KUNIT_EXPECT_EQ(test, wanted->large, got->large);
	KUNIT_EXPECT_EQ(test, wanted->change, got->change);
	KUNIT_EXPECT_STREQ(test, wanted->note, got->note);
}

static void begins_unset(struct kunit *test)
{
	const struct sample_record unset = sample_unset();
	struct {
		struct sample_record record;
		u8 behind;
	} room;

	memset(&room, 0x5a, sizeof(room));
	ks_record_init(&sample_kind, &room.record);
	/* Byte by byte: what is between the members must not leak either. */
	KUNIT_EXPECT_MEMEQ(test, &unset, &room.record, sizeof(unset));
	KUNIT_EXPECT_EQ(test, 0x5a, room.behind);
}

/* What a message says, read back by the kernel's own parser. */
static void parse(struct kunit *test, const struct sk_buff *skb,
		  struct nlattr **attrs)
{
	KUNIT_ASSERT_EQ(test, 0,
			nla_parse(attrs, SAMPLE_MAX,
				  (const struct nlattr *)skb->data, skb->len,
				  NULL, NULL));
}

static void sends_all_that_is_set(struct kunit *test)
{
	const struct sample_record record = {
		"a cache", 7, 1ULL << 40, -5, "note",
	};
	struct sk_buff *skb = sink_message(test, 512);
	struct nlattr *attrs[SAMPLE_MAX + 1];
	u32 attr;

	KUNIT_EXPECT_EQ(test, 0, ks_record_put(skb, &sample_kind, &record));
	parse(test, skb, attrs);
	for (attr = SAMPLE_NAME; attr <= SAMPLE_MAX; attr++)
		KUNIT_ASSERT_NOT_NULL(test, attrs[attr]);
	KUNIT_EXPECT_EQ(test, 8, nla_len(attrs[SAMPLE_NAME]));
	KUNIT_EXPECT_STREQ(test, "a cache", nla_data(attrs[SAMPLE_NAME]));
	KUNIT_EXPECT_EQ(test, 4, nla_len(attrs[SAMPLE_SMALL]));
	KUNIT_EXPECT_EQ(test, 7, nla_get_u32(attrs[SAMPLE_SMALL]));
	KUNIT_EXPECT_EQ(test, 8, nla_len(attrs[SAMPLE_LARGE]));
	KUNIT_EXPECT_EQ(test, 1ULL << 40, nla_get_u64(attrs[SAMPLE_LARGE]));
	KUNIT_EXPECT_EQ(test, 8, nla_len(attrs[SAMPLE_CHANGE]));
	KUNIT_EXPECT_EQ(test, -5, nla_get_s64(attrs[SAMPLE_CHANGE]));
	KUNIT_EXPECT_STREQ(test, "note", nla_data(attrs[SAMPLE_NOTE]));
	kfree_skb(skb);
}

static void sends_nothing_unset(struct kunit *test)
{
	const struct sample_record unset = sample_unset();
	struct nlattr *attrs[SAMPLE_MAX + 1];
	struct sk_buff *skb = sink_message(test, 512);
	struct sample_record record = unset;

	KUNIT_EXPECT_EQ(test, 0, ks_record_put(skb, &sample_kind, &unset));
	KUNIT_EXPECT_EQ(test, 0, skb->len);

	record.large = 0;
	KUNIT_EXPECT_EQ(test, 0, ks_record_put(skb, &sample_kind, &record));
	parse(test, skb, attrs);
	KUNIT_EXPECT_NULL(test, attrs[SAMPLE_NAME]);
	KUNIT_EXPECT_NULL(test, attrs[SAMPLE_SMALL]);
	KUNIT_EXPECT_NOT_NULL(test, attrs[SAMPLE_LARGE]);
	KUNIT_EXPECT_NULL(test, attrs[SAMPLE_CHANGE]);
	KUNIT_EXPECT_NULL(test, attrs[SAMPLE_NOTE]);
	kfree_skb(skb);
}

/* Zero and all that is next to the unset values. */
static void sends_values_next_to_unset(struct kunit *test)
{
	static const struct sample_record records[] = {
		{ "-", 0, 0, 0, " " },
		{ "x", U32_MAX - 1, U64_MAX - 1, S64_MIN + 1, "y" },
		{ "x", S32_MAX, S64_MAX, S64_MAX, "y" },
		{ "x", 1U << 31, 1ULL << 63, -1, "y" },
	};
	struct nlattr *attrs[SAMPLE_MAX + 1];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(records); i++) {
		struct sk_buff *skb = sink_message(test, 512);
		struct sample_record got;

		KUNIT_EXPECT_EQ(test, 0, ks_record_put(skb, &sample_kind,
						       &records[i]));
		parse(test, skb, attrs);
		KUNIT_EXPECT_EQ(test, 1, ks_record_filter(&sample_kind, &got,
							  attrs));
		expect_record(test, &got, &records[i]);
		kfree_skb(skb);
	}
}

/* Of each length; behind a string's end there is nothing of the record's. */
static void sends_strings_and_no_more(struct kunit *test)
{
	static const char letters[] = "abcdefghijkl";
	struct nlattr *attrs[SAMPLE_MAX + 1];
	struct sample_record record;
	struct sk_buff *skb;
	int length, i;

	for (length = 1; length < (int)sizeof(record.name); length++) {
		record = sample_unset();
		memset(record.name, 'x', sizeof(record.name));
		memcpy(record.name, letters, length);
		record.name[length] = '\0';
		skb = sink_message(test, 512);
		memset(skb->data, 'y', 512);
		KUNIT_EXPECT_EQ(test, 0, ks_record_put(skb, &sample_kind,
						       &record));
		KUNIT_EXPECT_EQ(test, nla_total_size(length + 1),
				(int)skb->len);
		parse(test, skb, attrs);
		KUNIT_ASSERT_NOT_NULL(test, attrs[SAMPLE_NAME]);
		KUNIT_EXPECT_EQ(test, length + 1, nla_len(attrs[SAMPLE_NAME]));
		KUNIT_EXPECT_STREQ(test, record.name,
				   nla_data(attrs[SAMPLE_NAME]));
		for (i = NLA_HDRLEN + length; i < (int)skb->len; i++)
			KUNIT_EXPECT_EQ(test, 0, skb->data[i]);
		kfree_skb(skb);
	}
}

static void says_when_a_message_is_full(struct kunit *test)
{
	const struct sample_record record = { "name", 1, 2, 3, "note" };
	struct sk_buff *skb = sink_message(test, 512);
	unsigned int needed, room;

	KUNIT_EXPECT_EQ(test, 0, ks_record_put(skb, &sample_kind, &record));
	needed = skb->len;
	KUNIT_EXPECT_GT(test, needed, sizeof(record));
	kfree_skb(skb);
	for (room = 0; room <= needed; room++) {
		skb = sink_message(test, room);
		KUNIT_EXPECT_EQ_MSG(test, room < needed ? -EMSGSIZE : 0,
				    ks_record_put(skb, &sample_kind, &record),
				    "room for %u of %u bytes", room, needed);
		kfree_skb(skb);
	}
}

/**
 * struct request - a request's attributes
 * @skb: where they are
 * @attrs: as ks_record_filter() wants them
 */
struct request {
	struct sk_buff *skb;
	struct nlattr *attrs[SAMPLE_MAX + 1];
};

static void ask_for(struct kunit *test, struct request *request, int attr,
		    const void *value, int size)
{
	request->skb = sink_message(test, 512);
	KUNIT_ASSERT_EQ(test, 0, nla_put(request->skb, attr, size, value));
	parse(test, request->skb, request->attrs);
}

static void expect_asked(struct kunit *test, int attr, const void *value,
			 int size, const struct sample_record *wanted)
{
	struct sample_record got;
	struct request request;

	ask_for(test, &request, attr, value, size);
	KUNIT_EXPECT_EQ(test, 1, ks_record_filter(&sample_kind, &got,
						  request.attrs));
	expect_record(test, &got, wanted);
	KUNIT_EXPECT_PTR_EQ(test, &sample_kind.fields[attr - SAMPLE_NAME],
			    ks_record_unmatched(&sample_kind, request.attrs));
	kfree_skb(request.skb);
}

static void asks_for_one_field(struct kunit *test)
{
	const struct sample_record unset = sample_unset();
	struct sample_record wanted;
	const u64 large = 1ULL << 33;
	const s64 change = -1;
	const u32 small = 0;

	wanted = unset;
	strscpy(wanted.name, "dentry", sizeof(wanted.name));
	expect_asked(test, SAMPLE_NAME, "dentry", 7, &wanted);
	wanted = unset;
	wanted.small = small;
	expect_asked(test, SAMPLE_SMALL, &small, sizeof(small), &wanted);
	wanted = unset;
	wanted.large = large;
	expect_asked(test, SAMPLE_LARGE, &large, sizeof(large), &wanted);
	wanted = unset;
	wanted.change = change;
	expect_asked(test, SAMPLE_CHANGE, &change, sizeof(change), &wanted);
	/* Should the policy ever let a longer one through, it is cut. */
	wanted = unset;
	strscpy(wanted.name, "0123456789a", sizeof(wanted.name));
	expect_asked(test, SAMPLE_NAME, "0123456789abcdef", 17, &wanted);
}

static void asks_for_nothing(struct kunit *test)
{
	struct nlattr *attrs[SAMPLE_MAX + 1] = {};
	const struct sample_record unset = sample_unset();
	struct sample_record got = { "x", 1, 2, 3, "y" };

	KUNIT_EXPECT_EQ(test, 0, ks_record_filter(&sample_kind, &got, attrs));
	expect_record(test, &got, &unset);
	KUNIT_EXPECT_NULL(test, ks_record_unmatched(&sample_kind, attrs));
}

static void asks_for_what_no_record_has(struct kunit *test)
{
	const struct sample_record unset = sample_unset();
	static const struct {
		int attr, size;
		size_t offset;
	} values[] = {
		{ SAMPLE_NAME, 1, offsetof(struct sample_record, name) },
		{ SAMPLE_SMALL, 4, offsetof(struct sample_record, small) },
		{ SAMPLE_LARGE, 8, offsetof(struct sample_record, large) },
		{ SAMPLE_CHANGE, 8, offsetof(struct sample_record, change) },
	};
	struct sample_record got;
	struct request request;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		ask_for(test, &request, values[i].attr,
			(const void *)&unset + values[i].offset,
			values[i].size);
		KUNIT_EXPECT_EQ_MSG(test, -ENOENT,
				    ks_record_filter(&sample_kind, &got,
						  request.attrs),
				    "attribute %d", values[i].attr);
		kfree_skb(request.skb);
	}
}

static void names_the_last_field_asked_for(struct kunit *test)
{
	struct request request;
	const u64 large = 1;

	ask_for(test, &request, SAMPLE_LARGE, &large, sizeof(large));
	/* Any attribute will do, as only whether it is there counts. */
	request.attrs[SAMPLE_NAME] = request.attrs[SAMPLE_LARGE];
	KUNIT_EXPECT_STREQ(test, "large",
			   ks_record_unmatched(&sample_kind,
					       request.attrs)->name);
	KUNIT_EXPECT_STREQ(test, "no record has this large",
			   ks_record_unmatched(&sample_kind,
					       request.attrs)->no_match);
	kfree_skb(request.skb);
}

static void matches(struct kunit *test)
{
	const struct sample_record unset = sample_unset();
	const struct sample_record record = { "name", 1, 2, -3, "note" };
	struct sample_record want = record, other;

	KUNIT_EXPECT_TRUE(test, ks_record_matches(&sample_kind, &record,
						  &unset));
	KUNIT_EXPECT_TRUE(test, ks_record_matches(&sample_kind, &record,
						  &want));
	/* A record of which it is not known does not match. */
	KUNIT_EXPECT_FALSE(test, ks_record_matches(&sample_kind, &unset,
						   &want));
	/* What is behind a string's end is no part of it. */
	want.name[5] = 'x';
	KUNIT_EXPECT_TRUE(test, ks_record_matches(&sample_kind, &record,
						  &want));

	other = record;
	strscpy(other.name, "name2", sizeof(other.name));
	KUNIT_EXPECT_FALSE(test, ks_record_matches(&sample_kind, &record,
						   &other));
	other = record;
	other.small = 0;
	KUNIT_EXPECT_FALSE(test, ks_record_matches(&sample_kind, &record,
						   &other));
	other = record;
	other.large = 2 + (1ULL << 32);
	KUNIT_EXPECT_FALSE(test, ks_record_matches(&sample_kind, &record,
						   &other));
	other = record;
	other.change = 3;
	KUNIT_EXPECT_FALSE(test, ks_record_matches(&sample_kind, &record,
						   &other));
	other = record;
	strscpy(other.note, "not", sizeof(other.note));
	KUNIT_EXPECT_FALSE(test, ks_record_matches(&sample_kind, &record,
						   &other));
}

static void adds_up(struct kunit *test)
{
	const struct sample_record one = { "one", 1, 1ULL << 33, -7, "1" };
	const struct sample_record two = { "two", 2, 5, 3, "2" };
	struct sample_record sum = sample_unset();

	strscpy(sum.name, "sum", sizeof(sum.name));
	sum.small = 9;
	ks_record_zero(&sample_kind, &sum);
	ks_record_add(&sample_kind, &sum, &one);
	ks_record_add(&sample_kind, &sum, &two);
	KUNIT_EXPECT_EQ(test, (1ULL << 33) + 5, sum.large);
	KUNIT_EXPECT_EQ(test, -4, sum.change);
	/* Only what can be added up is touched. */
	KUNIT_EXPECT_STREQ(test, "sum", sum.name);
	KUNIT_EXPECT_EQ(test, 9, sum.small);
	KUNIT_EXPECT_STREQ(test, "", sum.note);
}

static void a_sum_with_an_unknown_part_is_unknown(struct kunit *test)
{
	struct sample_record part = { "part", 1, 5, 6, "" };
	struct sample_record sum = sample_unset();

	ks_record_zero(&sample_kind, &sum);
	ks_record_add(&sample_kind, &sum, &part);
	part.large = U64_MAX;
	ks_record_add(&sample_kind, &sum, &part);
	KUNIT_EXPECT_EQ(test, U64_MAX, sum.large);
	KUNIT_EXPECT_EQ(test, 12, sum.change);
	/* And stays so. */
	part.large = 5;
	part.change = S64_MIN;
	ks_record_add(&sample_kind, &sum, &part);
	KUNIT_EXPECT_EQ(test, U64_MAX, sum.large);
	KUNIT_EXPECT_EQ(test, S64_MIN, sum.change);
	ks_record_add(&sample_kind, &sum, &part);
	KUNIT_EXPECT_EQ(test, S64_MIN, sum.change);
}

static struct kunit_case record_cases[] = {
	KUNIT_CASE(begins_unset),
	KUNIT_CASE(sends_all_that_is_set),
	KUNIT_CASE(sends_nothing_unset),
	KUNIT_CASE(sends_values_next_to_unset),
	KUNIT_CASE(sends_strings_and_no_more),
	KUNIT_CASE(says_when_a_message_is_full),
	KUNIT_CASE(asks_for_one_field),
	KUNIT_CASE(asks_for_nothing),
	KUNIT_CASE(asks_for_what_no_record_has),
	KUNIT_CASE(names_the_last_field_asked_for),
	KUNIT_CASE(matches),
	KUNIT_CASE(adds_up),
	KUNIT_CASE(a_sum_with_an_unknown_part_is_unknown),
	{}
};

static struct kunit_suite record_suite = {
	.name = "kmemscope_record",
	.test_cases = record_cases,
};

kunit_test_suite(record_suite);
