// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loops over the fields of a record: one sends it, one prints it, and small
 * ones fill and compare. None of them names a field.
 */
#include <asm/word-at-a-time.h>
#include <linux/ctype.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <net/netlink.h>

#include "record/record.h"

#define for_each_field(_f, _kind)					\
	for ((_f) = (_kind)->fields;					\
	     (_f) < (_kind)->fields + (_kind)->nr_fields; (_f)++)

static bool field_is_set(const struct ks_field *f, const void *record)
{
	const void *value = record + f->offset;

	switch (f->type) {
	case KS_TYPE_U32:
		return *(const u32 *)value != KS_UNSET_U32;
	case KS_TYPE_U64:
		return *(const u64 *)value != KS_UNSET_U64;
	case KS_TYPE_S64:
		return *(const s64 *)value != KS_UNSET_S64;
	default:
		return *(const char *)value;
	}
}

/**
 * ks_record_init() - unset all fields of a record
 * @kind: its kind
 * @record: the record, @kind->size bytes
 */
void ks_record_init(const struct ks_kind *kind, void *record)
{
	const struct ks_field *f;

	memset(record, 0, kind->size);
	for_each_field(f, kind) {
		void *value = record + f->offset;

		switch (f->type) {
		case KS_TYPE_U32:
			*(u32 *)value = KS_UNSET_U32;
			break;
		case KS_TYPE_U64:
			*(u64 *)value = KS_UNSET_U64;
			break;
		case KS_TYPE_S64:
			*(s64 *)value = KS_UNSET_S64;
			break;
		}
	}
}

/**
 * ks_record_zero() - make a record an empty sum
 * @kind: its kind
 * @record: the record; its u64 and s64 members are set to 0
 */
void ks_record_zero(const struct ks_kind *kind, void *record)
{
	const struct ks_field *f;

	for_each_field(f, kind)
		if (f->type == KS_TYPE_U64 || f->type == KS_TYPE_S64)
			memset(record + f->offset, 0, f->size);
}

/**
 * ks_record_add() - add a record to a sum
 * @kind: the kind of both
 * @sum: from ks_record_zero()
 * @record: its u64 and s64 members are added. A member that is unset makes that
 *	of the sum unset, as the whole is unknown then.
 */
void ks_record_add(const struct ks_kind *kind, void *sum, const void *record)
{
	const struct ks_field *f;

	for_each_field(f, kind) {
		void *to = sum + f->offset;
		const void *from = record + f->offset;

		if (f->type != KS_TYPE_U64 && f->type != KS_TYPE_S64)
			continue;
		if (!field_is_set(f, sum) || !field_is_set(f, record))
			memcpy(to, field_is_set(f, sum) ? from : to, f->size);
		else
			*(u64 *)to += *(const u64 *)from;
	}
}

static __always_inline void *put_head(void *to, u16 attr, u16 size)
{
	struct nlattr *head = to;

	head->nla_len = NLA_HDRLEN + size;
	head->nla_type = attr;
	return to + NLA_HDRLEN;
}

/* These return the place of the next attribute. */
static __always_inline void *put_u32(void *to, u16 attr, u32 value)
{
	to = put_head(to, attr, sizeof(value));
	*(u32 *)to = value;
	return to + sizeof(value);
}

static __always_inline void *put_u64(void *to, u16 attr, u64 value)
{
	to = put_head(to, attr, sizeof(value));
	memcpy(to, &value, sizeof(value));
	return to + sizeof(value);
}

/*
 * Writes the last word of a string and its padding. All of it is in units of
 * NLA_ALIGNTO, half a word.
 */
static __always_inline unsigned int put_last(char *to, unsigned long word,
					     unsigned long zeros)
{
	const struct word_at_a_time constants = WORD_AT_A_TIME_CONSTANTS;
	const unsigned long mask =
		create_zero_mask(prep_zero_mask(word, zeros, &constants));
	const unsigned int nr = find_zero(mask);

	word &= zero_bytemask(mask);
	memcpy(to, &word, NLA_ALIGNTO);
	if (nr >= NLA_ALIGNTO)
		memcpy(to + NLA_ALIGNTO, (char *)&word + NLA_ALIGNTO,
		       NLA_ALIGNTO);
	return nr + 1;
}

static __always_inline void *put_string(void *to, const struct ks_field *f,
					const char *value)
{
	const struct word_at_a_time constants = WORD_AT_A_TIME_CONSTANTS;
	char *data = to + NLA_HDRLEN;
	unsigned long word, zeros;
	unsigned int size = 0;

	for (; size + sizeof(word) <= f->size; size += sizeof(word)) {
		memcpy(&word, value + size, sizeof(word));
		if (has_zero(word, &zeros, &constants)) {
			size += put_last(data + size, word, zeros);
			put_head(to, f->attr, size);
			return data + NLA_ALIGN(size);
		}
		memcpy(data + size, &word, sizeof(word));
	}
	/* The rest of a member whose size is no multiple of a word. */
	do
		data[size] = value[size];
	while (value[size++]);
	put_head(to, f->attr, size);
	while (size % NLA_ALIGNTO)
		data[size++] = '\0';
	return data + size;
}

