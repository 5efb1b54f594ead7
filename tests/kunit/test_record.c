// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loops over the fields of a record: fill, send, request, add.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <net/netlink.h>

#include "fake_record.h"
#include "fake_output.h"

static void expect_record(struct kunit *test, const struct fake_record *got,
			  const struct fake_record *wanted)
{
	KUNIT_EXPECT_STREQ(test, wanted->name, got->name);
	KUNIT_EXPECT_EQ(test, wanted->small, got->small);
	KUNIT_EXPECT_EQ(test, wanted->large, got->large);
	KUNIT_EXPECT_EQ(test, wanted->change, got->change);
	KUNIT_EXPECT_STREQ(test, wanted->note, got->note);
}

static void begins_unset(struct kunit *test)
{
	const struct fake_record unset = fake_record_unset();
	struct {
		struct fake_record record;
		u8 behind;
	} room;

	memset(&room, 0x5a, sizeof(room));
	ks_record_init(&fake_kind, &room.record);
	/* Compare all bytes: padding must not leak either. */
	KUNIT_EXPECT_MEMEQ(test, &unset, &room.record, sizeof(unset));
	KUNIT_EXPECT_EQ(test, 0x5a, room.behind);
}

/* Parse a message by the kernel's own parser. */
static void parse_message(struct kunit *test, const struct sk_buff *skb,
			  struct nlattr **attrs)
{
	KUNIT_ASSERT_EQ(test, 0,
			nla_parse(attrs, FAKE_A_MAX,
				  (const struct nlattr *)skb->data, skb->len,
				  NULL, NULL));
}

static void sends_all_that_is_set(struct kunit *test)
{
	const struct fake_record record = {
		"a cache", 7, 1ULL << 40, -5, "note",
	};
	struct sk_buff *skb = fake_message_new(test, 512);
	struct nlattr *attrs[FAKE_A_MAX + 1];
	u32 attr;

	KUNIT_EXPECT_EQ(test, 0, ks_record_put(skb, &fake_kind, &record));
	parse_message(test, skb, attrs);
	for (attr = FAKE_A_NAME; attr <= FAKE_A_MAX; attr++)
		KUNIT_ASSERT_NOT_NULL(test, attrs[attr]);
	KUNIT_EXPECT_EQ(test, 8, nla_len(attrs[FAKE_A_NAME]));
	KUNIT_EXPECT_STREQ(test, "a cache", nla_data(attrs[FAKE_A_NAME]));
	KUNIT_EXPECT_EQ(test, 4, nla_len(attrs[FAKE_A_SMALL]));
	KUNIT_EXPECT_EQ(test, 7, nla_get_u32(attrs[FAKE_A_SMALL]));
	KUNIT_EXPECT_EQ(test, 8, nla_len(attrs[FAKE_A_LARGE]));
	KUNIT_EXPECT_EQ(test, 1ULL << 40, nla_get_u64(attrs[FAKE_A_LARGE]));
	KUNIT_EXPECT_EQ(test, 8, nla_len(attrs[FAKE_A_CHANGE]));
	KUNIT_EXPECT_EQ(test, -5, nla_get_s64(attrs[FAKE_A_CHANGE]));
	KUNIT_EXPECT_STREQ(test, "note", nla_data(attrs[FAKE_A_NOTE]));
	kfree_skb(skb);
}

