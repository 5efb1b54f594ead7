// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loops over records, for every kind that the spec has: every_kind.h is
 * made of record/kinds.h when this is built.
 */
#include <kunit/test.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <net/genetlink.h>

#include "record/kinds.h"

#include "sink.h"

/* What no record takes on any way out. */
#define ROOM	8192

#define MAX_ATTR	64

/* Where nothing may be written. */
#define POISON	0x5a

static const struct ks_kind *const kinds[] = {
#include "every_kind.h"
};

static void name_kind(const struct ks_kind *const *kind, char *name)
{
	strscpy(name, (*kind)->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(every, kinds, name_kind);

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

/* The largest value that is not the unset one; of a string the longest. */
static void set_largest(const struct ks_field *f, void *record)
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
		set_largest(f, record);
	return record;
}

static void parse(struct kunit *test, const struct ks_kind *kind,
		  const struct sk_buff *skb, struct nlattr **attrs)
{
	KUNIT_ASSERT_LE(test, kind->max_attr, MAX_ATTR);
	KUNIT_ASSERT_EQ(test, 0,
			nla_parse(attrs, kind->max_attr,
				  (const struct nlattr *)skb->data, skb->len,
				  NULL, NULL));
}

/* As it is sent, and read back by the kernel's own parser. */
static void expect_round_trip(struct kunit *test, const struct ks_kind *kind,
			      const void *record)
{
	struct sk_buff *skb = sink_message(test, ROOM);
	struct nlattr *attrs[MAX_ATTR + 1];
	void *got = unset_record(test, kind);

	KUNIT_EXPECT_EQ(test, 0, ks_record_put(skb, kind, record));
	parse(test, kind, skb, attrs);
	KUNIT_EXPECT_EQ(test, 1, ks_record_filter(kind, got, attrs));
	KUNIT_EXPECT_MEMEQ(test, record, got, kind->size);
	kfree_skb(skb);
}

/* Bytes of the attribute that a value of a field is. */
static int value_len(const struct ks_field *f, const void *record)
{
	return f->type == KS_TYPE_STRING ?
	       strlen(record + f->offset) + 1 : f->size;
}

/* How each of a field's attributes must be asked for. */
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

/* Each kind has its own command, or one would hide the other. */
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

/* Members in their order, without overlap; attributes that are theirs alone. */
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
		/* A longer one would be cut to another name. */
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
	struct sk_buff *skb = sink_message(test, ROOM);

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
	struct sk_buff *skb = sink_message(test, ROOM);
	const struct ks_field *f;

	expect_round_trip(test, kind, record);
	KUNIT_EXPECT_EQ(test, 0, ks_record_put(skb, kind, record));
	parse(test, kind, skb, attrs);
	for_each_field(f, kind) {
		KUNIT_ASSERT_NOT_NULL_MSG(test, attrs[f->attr], "%s", f->name);
		KUNIT_EXPECT_EQ_MSG(test, value_len(f, record),
				    nla_len(attrs[f->attr]), "%s", f->name);
	}
	/* Nobody would ever get it otherwise. */
	KUNIT_EXPECT_LE(test, skb->len + GENL_HDRLEN + NLMSG_HDRLEN,
			(unsigned int)GENLMSG_DEFAULT_SIZE);
	kfree_skb(skb);
}

/* Known next to unknown: just that. */
static void one_member_is_sent_alone(struct kunit *test)
{
	const struct ks_kind *kind = kind_of(test);
	void *record = unset_record(test, kind);
	const struct ks_field *f;
	struct sk_buff *skb;

	for_each_field(f, kind) {
		const struct nlattr *attr;

		set_largest(f, record);
		skb = sink_message(test, ROOM);
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
	struct sk_buff *skb = sink_message(test, sizeof(before) + room);

	memset(skb->data, POISON, sizeof(before) + room);
	skb_put_data(skb, before, sizeof(before));
	KUNIT_ASSERT_EQ_MSG(test, -EMSGSIZE,
			    ks_record_put(skb, kind, record),
			    "room for %u bytes", room);
	/* As it was: the record goes into the next message. */
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
	struct sk_buff *skb = sink_message(test, ROOM);
	unsigned int needed, room;

	KUNIT_ASSERT_EQ(test, 0, ks_record_put(skb, kind, record));
	needed = skb->len;
	kfree_skb(skb);
	/* All that are short by little, and some of the others. */
	for (room = 0; room < needed; room += room + 16 < needed ? 13 : 1)
		expect_refused(test, kind, record, room);
	skb = sink_message(test, needed);
	KUNIT_EXPECT_EQ(test, 0, ks_record_put(skb, kind, record));
	KUNIT_EXPECT_EQ(test, needed, skb->len);
	kfree_skb(skb);
}

/* What is shown of a record: a line, to be taken apart. */
static char *shown(struct kunit *test, const struct ks_kind *kind,
		   const void *record)
{
	struct seq_file *m = sink_page(test, ROOM);

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
	char *line = shown(test, kind, unset_record(test, kind));
	const struct ks_field *f;

	for_each_field(f, kind)
		KUNIT_EXPECT_STREQ_MSG(test, "-",
				       next_word(&line, is_last(kind, f)),
				       "%s", f->name);
}

static void titles_are_names(struct kunit *test)
{
	const struct ks_kind *kind = kind_of(test);
	struct seq_file *m = sink_page(test, ROOM);
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

/* A value as text, by other means than those of the loops. */
static void print_value(const struct ks_field *f, const void *record,
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
	char *line = shown(test, kind, record);
	const struct ks_field *f;

	KUNIT_ASSERT_NOT_NULL(test, text);
	for_each_field(f, kind) {
		print_value(f, record, text, ROOM);
		KUNIT_EXPECT_STREQ_MSG(test, text,
				       next_word(&line, is_last(kind, f)),
				       "%s", f->name);
	}
	KUNIT_EXPECT_STREQ(test, "", line);
}

/* Turns a word back into what it was made of, if it can be only that. */
static void unescape(struct kunit *test, const char *word, char *to)
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

/* All bytes there are, as many as fit, from some byte on. */
static void set_bytes(const struct ks_field *f, void *record, u32 first)
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
	char *line = shown(test, kind, record);
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
		unescape(test, word, text);
		KUNIT_EXPECT_STREQ_MSG(test, (const char *)record + f->offset,
				       text, "%s", f->name);
	}
}

/* Whatever somebody called his file: sent as it is, shown as one word. */
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
			set_bytes(f, record, first);
			/* The last column alone may have spaces. */
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
