// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loops over records, for every kind of the spec. The build makes
 * every_kind.h from record/kinds.h.
 */
#include <kunit/test.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <net/genetlink.h>

#include "record/kinds.h"

#include "fake_output.h"

/* More bytes than any record takes in any output. */
#define ROOM	8192

#define MAX_ATTR	64

/* Fills memory that must not be written. */
#define POISON	0x5a

static const struct ks_kind *const kinds[] = {
#include "every_kind.h"
};

static void kind_name(const struct ks_kind *const *kind, char *name)
{
	strscpy(name, (*kind)->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(every, kinds, kind_name);

static const struct ks_kind *kind_of(const struct kunit *test)
{
	return *(const struct ks_kind *const *)test->param_value;
}

#define for_each_field(_f, _kind)					\
	for ((_f) = (_kind)->fields;					\
	     (_f) < (_kind)->fields + (_kind)->nr_fields; (_f)++)

static bool is_last(const struct ks_kind *kind, const struct ks_field *f)
{
	return f == &kind->fields[kind->nr_fields - 1];
}

static void *unset_record(struct kunit *test, const struct ks_kind *kind)
{
	void *record = kunit_kzalloc(test, kind->size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, record);
	ks_record_init(kind, record);
	return record;
}

/* The largest value but the unset one, or the longest string. */
static void field_set_largest(const struct ks_field *f, void *record)
{
	void *value = record + f->offset;

	switch (f->type) {
	case KS_TYPE_U32:
		*(u32 *)value = U32_MAX - 1;
		break;
	case KS_TYPE_U64:
		*(u64 *)value = U64_MAX - 1;
		break;
	case KS_TYPE_S64:
		*(s64 *)value = S64_MAX;
		break;
	default:
		memset(value, 'a' + f->attr % 26, f->size - 1);
	}
}

static void *largest_record(struct kunit *test, const struct ks_kind *kind)
{
	void *record = unset_record(test, kind);
	const struct ks_field *f;

	for_each_field(f, kind)
		field_set_largest(f, record);
	return record;
}

static void parse_message(struct kunit *test, const struct ks_kind *kind,
			  const struct sk_buff *skb, struct nlattr **attrs)
{
	KUNIT_ASSERT_LE(test, kind->max_attr, MAX_ATTR);
	KUNIT_ASSERT_EQ(test, 0,
			nla_parse(attrs, kind->max_attr,
				  (const struct nlattr *)skb->data, skb->len,
				  NULL, NULL));
}

/* Send a record, and parse it by the kernel's own parser. */
static void expect_round_trip(struct kunit *test, const struct ks_kind *kind,
			      const void *record)
{
	struct sk_buff *skb = fake_message_new(test, ROOM);
	struct nlattr *attrs[MAX_ATTR + 1];
	void *got = unset_record(test, kind);

	KUNIT_EXPECT_EQ(test, 0, ks_record_put(skb, kind, record));
	parse_message(test, kind, skb, attrs);
	KUNIT_EXPECT_EQ(test, 1, ks_record_filter(kind, got, attrs));
	KUNIT_EXPECT_MEMEQ(test, record, got, kind->size);
	kfree_skb(skb);
}

/* The bytes of the attribute for a value. */
static int value_len(const struct ks_field *f, const void *record)
{
	return f->type == KS_TYPE_STRING ?
	       strlen(record + f->offset) + 1 : f->size;
}

/* The policy type of the attribute of a field. */
static u8 policy_type(const struct ks_field *f)
{
	switch (f->type) {
	case KS_TYPE_U32:
		return NLA_U32;
	case KS_TYPE_U64:
		return NLA_U64;
	case KS_TYPE_S64:
		return NLA_S64;
	default:
		return NLA_NUL_STRING;
	}
}

/* Each kind has a command of its own. */
static void all_are_here(struct kunit *test)
{
	u64 cmds = 0;
	u32 i;

	KUNIT_ASSERT_GE(test, ARRAY_SIZE(kinds), 17);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		KUNIT_ASSERT_LT(test, kinds[i]->cmd, 64);
		KUNIT_EXPECT_FALSE_MSG(test, cmds & BIT_ULL(kinds[i]->cmd),
				       "%s", kinds[i]->name);
		cmds |= BIT_ULL(kinds[i]->cmd);
	}
}

/* Members in order without overlap, each with an attribute of its own. */
static void tables_are_sound(struct kunit *test)
{
	const struct ks_kind *kind = kind_of(test);
	const struct ks_field *f;
	size_t offset = 0;
	u64 attrs = 0;

	KUNIT_ASSERT_LE(test, kind->max_attr, 63);
	for_each_field(f, kind) {
		KUNIT_EXPECT_GE_MSG(test, f->offset, offset, "%s", f->name);
		offset = f->offset + f->size;
		KUNIT_EXPECT_LE_MSG(test, offset, kind->size, "%s", f->name);
		KUNIT_EXPECT_GT_MSG(test, f->attr, 0, "%s", f->name);
		KUNIT_EXPECT_LE_MSG(test, f->attr, kind->max_attr, "%s",
				    f->name);
		KUNIT_EXPECT_NE_MSG(test, f->attr, kind->pad, "%s", f->name);
		KUNIT_EXPECT_FALSE_MSG(test, attrs & BIT_ULL(f->attr), "%s",
				       f->name);
		attrs |= BIT_ULL(f->attr);
		if (kind->policy && kind->policy[f->attr].type)
			KUNIT_EXPECT_EQ_MSG(test, policy_type(f),
					    kind->policy[f->attr].type, "%s",
					    f->name);
		/* A longer string would be cut, and be another name. */
		if (kind->policy && kind->policy[f->attr].type &&
		    f->type == KS_TYPE_STRING)
			KUNIT_EXPECT_EQ_MSG(test, f->size - 1,
					    kind->policy[f->attr].len, "%s",
					    f->name);
	}
}

static void unset_is_not_sent(struct kunit *test)
{
	const struct ks_kind *kind = kind_of(test);
	struct sk_buff *skb = fake_message_new(test, ROOM);

	KUNIT_EXPECT_EQ(test, 0, ks_record_put(skb, kind,
					       unset_record(test, kind)));
	KUNIT_EXPECT_EQ(test, 0, skb->len);
	kfree_skb(skb);
}

static void largest_is_sent(struct kunit *test)
{
	const struct ks_kind *kind = kind_of(test);
	void *record = largest_record(test, kind);
	struct nlattr *attrs[MAX_ATTR + 1];
	struct sk_buff *skb = fake_message_new(test, ROOM);
	const struct ks_field *f;

	expect_round_trip(test, kind, record);
	KUNIT_EXPECT_EQ(test, 0, ks_record_put(skb, kind, record));
	parse_message(test, kind, skb, attrs);
	for_each_field(f, kind) {
		KUNIT_ASSERT_NOT_NULL_MSG(test, attrs[f->attr], "%s", f->name);
		KUNIT_EXPECT_EQ_MSG(test, value_len(f, record),
				    nla_len(attrs[f->attr]), "%s", f->name);
	}
	/* A record that never fits would never be sent. */
	KUNIT_EXPECT_LE(test, skb->len + GENL_HDRLEN + NLMSG_HDRLEN,
			(unsigned int)GENLMSG_DEFAULT_SIZE);
	kfree_skb(skb);
}

/* A record with one known value sends that alone. */
static void one_member_is_sent_alone(struct kunit *test)
{
	const struct ks_kind *kind = kind_of(test);
	void *record = unset_record(test, kind);
	const struct ks_field *f;
	struct sk_buff *skb;

	for_each_field(f, kind) {
		const struct nlattr *attr;

		field_set_largest(f, record);
		skb = fake_message_new(test, ROOM);
		KUNIT_EXPECT_EQ(test, 0, ks_record_put(skb, kind, record));
		attr = (const struct nlattr *)skb->data;
		KUNIT_EXPECT_EQ_MSG(test, nla_total_size(value_len(f, record)),
				    (int)skb->len, "%s", f->name);
		KUNIT_EXPECT_EQ_MSG(test, f->attr, nla_type(attr), "%s",
				    f->name);
		kfree_skb(skb);
		expect_round_trip(test, kind, record);
		ks_record_init(kind, record);
	}
}

static void expect_refused(struct kunit *test, const struct ks_kind *kind,
			   const void *record, unsigned int room)
{
	static const u8 before[] = { 8, 0, 1, 0, 1, 2, 3, 4 };
	struct sk_buff *skb = fake_message_new(test, sizeof(before) + room);

	memset(skb->data, POISON, sizeof(before) + room);
	skb_put_data(skb, before, sizeof(before));
	KUNIT_ASSERT_EQ_MSG(test, -EMSGSIZE,
			    ks_record_put(skb, kind, record),
			    "room for %u bytes", room);
	/* The message is unchanged, so the record can go into the next. */
	KUNIT_ASSERT_EQ(test, (unsigned int)sizeof(before), skb->len);
	KUNIT_ASSERT_EQ(test, room, (unsigned int)skb_tailroom(skb));
	KUNIT_ASSERT_MEMEQ(test, before, skb->data, sizeof(before));
	KUNIT_ASSERT_NULL(test, memchr_inv(skb_tail_pointer(skb), POISON,
					   room));
	kfree_skb(skb);
}

static void full_messages_stay_as_they_are(struct kunit *test)
{
	const struct ks_kind *kind = kind_of(test);
	void *record = largest_record(test, kind);
	struct sk_buff *skb = fake_message_new(test, ROOM);
	unsigned int needed, room;

	KUNIT_ASSERT_EQ(test, 0, ks_record_put(skb, kind, record));
	needed = skb->len;
	kfree_skb(skb);
	/* All sizes that are almost enough, and some others. */
	for (room = 0; room < needed; room += room + 16 < needed ? 13 : 1)
		expect_refused(test, kind, record, room);
	skb = fake_message_new(test, needed);
	KUNIT_EXPECT_EQ(test, 0, ks_record_put(skb, kind, record));
	KUNIT_EXPECT_EQ(test, needed, skb->len);
	kfree_skb(skb);
}

/* The line that is printed for a record. */
static char *row_text(struct kunit *test, const struct ks_kind *kind,
		      const void *record)
{
	struct seq_file *m = fake_page_new(test, ROOM);

	ks_record_show(m, kind, record);
	KUNIT_ASSERT_FALSE(test, seq_has_overflowed(m));
	KUNIT_ASSERT_GT(test, m->count, 0);
	KUNIT_ASSERT_EQ(test, strlen(m->buf), m->count);
	KUNIT_EXPECT_EQ(test, '\n', m->buf[m->count - 1]);
	m->buf[m->count - 1] = '\0';
	return m->buf;
}

/* The next word of a line, or the rest of it. */
static const char *next_word(char **line, bool last)
{
	char *word = skip_spaces(*line);

	*line = word + (last ? strlen(word) : strcspn(word, " "));
	if (!last && **line)
		*(*line)++ = '\0';
	return word;
}

static void unset_is_a_dash(struct kunit *test)
{
	const struct ks_kind *kind = kind_of(test);
	char *line = row_text(test, kind, unset_record(test, kind));
	const struct ks_field *f;

	for_each_field(f, kind)
		KUNIT_EXPECT_STREQ_MSG(test, "-",
				       next_word(&line, is_last(kind, f)),
				       "%s", f->name);
}

static void titles_are_names(struct kunit *test)
{
	const struct ks_kind *kind = kind_of(test);
	struct seq_file *m = fake_page_new(test, ROOM);
	const struct ks_field *f;
	char *line, title[64];
	u32 i;

	ks_record_show_head(m, kind);
	line = strim(m->buf);
	for_each_field(f, kind) {
		KUNIT_ASSERT_LT(test, strlen(f->name), sizeof(title));
		for (i = 0; i <= strlen(f->name); i++)
			title[i] = toupper(f->name[i]);
		KUNIT_EXPECT_STREQ(test, title,
				   next_word(&line, is_last(kind, f)));
	}
}

/* Print a value without the code under test. */
static void field_print(const struct ks_field *f, const void *record,
			char *text, size_t size)
{
	const void *value = record + f->offset;

	switch (f->type) {
	case KS_TYPE_U32:
		scnprintf(text, size, "%u", *(const u32 *)value);
		break;
	case KS_TYPE_U64:
		scnprintf(text, size, "%llu", *(const u64 *)value);
		break;
	case KS_TYPE_S64:
		scnprintf(text, size, "%lld", *(const s64 *)value);
		break;
	default:
		strscpy(text, value, size);
	}
}

static void largest_is_shown(struct kunit *test)
{
	const struct ks_kind *kind = kind_of(test);
	void *record = largest_record(test, kind);
	char *text = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	char *line = row_text(test, kind, record);
	const struct ks_field *f;

	KUNIT_ASSERT_NOT_NULL(test, text);
	for_each_field(f, kind) {
		field_print(f, record, text, ROOM);
		KUNIT_EXPECT_STREQ_MSG(test, text,
				       next_word(&line, is_last(kind, f)),
				       "%s", f->name);
	}
	KUNIT_EXPECT_STREQ(test, "", line);
}

/* Decode an escaped word; fail if it is ambiguous. */
static void word_unescape(struct kunit *test, const char *word, char *to)
{
	u8 byte = 0;

	while (*word) {
		if (*word != '\\') {
			*to++ = *word++;
			continue;
		}
		KUNIT_ASSERT_EQ(test, 'x', word[1]);
		KUNIT_ASSERT_EQ(test, 0, hex2bin(&byte, word + 2, 1));
		*to++ = byte;
		word += 4;
	}
	*to = '\0';
}

/* Fill a string with all bytes from `first` on, as many as fit. */
static void field_set_bytes(const struct ks_field *f, void *record, u32 first)
{
	char *value = record + f->offset;
	u32 i;

	for (i = 0; i < f->size - 1U; i++)
		value[i] = 1 + (first + i) % 255;
}

static void expect_escaped(struct kunit *test, const struct ks_kind *kind,
			   const struct ks_field *wanted, const void *record)
{
	char *text = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	char *line = row_text(test, kind, record);
	const struct ks_field *f;
	const char *c, *word;

	KUNIT_ASSERT_NOT_NULL(test, text);
	for (c = line; *c; c++)
		KUNIT_ASSERT_TRUE(test, isascii(*c) && isprint(*c));
	for_each_field(f, kind) {
		word = next_word(&line, is_last(kind, f));
		if (f != wanted) {
			KUNIT_EXPECT_STREQ(test, "-", word);
			continue;
		}
		word_unescape(test, word, text);
		KUNIT_EXPECT_STREQ_MSG(test, (const char *)record + f->offset,
				       text, "%s", f->name);
	}
}

/* Any bytes in a name are sent as they are, and printed as one word. */
static void strings_may_have_any_bytes(struct kunit *test)
{
	const struct ks_kind *kind = kind_of(test);
	void *record = unset_record(test, kind);
	const struct ks_field *f;
	u32 first;

	for_each_field(f, kind) {
		if (f->type != KS_TYPE_STRING)
			continue;
		for (first = 0; first < 255; first += f->size - 1) {
			field_set_bytes(f, record, first);
			/* Only the last column may have spaces. */
			if (is_last(kind, f))
				strreplace(record + f->offset, ' ', '_');
			expect_round_trip(test, kind, record);
			expect_escaped(test, kind, f, record);
		}
		ks_record_init(kind, record);
	}
}

static struct kunit_case kinds_cases[] = {
	KUNIT_CASE(all_are_here),
	KUNIT_CASE_PARAM(tables_are_sound, every_gen_params),
	KUNIT_CASE_PARAM(unset_is_not_sent, every_gen_params),
	KUNIT_CASE_PARAM(largest_is_sent, every_gen_params),
	KUNIT_CASE_PARAM(one_member_is_sent_alone, every_gen_params),
	KUNIT_CASE_PARAM(full_messages_stay_as_they_are, every_gen_params),
	KUNIT_CASE_PARAM(unset_is_a_dash, every_gen_params),
	KUNIT_CASE_PARAM(titles_are_names, every_gen_params),
	KUNIT_CASE_PARAM(largest_is_shown, every_gen_params),
	KUNIT_CASE_PARAM(strings_may_have_any_bytes, every_gen_params),
	{}
};

static struct kunit_suite kinds_suite = {
	.name = "kmemscope_kinds",
	.test_cases = kinds_cases,
};

kunit_test_suite(kinds_suite);