static void sends_nothing_unset(struct kunit *test)
{
	const struct fake_record unset = fake_record_unset();
	struct nlattr *attrs[FAKE_A_MAX + 1];
	struct sk_buff *skb = fake_message_new(test, 512);
	struct fake_record record = unset;

	KUNIT_EXPECT_EQ(test, 0, ks_record_put(skb, &fake_kind, &unset));
	KUNIT_EXPECT_EQ(test, 0, skb->len);

	record.large = 0;
	KUNIT_EXPECT_EQ(test, 0, ks_record_put(skb, &fake_kind, &record));
	parse_message(test, skb, attrs);
	KUNIT_EXPECT_NULL(test, attrs[FAKE_A_NAME]);
	KUNIT_EXPECT_NULL(test, attrs[FAKE_A_SMALL]);
	KUNIT_EXPECT_NOT_NULL(test, attrs[FAKE_A_LARGE]);
	KUNIT_EXPECT_NULL(test, attrs[FAKE_A_CHANGE]);
	KUNIT_EXPECT_NULL(test, attrs[FAKE_A_NOTE]);
	kfree_skb(skb);
}

/* 0, and all values next to the unset ones. */
static void sends_values_next_to_unset(struct kunit *test)
{
	static const struct fake_record records[] = {
		{ "-", 0, 0, 0, " " },
		{ "x", U32_MAX - 1, U64_MAX - 1, S64_MIN + 1, "y" },
		{ "x", S32_MAX, S64_MAX, S64_MAX, "y" },
		{ "x", 1U << 31, 1ULL << 63, -1, "y" },
	};
	struct nlattr *attrs[FAKE_A_MAX + 1];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(records); i++) {
		struct sk_buff *skb = fake_message_new(test, 512);
		struct fake_record got;

		KUNIT_EXPECT_EQ(test, 0,
				ks_record_put(skb, &fake_kind, &records[i]));
		parse_message(test, skb, attrs);
		KUNIT_EXPECT_EQ(test, 1,
				ks_record_filter(&fake_kind, &got, attrs));
		expect_record(test, &got, &records[i]);
		kfree_skb(skb);
	}
}

/* Strings of each length, without bytes of the record behind their end. */
static void sends_strings_and_no_more(struct kunit *test)
{
	static const char letters[] = "abcdefghijkl";
	struct nlattr *attrs[FAKE_A_MAX + 1];
	struct fake_record record;
	struct sk_buff *skb;
	int length, i;

	for (length = 1; length < (int)sizeof(record.name); length++) {
		record = fake_record_unset();
		memset(record.name, 'x', sizeof(record.name));
		memcpy(record.name, letters, length);
		record.name[length] = '\0';
		skb = fake_message_new(test, 512);
		memset(skb->data, 'y', 512);
		KUNIT_EXPECT_EQ(test, 0,
				ks_record_put(skb, &fake_kind, &record));
		KUNIT_EXPECT_EQ(test, nla_total_size(length + 1),
				(int)skb->len);
		parse_message(test, skb, attrs);
		KUNIT_ASSERT_NOT_NULL(test, attrs[FAKE_A_NAME]);
		KUNIT_EXPECT_EQ(test, length + 1, nla_len(attrs[FAKE_A_NAME]));
		KUNIT_EXPECT_STREQ(test, record.name,
				   nla_data(attrs[FAKE_A_NAME]));
		for (i = NLA_HDRLEN + length; i < (int)skb->len; i++)
			KUNIT_EXPECT_EQ(test, 0, skb->data[i]);
		kfree_skb(skb);
	}
}

static void says_when_a_message_is_full(struct kunit *test)
{
	const struct fake_record record = { "name", 1, 2, 3, "note" };
	struct sk_buff *skb = fake_message_new(test, 512);
	unsigned int needed, room;

	KUNIT_EXPECT_EQ(test, 0, ks_record_put(skb, &fake_kind, &record));
	needed = skb->len;
	KUNIT_EXPECT_GT(test, needed, sizeof(record));
	kfree_skb(skb);
	for (room = 0; room <= needed; room++) {
		skb = fake_message_new(test, room);
		KUNIT_EXPECT_EQ_MSG(test, room < needed ? -EMSGSIZE : 0,
				    ks_record_put(skb, &fake_kind, &record),
				    "room for %u of %u bytes", room, needed);
		kfree_skb(skb);
	}
}

