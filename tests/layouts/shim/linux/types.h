/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's types that btf.c and layout.c name, for user space.
 */
#ifndef SHIM_LINUX_TYPES_H
#define SHIM_LINUX_TYPES_H

#include_next <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __s32 s32;
/* Not the headers' own, which printf() wants to be told apart from. */
typedef unsigned long long u64;
typedef long long s64;

#define U64_MAX		((u64)~0ULL)

struct atomic_long {
	s64 counter;
};

#define atomic_long_t	struct atomic_long

struct list_head {
	struct list_head *next, *prev;
};

#endif /* SHIM_LINUX_TYPES_H */