/* Aligns a 64 bit value by an empty attribute, where that is required. */
static __always_inline void *put_pad(void *to, u16 pad)
{
	if (!IS_ENABLED(CONFIG_HAVE_EFFICIENT_UNALIGNED_ACCESS) &&
	    IS_ALIGNED((unsigned long)to, sizeof(u64)))
		return put_head(to, pad, 0);
	return to;
}

/* An unset field has no attribute. */
static __always_inline void *put_field(void *to, const struct ks_field *f,
				       u16 pad, const void *value)
{
	const u64 *large = value;
	const u32 *small = value;

	switch (f->type) {
	case KS_TYPE_U64:
		return *large == KS_UNSET_U64 ? to :
		       put_u64(put_pad(to, pad), f->attr, *large);
	case KS_TYPE_U32:
		return *small == KS_UNSET_U32 ? to :
		       put_u32(to, f->attr, *small);
	case KS_TYPE_S64:
		return *large == (u64)KS_UNSET_S64 ? to :
		       put_u64(put_pad(to, pad), f->attr, *large);
	default:
		return *(const char *)value ?
		       put_string(to, f, value) : to;
	}
}

/* Bytes of a record's attributes, or slightly more where some pad. */
static size_t attrs_size(const struct ks_kind *kind, const void *record)
{
	const struct ks_field *f;
	size_t size = 0;

	for_each_field(f, kind) {
		const void *value = record + f->offset;

		if (!field_is_set(f, record))
			continue;
		if (f->type == KS_TYPE_STRING)
			size += nla_total_size(strlen(value) + 1);
		else
			size += f->size == sizeof(u64) ?
				nla_total_size_64bit(f->size) :
				nla_total_size(f->size);
	}
	return size;
}

/* Upper bound for any record of the kind, which is quicker to compute. */
static size_t max_attrs_size(const struct ks_kind *kind)
{
	return kind->size +
	       kind->nr_fields * (2 * NLA_HDRLEN + NLA_ALIGNTO - 1);
}

/**
 * ks_record_put() - add a record's attributes to a message
 * @skb: the message
 * @kind: the record's kind
 * @record: the record
 *
 * Checks for room once, and not once per attribute as nla_put() does: a dump of
 * slab caches spends a fifth of its instructions here.
 *
 * Return: 0, or -EMSGSIZE when they do not fit, and none is added.
 */
int ks_record_put(struct sk_buff *skb, const struct ks_kind *kind,
		  const void *record)
{
	const struct ks_field *f = kind->fields, *end = f + kind->nr_fields;
	void *start = skb_tail_pointer(skb), *to = start;
	const size_t room = skb_tailroom(skb);
	const u16 pad = kind->pad;

	if (room < max_attrs_size(kind) && room < attrs_size(kind, record))
		return -EMSGSIZE;
	for (; f < end; f++)
		to = put_field(to, f, pad, record + f->offset);
	skb_put(skb, to - start);
	return 0;
}

/*
 * A value is one word, so that awk and cut can split the columns. Only the last
 * column of a line may have spaces.
 */
enum column {
	INNER_COLUMN,
	LAST_COLUMN,
};

static void show_string(struct seq_file *m, const char *s, int width,
			enum column column)
{
	for (; *s; s++, width--) {
		bool plain = isascii(*s) && isgraph(*s) && *s != '\\';

		if (plain || (column == LAST_COLUMN && *s == ' ')) {
			seq_putc(m, *s);
		} else {
			seq_printf(m, "\\x%02x", (unsigned char)*s);
			width -= 3;
		}
	}
	if (column == INNER_COLUMN && width > 0)
		seq_printf(m, "%*s", width, "");
}

static int field_width(const struct ks_field *f)
{
	int title = strlen(f->name);

	switch (f->type) {
	case KS_TYPE_STRING:
		/* Names of caches are longer than zones and states. */
		return max(title, f->size > 64 ? 26 : 9);
	case KS_TYPE_U32:
		return max(title, 4);
	default:
		return max(title, 12);
	}
}

static void show_value(struct seq_file *m, const struct ks_field *f,
		       const void *record, int width, enum column column)
{
	const void *value = record + f->offset;

	if (!field_is_set(f, record)) {
		if (f->type == KS_TYPE_STRING)
			show_string(m, "-", width, column);
		else
			seq_printf(m, "%*s", width, "-");
		return;
	}
	switch (f->type) {
	case KS_TYPE_U32:
		seq_printf(m, "%*u", width, *(const u32 *)value);
		break;
	case KS_TYPE_U64:
		seq_printf(m, "%*llu", width, *(const u64 *)value);
		break;
	case KS_TYPE_S64:
		seq_printf(m, "%*lld", width, *(const s64 *)value);
		break;
	default:
		show_string(m, value, width, column);
	}
}