/**
 * struct request - the attributes of a request
 * @skb: the message with them
 * @attrs: the table for ks_record_filter()
 */
struct request {
	struct sk_buff *skb;
	struct nlattr *attrs[FAKE_A_MAX + 1];
};

static void request_make(struct kunit *test, struct request *request, int attr,
			 const void *value, int size)
{
	request->skb = fake_message_new(test, 512);
	KUNIT_ASSERT_EQ(test, 0, nla_put(request->skb, attr, size, value));
	parse_message(test, request->skb, request->attrs);
}

static void expect_request(struct kunit *test, int attr, const void *value,
			   int size, const struct fake_record *wanted)
{
	struct fake_record got;
	struct request request;

	request_make(test, &request, attr, value, size);
	KUNIT_EXPECT_EQ(test, 1,
			ks_record_filter(&fake_kind, &got, request.attrs));
	expect_record(test, &got, wanted);
	KUNIT_EXPECT_PTR_EQ(test, &fake_kind.fields[attr - FAKE_A_NAME],
			    ks_record_unmatched(&fake_kind, request.attrs));
	kfree_skb(request.skb);
}

static void asks_for_one_field(struct kunit *test)
{
	const struct fake_record unset = fake_record_unset();
	struct fake_record wanted;
	const u64 large = 1ULL << 33;
	const s64 change = -1;
	const u32 small = 0;

	wanted = unset;
	strscpy(wanted.name, "dentry", sizeof(wanted.name));
	expect_request(test, FAKE_A_NAME, "dentry", 7, &wanted);
	wanted = unset;
	wanted.small = small;
	expect_request(test, FAKE_A_SMALL, &small, sizeof(small), &wanted);
	wanted = unset;
	wanted.large = large;
	expect_request(test, FAKE_A_LARGE, &large, sizeof(large), &wanted);
	wanted = unset;
	wanted.change = change;
	expect_request(test, FAKE_A_CHANGE, &change, sizeof(change), &wanted);
	/* A longer string is cut, should the policy ever allow it. */
	wanted = unset;
	strscpy(wanted.name, "0123456789a", sizeof(wanted.name));
	expect_request(test, FAKE_A_NAME, "0123456789abcdef", 17, &wanted);
}

static void asks_for_nothing(struct kunit *test)
{
	struct nlattr *attrs[FAKE_A_MAX + 1] = {};
	const struct fake_record unset = fake_record_unset();
	struct fake_record got = { "x", 1, 2, 3, "y" };

	KUNIT_EXPECT_EQ(test, 0, ks_record_filter(&fake_kind, &got, attrs));
	expect_record(test, &got, &unset);
	KUNIT_EXPECT_NULL(test, ks_record_unmatched(&fake_kind, attrs));
}

static void asks_for_what_no_record_has(struct kunit *test)
{
	const struct fake_record unset = fake_record_unset();
	static const struct {
		int attr, size;
		size_t offset;
	} values[] = {
		{ FAKE_A_NAME, 1, offsetof(struct fake_record, name) },
		{ FAKE_A_SMALL, 4, offsetof(struct fake_record, small) },
		{ FAKE_A_LARGE, 8, offsetof(struct fake_record, large) },
		{ FAKE_A_CHANGE, 8, offsetof(struct fake_record, change) },
	};
	struct fake_record got;
	struct request request;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		request_make(test, &request, values[i].attr,
			     (const void *)&unset + values[i].offset,
			     values[i].size);
		KUNIT_EXPECT_EQ_MSG(test, -ENOENT,
				    ks_record_filter(&fake_kind, &got,
						  request.attrs),
				    "attribute %d", values[i].attr);
		kfree_skb(request.skb);
	}
}

