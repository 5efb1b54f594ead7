/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A bounded table of distinct keys, which are given numbers.
 */
#ifndef KS_TRACE_INTERN_H
#define KS_TRACE_INTERN_H

#include <linux/types.h>

/**
 * struct ks_interned - keys of one size, open addressing
 * @states: of each place: free, being filled, or the hash of its key
 * @keys: the keys
 * @mask: how many places, a power of 2, less 1
 * @key_size: bytes of a key, a multiple of 4 and without holes
 */
struct ks_interned {
	u32 *states;
	void *keys;
	u32 mask;
	u32 key_size;
};

int ks_interned_init(struct ks_interned *in, u32 places, u32 key_size);
void ks_interned_free(struct ks_interned *in);
int ks_interned_add(struct ks_interned *in, const void *key);
const void *ks_interned_key(const struct ks_interned *in, u32 index);
u32 ks_interned_first(const struct ks_interned *in, u32 index);

#endif /* KS_TRACE_INTERN_H */
