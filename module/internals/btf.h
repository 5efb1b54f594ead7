/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A reader of BTF, the kernel's description of its own types.
 *
 * It checks every offset, count and type id against the blob. An unknown kind
 * of type is an error, as its length is unknown, too.
 */
#ifndef KS_INTERNALS_BTF_H
#define KS_INTERNALS_BTF_H

#include <linux/types.h>

/**
 * struct ks_btf - an opened blob
 * @types: the type section
 * @types_len: its bytes
 * @strings: the string section, which ends in a NUL
 * @strings_len: its bytes
 * @marks: where in @types every 64th type begins
 * @nr_types: type ids, 0 (void) included; 0 until they are indexed
 */
struct ks_btf {
	const void *types;
	u32 types_len;
	const char *strings;
	u32 strings_len;
	u32 *marks;
	u32 nr_types;
};

/**
 * struct ks_btf_struct - a struct to find
 * @name: its name, which need not end there
 * @len: bytes of @name
 * @id: set to its type id, or to 0 where there is none
 */
struct ks_btf_struct {
	const char *name;
	u32 len;
	u32 id;
};

/**
 * struct ks_btf_member - where a member is in its struct
 * @bit_offset: bits from the start of the struct
 * @bits: bits it takes
 */
struct ks_btf_member {
	u32 bit_offset;
	u32 bits;
};

int ks_btf_open(struct ks_btf *btf, const void *blob, size_t len);
void ks_btf_close(struct ks_btf *btf);
int ks_btf_find_structs(struct ks_btf *btf, struct ks_btf_struct *structs,
			unsigned int nr);
int ks_btf_find_member(const struct ks_btf *btf, u32 id, const char *name,
		       struct ks_btf_member *member);
int ks_btf_size(const struct ks_btf *btf, u32 id, u32 *size);

#endif /* KS_INTERNALS_BTF_H */