static void names_the_last_field_asked_for(struct kunit *test)
{
	struct request request;
	const u64 large = 1;

	request_make(test, &request, FAKE_A_LARGE, &large, sizeof(large));
	/* Only the presence of an attribute counts, so any will do. */
	request.attrs[FAKE_A_NAME] = request.attrs[FAKE_A_LARGE];
	KUNIT_EXPECT_STREQ(
		test, "large",
		ks_record_unmatched(&fake_kind, request.attrs)->name);
	KUNIT_EXPECT_STREQ(
		test, "no record has this large",
		ks_record_unmatched(&fake_kind, request.attrs)->no_match);
	kfree_skb(request.skb);
}

static void matches(struct kunit *test)
{
	const struct fake_record unset = fake_record_unset();
	const struct fake_record record = { "name", 1, 2, -3, "note" };
	struct fake_record want = record, other;

	KUNIT_EXPECT_TRUE(test, ks_record_matches(&fake_kind, &record, &unset));
	KUNIT_EXPECT_TRUE(test, ks_record_matches(&fake_kind, &record, &want));
	/* A record whose value is unknown does not match. */
	KUNIT_EXPECT_FALSE(test, ks_record_matches(&fake_kind, &unset, &want));
	/* Bytes behind the end of a string do not count. */
	want.name[5] = 'x';
	KUNIT_EXPECT_TRUE(test, ks_record_matches(&fake_kind, &record, &want));

	other = record;
	strscpy(other.name, "name2", sizeof(other.name));
	KUNIT_EXPECT_FALSE(test,
			   ks_record_matches(&fake_kind, &record, &other));
	other = record;
	other.small = 0;
	KUNIT_EXPECT_FALSE(test,
			   ks_record_matches(&fake_kind, &record, &other));
	other = record;
	other.large = 2 + (1ULL << 32);
	KUNIT_EXPECT_FALSE(test,
			   ks_record_matches(&fake_kind, &record, &other));
	other = record;
	other.change = 3;
	KUNIT_EXPECT_FALSE(test,
			   ks_record_matches(&fake_kind, &record, &other));
	other = record;
	strscpy(other.note, "not", sizeof(other.note));
	KUNIT_EXPECT_FALSE(test,
			   ks_record_matches(&fake_kind, &record, &other));
}

static void adds_up(struct kunit *test)
{
	const struct fake_record one = { "one", 1, 1ULL << 33, -7, "1" };
	const struct fake_record two = { "two", 2, 5, 3, "2" };
	struct fake_record sum = fake_record_unset();

	strscpy(sum.name, "sum", sizeof(sum.name));
	sum.small = 9;
	ks_record_zero(&fake_kind, &sum);
	ks_record_add(&fake_kind, &sum, &one);
	ks_record_add(&fake_kind, &sum, &two);
	KUNIT_EXPECT_EQ(test, (1ULL << 33) + 5, sum.large);
	KUNIT_EXPECT_EQ(test, -4, sum.change);
	/* Only fields that can be added change. */
	KUNIT_EXPECT_STREQ(test, "sum", sum.name);
	KUNIT_EXPECT_EQ(test, 9, sum.small);
	KUNIT_EXPECT_STREQ(test, "", sum.note);
}

static void a_sum_with_an_unknown_part_is_unknown(struct kunit *test)
{
	struct fake_record part = { "part", 1, 5, 6, "" };
	struct fake_record sum = fake_record_unset();

	ks_record_zero(&fake_kind, &sum);
	ks_record_add(&fake_kind, &sum, &part);
	part.large = U64_MAX;
	ks_record_add(&fake_kind, &sum, &part);
	KUNIT_EXPECT_EQ(test, U64_MAX, sum.large);
	KUNIT_EXPECT_EQ(test, 12, sum.change);
	/* And it stays unknown. */
	part.large = 5;
	part.change = S64_MIN;
	ks_record_add(&fake_kind, &sum, &part);
	KUNIT_EXPECT_EQ(test, U64_MAX, sum.large);
	KUNIT_EXPECT_EQ(test, S64_MIN, sum.change);
	ks_record_add(&fake_kind, &sum, &part);
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
