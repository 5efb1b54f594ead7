/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records, and the loops that fill, send, print and match them.
 *
 * A record is one flat struct of records.h. A table of fields, generated from
 * spec/kmemscope.yaml, maps each member to its netlink attribute. Nothing here
 * names a field.
 */
#ifndef KS_RECORD_RECORD_H
#define KS_RECORD_RECORD_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/stddef.h>
#include <linux/types.h>

struct nla_policy;
struct nlattr;
struct seq_file;
struct sk_buff;

/*
 * A member whose value is unknown keeps its unset value: no attribute on the
 * wire, "-" in text.
 */
#define KS_UNSET_U32	U32_MAX
#define KS_UNSET_U64	U64_MAX
#define KS_UNSET_S64	S64_MIN

enum ks_type {
	KS_TYPE_U32,
	KS_TYPE_U64,
	KS_TYPE_S64,
	KS_TYPE_STRING,		/* char[], empty when unset */
};

/**
 * struct ks_field - a member of a record
 * @name: the member's name, which is also its column's
 * @no_match: the error text for a value that no record has
 * @attr: its netlink attribute
 * @offset: where it is in the record
 * @size: bytes it takes there
 * @type: an &enum ks_type
 */
struct ks_field {
	const char *name;
	const char *no_match;
	u16 attr;
	u16 offset;
	u16 size;
	u8 type;
};

/**
 * struct ks_kind - a record type
 * @name: the attribute set's name in the spec
 * @size: bytes of one record
 * @fields: its members, in the order of their columns
 * @nr_fields: how many
 * @cmd: the netlink command that dumps it
 * @pad: the attribute that aligns 64 bit values
 * @max_attr: the highest attribute
 * @policy: attributes that a request may have; NULL for none
 * @options: attributes of the flags a request may carry, one for each bit
 * @nr_options: how many
 * @job_attr: the attribute that requests a job's result, or 0
 */
struct ks_kind {
	const char *name;
	size_t size;
	const struct ks_field *fields;
	unsigned int nr_fields;
	u8 cmd;
	u8 pad;
	u8 max_attr;
	const struct nla_policy *policy;
	const u16 *options;
	unsigned int nr_options;
	u16 job_attr;
};

/*
 * For the generated tables. A field of the spec that its struct lacks, or has
 * with another type, does not compile.
 */
#define KS_FIELD(_rec, _member, _attr, _ctype, _type)			\
	{								\
		.name = #_member,					\
		.no_match = "no record has this " #_member,		\
		.attr = (_attr),					\
		.offset = offsetof(_rec, _member) +			\
			BUILD_BUG_ON_ZERO(				\
				!__same_type(((_rec *)0)->_member,	\
					     _ctype)),			\
		.size = sizeof(((_rec *)0)->_member),			\
		.type = (_type),					\
	}

#define KS_FIELD_U32(_rec, _member, _attr)				\
	KS_FIELD(_rec, _member, _attr, u32, KS_TYPE_U32)
#define KS_FIELD_U64(_rec, _member, _attr)				\
	KS_FIELD(_rec, _member, _attr, u64, KS_TYPE_U64)
#define KS_FIELD_S64(_rec, _member, _attr)				\
	KS_FIELD(_rec, _member, _attr, s64, KS_TYPE_S64)
#define KS_FIELD_STRING(_rec, _member, _attr)				\
	KS_FIELD(_rec, _member, _attr,					\
		 char[sizeof(((_rec *)0)->_member)], KS_TYPE_STRING)

#define KS_POLICY_STRING(_rec, _member)					\
	{ .type = NLA_NUL_STRING, .len = sizeof(((_rec *)0)->_member) - 1 }

void ks_record_init(const struct ks_kind *kind, void *record);
void ks_record_zero(const struct ks_kind *kind, void *record);
void ks_record_add(const struct ks_kind *kind, void *sum, const void *record);
int ks_record_put(struct sk_buff *skb, const struct ks_kind *kind,
		  const void *record);
void ks_record_show_head(struct seq_file *m, const struct ks_kind *kind);
void ks_record_show(struct seq_file *m, const struct ks_kind *kind,
		    const void *record);
void ks_record_list(struct seq_file *m, const struct ks_kind *kind,
		    const void *record);
int ks_record_filter(const struct ks_kind *kind, void *want,
		     struct nlattr *const *attrs);
unsigned long ks_record_options(const struct ks_kind *kind,
				struct nlattr *const *attrs);
bool ks_record_matches(const struct ks_kind *kind, const void *record,
		       const void *want);
const struct ks_field *ks_record_unmatched(const struct ks_kind *kind,
					   struct nlattr *const *attrs);

#endif /* KS_RECORD_RECORD_H */
