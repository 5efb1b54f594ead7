/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A bounded table that gives distinct keys their numbers.
 */
#ifndef KS_TRACE_INTERN_H
#define KS_TRACE_INTERN_H

#include <linux/types.h>

/**
 * struct ks_intern - keys of one size, open addressing
 * @states: of each slot: free, busy, or the hash of its key
 * @keys: the keys
 * @mask: number of slots, a power of 2, less 1
 * @key_size: bytes of a key, a multiple of 4 and without holes
 */
struct ks_intern {
	u32 *states;
	void *keys;
	u32 mask;
	u32 key_size;
};

int ks_intern_init(struct ks_intern *in, u32 places, u32 key_size);
void ks_intern_free(struct ks_intern *in);
int ks_intern_add(struct ks_intern *in, const void *key);
const void *ks_intern_key(const struct ks_intern *in, u32 index);
u32 ks_intern_first(const struct ks_intern *in, u32 index);

#endif /* KS_TRACE_INTERN_H */