static enum column column_of(const struct ks_kind *kind,
			     const struct ks_field *f)
{
	return f == kind->fields + kind->nr_fields - 1 ? LAST_COLUMN :
							 INNER_COLUMN;
}

static char column_end(enum column column)
{
	return column == LAST_COLUMN ? '\n' : ' ';
}

/**
 * ks_record_show_head() - print the line of column names
 * @m: where
 * @kind: the kind of the records that follow
 */
void ks_record_show_head(struct seq_file *m, const struct ks_kind *kind)
{
	const struct ks_field *f;

	for_each_field(f, kind) {
		bool left = f->type == KS_TYPE_STRING;
		int pad = field_width(f) - strlen(f->name);
		const char *c;

		if (!left)
			seq_printf(m, "%*s", pad, "");
		for (c = f->name; *c; c++)
			seq_putc(m, toupper(*c));
		if (left && column_of(kind, f) == INNER_COLUMN)
			seq_printf(m, "%*s", pad, "");
		seq_putc(m, column_end(column_of(kind, f)));
	}
}

/**
 * ks_record_show() - print a record as one line of a table
 * @m: where
 * @kind: the record's kind
 * @record: the record
 */
void ks_record_show(struct seq_file *m, const struct ks_kind *kind,
		    const void *record)
{
	const struct ks_field *f;

	for_each_field(f, kind) {
		show_value(m, f, record, field_width(f), column_of(kind, f));
		seq_putc(m, column_end(column_of(kind, f)));
	}
}

/**
 * ks_record_list() - print a record as one line per field
 * @m: where
 * @kind: the record's kind
 * @record: the record
 */
void ks_record_list(struct seq_file *m, const struct ks_kind *kind,
		    const void *record)
{
	const struct ks_field *f;

	for_each_field(f, kind) {
		seq_printf(m, "%-26s ", f->name);
		show_value(m, f, record, 0, LAST_COLUMN);
		seq_putc(m, '\n');
	}
}

/**
 * ks_record_filter() - turn a request's attributes into a record to match
 * @kind: the record type
 * @want: set to a record with only the fields of the request
 * @attrs: the request's attributes, parsed by @kind->policy
 *
 * Return: 1 if the request has such a field, 0 if not, -ENOENT if it has a
 * value that no record can have, such as an empty name.
 */
int ks_record_filter(const struct ks_kind *kind, void *want,
		     struct nlattr *const *attrs)
{
	const struct ks_field *f;
	int asked = 0;

	ks_record_init(kind, want);
	for_each_field(f, kind) {
		const struct nlattr *attr = attrs[f->attr];
		void *value = want + f->offset;

		if (!attr)
			continue;
		asked = 1;
		switch (f->type) {
		case KS_TYPE_U32:
			*(u32 *)value = nla_get_u32(attr);
			break;
		case KS_TYPE_U64:
			*(u64 *)value = nla_get_u64(attr);
			break;
		case KS_TYPE_S64:
			*(s64 *)value = nla_get_s64(attr);
			break;
		default:
			/* The policy bounds its length by the member's. */
			memcpy(value, nla_data(attr),
			       min_t(int, nla_len(attr), f->size - 1));
		}
		if (!field_is_set(f, want))
			return -ENOENT;
	}
	return asked;
}

/**
 * ks_record_options() - get the options of a request
 * @kind: the record type
 * @attrs: the request's attributes, parsed by @kind->policy
 *
 * Return: a bit for each, as kinds.h names them.
 */
unsigned long ks_record_options(const struct ks_kind *kind,
				struct nlattr *const *attrs)
{
	unsigned long options = 0;
	unsigned int i;

	for (i = 0; i < kind->nr_options; i++)
		if (attrs[kind->options[i]])
			options |= BIT(i);
	return options;
}

/**
 * ks_record_matches() - check whether a record matches a request
 * @kind: the kind of both
 * @record: a record
 * @want: from ks_record_filter()
 *
 * Return: true if all fields that are set in @want have that value in @record.
 */
bool ks_record_matches(const struct ks_kind *kind, const void *record,
		       const void *want)
{
	const struct ks_field *f;

	for_each_field(f, kind) {
		const void *a = record + f->offset;
		const void *b = want + f->offset;

		if (!field_is_set(f, want))
			continue;
		if (f->type == KS_TYPE_STRING ? strcmp(a, b) != 0 :
						memcmp(a, b, f->size) != 0)
			return false;
	}
	return true;
}

/**
 * ks_record_unmatched() - get the field to report when nothing matches
 * @kind: the record type
 * @attrs: the request's attributes
 *
 * Return: the last field of the request, as the earlier ones are coarser and
 * more often exist; NULL when there is none.
 */
const struct ks_field *ks_record_unmatched(const struct ks_kind *kind,
					   struct nlattr *const *attrs)
{
	const struct ks_field *f, *last = NULL;

	for_each_field(f, kind)
		if (attrs[f->attr])
			last = f;
	return last;
}
